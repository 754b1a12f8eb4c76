//! Which outcomes are allowed, computed from the service's own record, the fault script and the list of kills alone, and held
//! against what the journal and the rows claim. No code of the library has a say in it, and no word of the journal on what
//! may have been done: that comes from the [`Timeline`].
//!
//! A request of a dead run may land while the next one lives, after a look that showed that nothing was done. That look ended
//! the doubt, so the same devices may be ordered twice, and a `failed` may be overtaken by what was on its way. No device that
//! had not been read may be ordered even so.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::claims::{Claim, Verdict};
use super::clock::ms_between;
use super::evidence::Evidence;
use super::journal::{Event, Fold};
use super::model_outcomes::outcomes;
use super::service::{Attempt, Word};
use super::timeline::{Settles, Timeline};

/// How long what may have been applied is still the same intent.
const SAME_INTENT_MS: u64 = 5 * 60 * 1000;
/// How long a scripted 429 asks everybody to wait, and how late those may come that had left before.
pub(super) const PAUSE_SECONDS: u64 = 30;
const GRACE_MS: u64 = 250;

/// Holds every claim against the evidence.
pub(super) fn judge(evidence: &Evidence) -> Verdict {
    let timeline = Timeline::new(evidence);
    let mut judge = Judge::new(evidence, &timeline);
    outcomes(evidence, &timeline, &mut judge.verdict);
    judge.attempts();
    judge.rows();
    judge.states();
    judge.codes();
    judge.verdict
}

struct Judge<'a> {
    evidence: &'a Evidence,
    timeline: &'a Timeline<'a>,
    fold: Fold,
    /// Of a client request id: where the first line stands that said it would be sent.
    sent: HashMap<&'a str, usize>,
    verdict: Verdict,
}

impl<'a> Judge<'a> {
    fn new(evidence: &'a Evidence, timeline: &'a Timeline<'a>) -> Self {
        let mut sent = HashMap::new();
        for (at, line) in evidence.lines.iter().enumerate() {
            if let Event::Sent {
                client_request_id: Some(id),
                ..
            } = &line.event
            {
                sent.entry(id.as_str()).or_insert(at);
            }
        }
        Self {
            evidence,
            timeline,
            fold: Fold::of(&evidence.lines),
            sent,
            verdict: Verdict::default(),
        }
    }

