//! Compares what each outcome claims with what the run can have known when it wrote it.

use std::collections::HashSet;

use super::super::claims::{Claim, Verdict};
use super::super::evidence::Evidence;
use super::super::journal::{Event, UserResult};
use super::super::service::{Attempt, Word};
use super::timeline::{Settles, Timeline};

/// Judges each `result` as of its time, and the rows without one.
pub(super) fn judge(evidence: &Evidence, timeline: &Timeline<'_>, verdict: &mut Verdict) {
    let mut outcomes = Outcomes {
        evidence,
        timeline,
        verdict,
    };
    let mut done: HashSet<&str> = HashSet::new();
    let mut lines = evidence.lines.iter().enumerate().peekable();
    for (number, life) in evidence.lives.iter().enumerate() {
        for (_, line) in std::iter::from_fn(|| lines.next_if(|(at, _)| *at < life.lines.end)) {
            if let Event::Result(result) = &line.event {
                outcomes.result(number, &line.time, result, done.contains(result.user.as_str()));
                if result.is_done() {
                    done.insert(&result.user);
                }
            }
        }
        for row in &life.rows {
            if row.outcome == "skipped" && row.reason == "done_before" {
                outcomes.done_before(number, &row.user, done.contains(row.user.as_str()));
            }
        }
    }
}

struct Outcomes<'a, 'v> {
    evidence: &'a Evidence,
    timeline: &'a Timeline<'a>,
    verdict: &'v mut Verdict,
}

impl Outcomes<'_, '_> {
    fn result(&mut self, life: usize, at: &str, result: &UserResult, is_done: bool) {
        let user = result.user.as_str();
        let person = self.timeline.person(user);
        let say = |wrong: String| format!("{user} at {at} in life {life}: {wrong}");
        let (perhaps, surely) = (
            self.timeline.settled(user, at, Settles::Perhaps),
            self.timeline.settled(user, at, Settles::Surely),
        );
        let least = self.timeline.open(person, life, perhaps, at);
        let most = self.timeline.open(person, life, surely, at);
        let yes = self.timeline.yes(person, life, at);
        let had_yes = || yes.map(|yes| format!("{}, and that was heard", yes.describe()));
        match result.outcome.as_str() {
            "accepted" => {
                let no = self.no_yes_of_its_own(person, life, result, at);
                self.verdict.examine(Claim::Accepted, no.map(say));
            }
            "confirmed" => {
                let wrong = self.not_shown(person, life, at).or_else(had_yes);
                self.verdict.examine(Claim::Confirmed, wrong.map(say));
            }
            "failed" => {
                let wrong = least.clone().or_else(had_yes);
                let wrong = wrong.or_else(|| self.acted_unseen(person, perhaps, at));
                self.verdict.examine(Claim::Failed, wrong.map(say));
            }
            "unknown" => {
                let no = "each request was answered or settled, so it is known what happened";
                let wrong = most.is_none().then(|| no.to_owned()).or_else(had_yes);
                self.verdict.examine(Claim::Unknown, wrong.map(say));
            }
            "awaiting_approval" => {
                let wrong = self.not_queued(person, result, at).or_else(had_yes);
                self.verdict.examine(Claim::Awaiting, wrong.map(say));
            }
            "skipped" => {
                let wrong = is_done
                    .then(|| "the user is done, and a skip says nothing of that".to_owned())
                    .or_else(|| self.left_open(person, life, at))
                    .or_else(|| self.other_reason(user, person, life, &result.reason, at));
                self.verdict.examine(Claim::Skipped, wrong.map(say));
            }
            other => {
                let wrong = Some(say(format!("there is no outcome {other}")));
                self.verdict.examine(Claim::States, wrong);
            }
        }
        let (least, most) = (least.is_some(), most.is_some());
        self.effect(result, least, most, say);
    }

    /// `possible` where some attempt since the last look that settled it may have been carried out, else `none`.
    fn effect(&mut self, result: &UserResult, least: bool, most: bool, say: impl Fn(String) -> String) {
        let name = |open: bool| if open { "possible" } else { "none" };
        let has_effect = ["failed", "unknown", "awaiting_approval"].contains(&result.outcome.as_str());
        let right = match result.effect.as_deref() {
            None => !has_effect,
            Some(effect) => has_effect && (effect == name(least) || effect == name(most)),
        };
        self.verdict.hold(Claim::Effect, right, || {
            let expected = if has_effect { name(most) } else { "absent" };
            say(format!("the effect is {:?}, not {expected}", result.effect))
        });
    }

