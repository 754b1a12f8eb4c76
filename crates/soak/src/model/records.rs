//! Compares rows and journal with each other and with what is expected.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::claims::{Claim, Verdict};
use super::super::evidence::Evidence;
use super::super::journal::{Event, State};

/// Judges rows, states and codes.
pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    let mut records = Records {
        evidence,
        states: State::of_all(&evidence.lines),
        verdict,
    };
    records.rows();
    records.states();
    records.codes();
}

struct Records<'a, 'v> {
    evidence: &'a Evidence,
    states: BTreeMap<&'a str, State<'a>>,
    verdict: &'v mut Verdict,
}

impl<'a> Records<'a, '_> {
    fn person(&self, user: &str) -> &'a str {
        self.evidence.people.get(user).map_or("", String::as_str)
    }

    /// Compares what each life reported with what it recorded.
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
            let mut reported: BTreeMap<&str, u64> = BTreeMap::new();
            let mut users = BTreeSet::new();
            for row in &life.rows {
                *reported.entry(&row.outcome).or_default() += 1;
                let twice = !users.insert(row.user.as_str());
                let before = row.outcome == "skipped" && row.reason == "done_before";
                // A user that the run did not come to needs no line.
                let left = life.gave_up && row.outcome == "skipped" && row.reason == "stopped";
                let written = before
                    || left
                    || life.had_no_room
                    || recorded.contains(&(&row.user, &row.outcome, &row.reason));
                self.verdict.hold(Claim::Rows, written && !twice, || {
                    let what = if twice { "twice" } else { "but did not record it" };
                    format!(
                        "life {number} reported {} as {} {} {what}",
                        row.user, row.outcome, row.reason
                    )
                });
            }
            if let Some(counts) = &life.counts {
                self.counts(number, counts, &reported, ended, users.len());
            }
        }
    }

    fn counts(
        &mut self,
        number: usize,
        counts: &BTreeMap<String, u64>,
        reported: &BTreeMap<&str, u64>,
        ended: Option<&BTreeMap<String, u64>>,
        users: usize,
    ) {
        let same = |counts: &BTreeMap<String, u64>| {
            let counted = counts.iter().filter(|(_, count)| **count > 0);
            counted
                .map(|(name, &count)| (name.as_str(), count))
                .eq(reported.iter().map(|(&name, &count)| (name, count)))
        };
        let agree = same(counts) && ended.is_some_and(same);
        self.verdict.hold(Claim::Rows, agree, || {
            format!("life {number} counted {counts:?}, recorded {ended:?} and reported {reported:?}")
        });
        let is_complete = users == self.evidence.people.len();
        self.verdict.hold(Claim::Rows, is_complete, || {
            format!(
                "life {number} reported {users} of {} users",
                self.evidence.people.len()
            )
        });
    }

    /// Each user has one state, which is the reported and the expected one.
    fn states(&mut self) {
        let people = &self.evidence.people;
        for (user, other) in people
            .keys()
            .map(|user| (user.as_str(), !self.states.contains_key(user.as_str())))
            .chain(
                self.states
                    .keys()
                    .map(|user| (*user, !people.contains_key(*user))),
            )
        {
            self.verdict.hold(Claim::States, !other, || {
                format!("{user} was given or is in the journal, not both")
            });
        }
        let lives = &self.evidence.lives;
        let last = lives.iter().rev().find(|life| life.counts.is_some());
        for row in last.into_iter().flat_map(|life| &life.rows) {
            let Some(state) = self.states.get(row.user.as_str()) else {
                continue;
            };
            let agrees = match (row.outcome.as_str(), row.reason.as_str()) {
                ("skipped", "done_before") => state.is_done(),
                ("skipped", _) => !state.is_done(),
                (outcome, _) => outcome == state.outcome,
            };
            self.verdict.hold(Claim::States, agrees, || {
                format!(
                    "{} was reported as {} {} and is {} by the journal",
                    row.user, row.outcome, row.reason, state.outcome
                )
            });
        }
        self.expected();
    }

    fn expected(&mut self) {
        for (user, expected) in &self.evidence.expected {
            let because = &expected.because;
            let state = self
                .states
                .get(user.as_str())
                .map_or("absent", |state| state.outcome);
            let is_one = expected.states.iter().any(|expected| expected == state);
            self.verdict.hold(Claim::Settled, is_one, || {
                format!(
                    "{user} is {state}, not {} {because}",
                    expected.states.join(" or ")
                )
            });
            for (number, outcome, reason) in &expected.reported {
                let life = self.evidence.lives.get(*number);
                let mut rows = life.into_iter().flat_map(|life| &life.rows);
                let row = rows.find(|row| row.user == *user);
                if row.is_none() && life.is_some_and(|life| life.killed) {
                    continue;
                }
                let same = row.is_some_and(|row| row.outcome == *outcome && row.reason == *reason);
                self.verdict.hold(Claim::Settled, same, || {
                    let reported = row.map(|row| (row.outcome.as_str(), row.reason.as_str()));
                    format!("{user} was reported as {reported:?} in life {number}, not {outcome} {reason} {because}")
                });
            }
        }
    }

    /// The codes that the service issued, and those it received.
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
            let state = self.states.get(row.user.as_str());
            let kept = row.approval_code.is_some()
                && state.is_some_and(|state| {
                    state.approval_code == row.approval_code.as_deref()
                        || state.is_done()
                        || state.outcome == "failed"
                });
            self.verdict.hold(Claim::Codes, kept, || {
                format!(
                    "{} awaits approval and was reported with {:?}",
                    row.user, row.approval_code
                )
            });
        }
    }
}
