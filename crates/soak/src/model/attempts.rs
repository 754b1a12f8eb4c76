//! Compares what the service saw of each attempt with what was recorded and what had been read.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::claims::{Claim, Verdict};
use super::super::clock::ms_between;
use super::super::evidence::Evidence;
use super::super::journal::Event;
use super::super::service::{Attempt, Word};
use super::timeline::{Settles, Timeline};

/// How long a repeated attempt is still the same intent.
const SAME_INTENT_MS: u64 = 5 * 60 * 1000;
/// How long a scripted 429 asks the run to wait, and how late requests may come that had left before.
pub(in super::super) const PAUSE_SECONDS: u64 = 30;
const GRACE_MS: u64 = 250;

/// Judges all attempts.
pub(super) fn judge(evidence: &Evidence, timeline: &Timeline<'_>, verdict: &mut Verdict) {
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
    let mut attempts = Attempts {
        evidence,
        timeline,
        sent,
        verdict,
    };
    attempts.written_ahead();
    attempts.right_devices();
    for user in evidence.people.keys() {
        attempts.sent_again(user);
    }
    attempts.pauses();
}

struct Attempts<'a, 'v> {
    evidence: &'a Evidence,
    timeline: &'a Timeline<'a>,
    /// For each client request id, the place of its first `sent` line.
    sent: HashMap<&'a str, usize>,
    verdict: &'v mut Verdict,
}

impl<'a> Attempts<'a, '_> {
    fn written_ahead(&mut self) {
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
    }

    /// When each person was first recorded as done.
    fn done_since(&self) -> HashMap<&'a str, &'a str> {
        let mut done = HashMap::new();
        for line in &self.evidence.lines {
            if let Event::Result(result) = &line.event
                && result.is_done()
            {
                done.entry(self.timeline.person(&result.user))
                    .or_insert(line.time.as_str());
            }
        }
        done
    }

    fn right_person(&mut self, attempt: &Attempt, user: Option<&str>) {
        let Some(person) = attempt.person.as_deref() else {
            return;
        };
        let meant = user.map(|user| self.timeline.person(user));
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

    /// Only devices were acted on that the journal had as read at its `sent` line, and that the service had shown before the
    /// request came.
    fn right_devices(&mut self) {
        let mut acted: HashMap<usize, Vec<&Attempt>> = HashMap::new();
        for attempt in self.evidence.attempts.iter().filter(|attempt| attempt.acted) {
            let id = attempt.client_request_id.as_deref();
            // Without a record nothing had been read.
            let at = id.and_then(|id| self.sent.get(id)).copied().unwrap_or(0);
            acted.entry(at).or_default().push(attempt);
        }
        let mut snapshots: HashMap<&str, &BTreeSet<String>> = HashMap::new();
        for (at, line) in self.evidence.lines.iter().enumerate() {
            for attempt in acted.remove(&at).unwrap_or_default() {
                let user = match &line.event {
                    Event::Sent { user, .. } => user.as_str(),
                    _ => "",
                };
                let snapshot = snapshots.get(user);
                let recorded = |device: &String| snapshot.is_some_and(|snapshot| snapshot.contains(device));
                self.right_device(attempt, &recorded);
            }
            if let Event::Read {
                user,
                devices: Some(devices),
                ..
            } = &line.event
            {
                snapshots.entry(user).or_insert(devices);
            }
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

    /// A later life sends a user again only after a look that shows that no attempt was carried out; the same call sends
    /// again only soon.
    fn sent_again(&mut self, user: &str) {
        let person = self.timeline.person(user);
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
            // A request that landed after that look could not be seen.
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

    /// After a scripted 429 no user is sent until its time is over.
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
}