    fn no_yes_of_its_own(&self, person: &str, life: usize, result: &UserResult, at: &str) -> Option<String> {
        let is_own = |attempt: &&&Attempt| {
            self.timeline.is_of(attempt, life)
                && (result.client_request_id.is_none()
                    || attempt.client_request_id == result.client_request_id)
        };
        let mut own = self.timeline.attempts(person).iter().filter(is_own);
        let yes = own.any(|attempt| self.timeline.word(attempt, at) == Word::Yes);
        (!yes).then(|| "no 204 was answered to a request of its own".to_owned())
    }

    /// `confirmed` requires that the service had acted and that a look of the same life shows it, or that an approved
    /// request was carried out.
    fn not_shown(&self, person: &str, life: usize, at: &str) -> Option<String> {
        let acted = |by: &str| {
            let attempts = self.timeline.attempts(person).iter();
            attempts
                .filter(|attempt| attempt.acted && attempt.time.as_str() <= by)
                .copied()
                .collect::<Vec<_>>()
        };
        let all = acted(at);
        if all.is_empty() {
            return Some("the service had not acted".to_owned());
        }
        let is_shown = self.timeline.lists_of_life(person, life, at).any(|list| {
            let acted = acted(&list.time);
            let is_left = |(id, state): &(String, String)| {
                state == "managed" && acted.iter().any(|attempt| attempt.devices.contains(id))
            };
            !acted.is_empty() && !list.devices.iter().any(is_left)
        });
        let is_approved = all.iter().any(|attempt| attempt.approval_code.is_some());
        (!is_shown && !is_approved).then(|| "no look of that life shows it".to_owned())
    }

    /// An attempt that was carried out and was not on its way at the time of the last look.
    fn acted_unseen(&self, person: &str, looked: Option<&str>, at: &str) -> Option<String> {
        let is_late = |attempt: &Attempt| {
            looked.is_some_and(|looked| attempt.arrived.as_str() < looked && looked < attempt.time.as_str())
        };
        let mut attempts = self.timeline.attempts(person).iter();
        let acted = attempts
            .find(|attempt| attempt.acted && attempt.time.as_str() <= at && !is_late(attempt))
            .filter(|attempt| !is_late(attempt))?;
        Some(format!("attempt {} was carried out", acted.order))
    }

    /// The service queued a request of that person under that code, and has not acted.
    fn not_queued(&self, person: &str, result: &UserResult, at: &str) -> Option<String> {
        let mut approvals = self.evidence.approvals.iter();
        let is_queued =
            approvals.any(|(whose, code)| whose == person && result.approval_code.as_ref() == Some(code));
        if !is_queued {
            return Some(format!("no request waits under {:?}", result.approval_code));
        }
        let mut attempts = self.timeline.attempts(person).iter();
        let acted = attempts.find(|attempt| attempt.acted && attempt.time.as_str() <= at)?;
        Some(format!("attempt {} was carried out", acted.order))
    }

    /// A user with an open or accepted attempt of this life must not be skipped.
    fn left_open(&self, person: &str, life: usize, at: &str) -> Option<String> {
        let mut attempts = self.timeline.attempts(person).iter();
        let open = attempts.find(|attempt| {
            self.timeline.is_of(attempt, life)
                && attempt.arrived.as_str() <= at
                && self.timeline.word(attempt, at) != Word::No
        })?;
        Some(open.describe())
    }

    fn other_reason(&self, user: &str, person: &str, life: usize, reason: &str, at: &str) -> Option<String> {
        let lists = || self.timeline.lists_of_life(person, life, at);
        let is_so = match reason {
            "new_device" => {
                let first = self.timeline.lists(person, at).next();
                let is_known = |id: &String| {
                    first.is_some_and(|first| first.devices.iter().any(|(known, _)| known == id))
                };
                let is_new = |id: &String| self.evidence.late_devices.contains(id) && !is_known(id);
                lists().any(|list| list.devices.iter().any(|(id, _)| is_new(id)))
            }
            "identity_changed" => self
                .timeline
                .persons_seen(user, life, at)
                .any(|now| now != person),
            "nothing_listed" => lists().any(|list| list.devices.is_empty()),
            // That a user is done needs no line. The other reasons have no cause here.
            _ => false,
        };
        (!is_so).then(|| format!("the service showed nothing that is {reason}"))
    }

    fn done_before(&mut self, life: usize, user: &str, is_done: bool) {
        let person = self.timeline.person(user);
        let began = self.evidence.lives.get(life).map_or("", |life| &life.started);
        let mut attempts = self.timeline.attempts(person).iter();
        let acted = attempts.any(|attempt| attempt.acted && attempt.time.as_str() <= began);
        self.verdict.hold(Claim::Skipped, acted && is_done, || {
            let what = if acted { "recorded" } else { "carried out" };
            format!("{user} in life {life}: reported as done before, and was not {what}")
        });
    }
}