    fn person(&self, user: &str) -> &'a str {
        self.timeline.person(user)
    }

    /// What the service saw, against what was written down and what had been read.
    fn attempts(&mut self) {
        let done = self.done_since();
        for attempt in &self.evidence.attempts {
            let order = attempt.order;
            let id = attempt.client_request_id.as_deref();
            let at = id.and_then(|id| self.sent.get(id)).copied();
            let line = at.and_then(|at| self.evidence.lines.get(at));
            let ahead = line.is_some_and(|line| line.time <= attempt.arrived);
            self.verdict.hold(Claim::WrittenAhead, ahead, || match line {
                None => format!("attempt {order} has no record of its client request id"),
                Some(line) => format!("attempt {order} came before its record of {}", line.time),
            });
            let user = line.and_then(|line| match &line.event {
                Event::Sent { user, .. } => Some(user.as_str()),
                _ => None,
            });
            self.right_person(attempt, user);
            if let Some(since) = attempt.person.as_deref().and_then(|person| done.get(person)) {
                self.verdict
                    .hold(Claim::Once, attempt.arrived.as_str() <= *since, || {
                        format!(
                            "attempt {order} on {}, who was recorded as done at {since}",
                            attempt.person.as_deref().unwrap_or_default()
                        )
                    });
            }
        }
        self.right_devices();
        for user in self.evidence.people.keys() {
            self.sent_again(user);
        }
        self.pauses();
    }

    /// When the record first said of a person that it is done.
    fn done_since(&self) -> HashMap<&'a str, &'a str> {
        let mut done = HashMap::new();
        for line in &self.evidence.lines {
            if let Event::Result(result) = &line.event
                && result.is_done()
            {
                done.entry(self.person(&result.user))
                    .or_insert(line.time.as_str());
            }
        }
        done
    }

    fn right_person(&mut self, attempt: &Attempt, user: Option<&str>) {
        let Some(person) = attempt.person.as_deref() else {
            return;
        };
        let meant = user.map(|user| self.person(user));
        let stranger = self.evidence.strangers.contains(person);
        let wrong = stranger || meant.is_some_and(|meant| meant != person);
        self.verdict.hold(Claim::Person, !wrong, || {
            format!(
                "attempt {} hit {person}, but {} was meant",
                attempt.order,
                meant.unwrap_or("another")
            )
        });
    }

    /// Nothing was acted on but what the journal had as read when it said that it would send, and what the service had shown
    /// before the request came.
    fn right_devices(&mut self) {
        let mut acted: HashMap<usize, Vec<&Attempt>> = HashMap::new();
        for attempt in self.evidence.attempts.iter().filter(|attempt| attempt.acted) {
            let id = attempt.client_request_id.as_deref();
            // Without a record nothing had been read.
            let at = id.and_then(|id| self.sent.get(id)).copied().unwrap_or(0);
            acted.entry(at).or_default().push(attempt);
        }
        let mut before = Fold::default();
        for (at, line) in self.evidence.lines.iter().enumerate() {
            for attempt in acted.remove(&at).unwrap_or_default() {
                let user = match &line.event {
                    Event::Sent { user, .. } => user,
                    _ => "",
                };
                let snapshot = before.get(user).and_then(|state| state.snapshot.as_ref());
                let recorded = |device: &String| snapshot.is_some_and(|snapshot| snapshot.contains(device));
                self.right_device(attempt, &recorded);
            }
            before.add(line);
        }
        for attempt in acted.into_values().flatten() {
            self.right_device(attempt, &|_| false);
        }
    }

    fn right_device(&mut self, attempt: &Attempt, recorded: &dyn Fn(&String) -> bool) {
        let person = attempt.person.as_deref().unwrap_or_default();
        let shown: HashSet<&str> = self
            .timeline
            .lists(person, &attempt.arrived)
            .flat_map(|list| list.devices.iter().map(|(id, _)| id.as_str()))
            .collect();
        let late = |device: &String| self.evidence.late_devices.contains(device);
        let wrong = attempt
            .devices
            .iter()
            .find(|device| late(device) || !recorded(device) || !shown.contains(device.as_str()));
        let late = wrong.is_some_and(late);
        self.verdict.hold(Claim::Devices, wrong.is_none(), || {
            format!(
                "attempt {} retired the device {}, which {}",
                attempt.order,
                wrong.map_or("", String::as_str),
                if late {
                    "was enrolled later"
                } else {
                    "had not been read by then"
                }
            )
        });
    }

    /// Whoever may have been carried out is sent again by a later life only after a look that shows otherwise, and by the same
    /// call only soon.
    fn sent_again(&mut self, user: &str) {
        let person = self.person(user);
        let mut open_since: HashMap<Option<&str>, &str> = HashMap::new();
        for attempt in self.timeline.attempts(person) {
            let Some(life) = self.timeline.life_at(&attempt.arrived) else {
                continue;
            };
            let began = self
                .evidence
                .lives
                .get(life)
                .map_or("", |life| life.started.as_str());
            let settled_before = self.timeline.settled(user, began, Settles::Perhaps);
            let open = self.timeline.open(person, life, settled_before, began);
            let settled = self.timeline.settled(user, &attempt.arrived, Settles::Perhaps);
            let looked = open.is_none() || settled.is_some_and(|settled| settled >= began);
            self.verdict.hold(Claim::Looked, looked, || {
                let open = open.as_deref().unwrap_or_default();
                format!(
                    "attempt {} on {person} without a look, though {open}",
                    attempt.order
                )
            });
            // What landed after that look could not be seen.
            let look = self.timeline.lists_of_life(person, life, &attempt.arrived).last();
            let seen = look.map_or(attempt.arrived.as_str(), |look| look.time.as_str());
            let acted = self.timeline.attempts(person).iter().find(|earlier| {
                earlier.acted
                    && self.timeline.life_at(&earlier.arrived) < Some(life)
                    && earlier.time.as_str() <= seen
                    && !self.timeline.landed_unseen(earlier, &attempt.arrived)
            });
            self.verdict.hold(Claim::Once, acted.is_none(), || {
                format!(
                    "attempt {} on {person}, on whom attempt {} of an earlier life had been carried out",
                    attempt.order,
                    acted.map_or(0, |acted| acted.order)
                )
            });
            let call = attempt.client_request_id.as_deref();
            if let Some(first) = open_since.get(&call) {
                let late = ms_between(first, &attempt.arrived).is_none_or(|ms| ms >= SAME_INTENT_MS);
                self.verdict.hold(Claim::Looked, !late, || {
                    format!(
                        "attempt {} on {person} repeats what began at {first}",
                        attempt.order
                    )
                });
            }
            if self.timeline.word(attempt, "~") == Word::Open {
                open_since.entry(call).or_insert(&attempt.arrived);
            }
        }
    }

    /// After a scripted 429 nobody is sent until its time is over.
    fn pauses(&mut self) {
        let attempts = &self.evidence.attempts;
        let scripted =
            |attempt: &&Attempt| attempt.status == Some(429) && attempt.fault.as_deref() == Some("scripted");
        for refused in attempts.iter().filter(scripted) {
            let life = self.timeline.life_at(&refused.arrived);
            let Some(since) = refused.answered("~") else {
                continue;
            };
            let soon = attempts.iter().find(|attempt| {
                let after = ms_between(since, &attempt.arrived);
                attempt.arrived.as_str() > since
                    && self.timeline.life_at(&attempt.arrived) == life
                    && after.is_some_and(|ms| (GRACE_MS..PAUSE_SECONDS * 1000).contains(&ms))
            });
            self.verdict.hold(Claim::Waits, soon.is_none(), || {
                let soon = soon.map_or(0, |soon| soon.order);
                format!(
                    "attempt {soon} came too soon after the 429 of attempt {} at {since}",
                    refused.order
                )
            });
        }
    }

    /// What each life told, against what it wrote down.
    fn rows(&mut self) {
        for (number, life) in self.evidence.lives.iter().enumerate() {
            let life_lines = self.evidence.lines.get(life.lines.clone()).unwrap_or_default();
            let mut recorded = HashSet::new();
            let mut ended = None;
            for line in life_lines {
                match &line.event {
                    Event::Result(result) => {
                        recorded.insert((&result.user, &result.outcome, &result.reason));
                    }
                    Event::End { counts } => ended = Some(counts),
                    _ => {}
                }
            }
            let mut told: BTreeMap<&str, u64> = BTreeMap::new();
            let mut users = BTreeSet::new();
            for row in &life.rows {
                *told.entry(&row.outcome).or_default() += 1;
                let twice = !users.insert(row.user.as_str());
                let before = row.outcome == "skipped" && row.reason == "done_before";
                let written = before || recorded.contains(&(&row.user, &row.outcome, &row.reason));
                self.verdict.hold(Claim::Rows, written && !twice, || {
                    let what = if twice { "twice" } else { "but did not record it" };
                    format!(
                        "life {number} told {} as {} {} {what}",
                        row.user, row.outcome, row.reason
                    )
                });
            }
            if let Some(counts) = &life.counts {
                self.counts(number, counts, &told, ended, users.len());
            }
        }
    }

    fn counts(
        &mut self,
        number: usize,
        counts: &BTreeMap<String, u64>,
        told: &BTreeMap<&str, u64>,
        ended: Option<&BTreeMap<String, u64>>,
        users: usize,
    ) {
        let same = |counts: &BTreeMap<String, u64>| {
            let counted = counts.iter().filter(|(_, count)| **count > 0);
            counted
                .map(|(name, &count)| (name.as_str(), count))
                .eq(told.iter().map(|(&name, &count)| (name, count)))
        };
        let agree = same(counts) && ended.is_some_and(same);
        self.verdict.hold(Claim::Rows, agree, || {
            format!("life {number} counted {counts:?}, recorded {ended:?} and told {told:?}")
        });
        let everybody = users == self.evidence.people.len();
        self.verdict.hold(Claim::Rows, everybody, || {
            format!(
                "life {number} told of {users} of {} users",
                self.evidence.people.len()
            )
        });
    }

    /// One state each, which is the one that was told and the one to be expected.
    fn states(&mut self) {
        let people = &self.evidence.people;
        for (user, other) in people
            .keys()
            .map(|user| (user, self.fold.get(user).is_none()))
            .chain(self.fold.0.keys().map(|user| (user, !people.contains_key(user))))
        {
            self.verdict.hold(Claim::States, !other, || {
                format!("{user} was given or is in the journal, not both")
            });
        }
        let lives = &self.evidence.lives;
        let last = lives.iter().rev().find(|life| life.counts.is_some());
        for row in last.into_iter().flat_map(|life| &life.rows) {
            let Some(state) = self.fold.get(&row.user) else {
                continue;
            };
            let agrees = match (row.outcome.as_str(), row.reason.as_str()) {
                ("skipped", "done_before") => state.is_finished(),
                ("skipped", _) => !state.is_finished(),
                (outcome, _) => outcome == state.outcome(),
            };
            self.verdict.hold(Claim::States, agrees, || {
                format!(
                    "{} was told as {} {} and is {} by the journal",
                    row.user,
                    row.outcome,
                    row.reason,
                    state.outcome()
                )
            });
        }
        self.expected();
    }

    fn expected(&mut self) {
        for (user, expected) in &self.evidence.expected {
            let because = &expected.because;
            let state = self.fold.get(user).map_or("absent", |state| state.outcome());
            let is_one = expected.states.iter().any(|expected| expected == state);
            self.verdict.hold(Claim::Settled, is_one, || {
                format!(
                    "{user} is {state}, not {} {because}",
                    expected.states.join(" or ")
                )
            });
            for (number, outcome, reason) in &expected.told {
                let life = self.evidence.lives.get(*number);
                let mut rows = life.into_iter().flat_map(|life| &life.rows);
                let row = rows.find(|row| row.user == *user);
                if row.is_none() && life.is_some_and(|life| life.killed) {
                    continue;
                }
                let same = row.is_some_and(|row| row.outcome == *outcome && row.reason == *reason);
                self.verdict.hold(Claim::Settled, same, || {
                    let told = row.map(|row| (row.outcome.as_str(), row.reason.as_str()));
                    format!("{user} was told as {told:?} in life {number}, not {outcome} {reason} {because}")
                });
            }
        }
    }

    /// Codes that the service gave out, and those it was shown.
    fn codes(&mut self) {
        let mut recorded: HashSet<(&str, &str)> = HashSet::new();
        for line in &self.evidence.lines {
            if let Event::Result(result) = &line.event
                && let Some(code) = &result.approval_code
            {
                recorded.insert((self.person(&result.user), code));
            }
        }
        let cut_off = self.evidence.cut_off();
        for (person, code) in &self.evidence.approvals {
            let known =
                recorded.contains(&(person.as_str(), code.as_str())) || cut_off.contains(person.as_str());
            self.verdict.hold(Claim::Codes, known, || {
                format!("the code {code} of {person} was answered and is in no record")
            });
        }
        for attempt in &self.evidence.attempts {
            if let (Some(person), Some(code)) = (&attempt.person, &attempt.approval_code) {
                let own = recorded.contains(&(person.as_str(), code.as_str()));
                self.verdict.hold(Claim::Codes, own, || {
                    format!(
                        "attempt {} on {person} carried {code}, which is not its own",
                        attempt.order
                    )
                });
            }
        }
        let rows = self.evidence.lives.iter().flat_map(|life| &life.rows);
        for row in rows.filter(|row| row.outcome == "awaiting_approval") {
            let state = self.fold.get(&row.user);
            let kept = row.approval_code.is_some()
                && state.is_some_and(|state| {
                    state.approval_code == row.approval_code || state.is_finished() || state.is_refused()
                });
            self.verdict.hold(Claim::Codes, kept, || {
                format!(
                    "{} awaits approval and was told with {:?}",
                    row.user, row.approval_code
                )
            });
        }
    }
}
