//! Which outcomes are allowed, computed from the service's own record and the fault script alone, and held against what the
//! journal and the rows claim. No code of the library has a say in it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::claims::{Claim, Verdict};
use super::evidence::{Evidence, cut_off};
use super::journal::{Event, Fold, Line, Told};
use super::service::Attempt;

/// Holds every claim against the evidence.
pub(super) fn judge(evidence: &Evidence) -> Verdict {
    let mut judge = Judge::new(evidence);
    judge.results();
    judge.attempts();
    judge.rows();
    judge.states();
    judge.codes();
    judge.verdict
}

struct Judge<'a> {
    evidence: &'a Evidence,
    fold: Fold,
    /// By object id, in the order of the service.
    by_person: HashMap<&'a str, Vec<&'a Attempt>>,
    /// Of a client request id: the line that said it would be sent.
    sent: HashMap<&'a str, &'a Line>,
    /// Runs in the order in which they began.
    runs: HashMap<&'a str, usize>,
    verdict: Verdict,
}

impl<'a> Judge<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        let mut by_person: HashMap<_, Vec<_>> = HashMap::new();
        for attempt in &evidence.attempts {
            if let Some(person) = &attempt.person {
                by_person.entry(person.as_str()).or_default().push(attempt);
            }
        }
        let mut sent = HashMap::new();
        let mut runs = HashMap::new();
        for line in &evidence.lines {
            let count = runs.len();
            runs.entry(line.run.as_str()).or_insert(count);
            if let Event::Sent {
                client_request_id: Some(id),
                ..
            } = &line.event
            {
                sent.entry(id.as_str()).or_insert(line);
            }
        }
        Self {
            evidence,
            fold: Fold::of(&evidence.lines),
            by_person,
            sent,
            runs,
            verdict: Verdict::default(),
        }
    }

    fn person(&self, user: &str) -> &'a str {
        self.evidence.people.get(user).map_or("", String::as_str)
    }

    fn attempts_on(&self, user: &str) -> &[&'a Attempt] {
        self.by_person.get(self.person(user)).map_or(&[], Vec::as_slice)
    }

    /// What each `result` claims, at the moment it was written.
    fn results(&mut self) {
        let mut before = Fold::default();
        for line in &self.evidence.lines {
            if let Event::Result(result) = &line.event {
                let doubted = before
                    .get(&result.user)
                    .is_some_and(|state| state.was_in_doubt_before(&line.run));
                self.result(line, result, doubted);
            }
            before.add(line);
        }
    }

    fn result(&mut self, line: &Line, result: &Told, doubted: bool) {
        let user = &result.user;
        let until = |attempt: &&&Attempt| attempt.time <= line.time;
        let attempts: Vec<&Attempt> = self.attempts_on(user).iter().filter(until).copied().collect();
        let acted = attempts.iter().any(|attempt| attempt.acted);
        let say = |wrong: &str| format!("{user} at {}: {wrong}", line.time);
        match result.outcome.as_str() {
            "accepted" => {
                let its_own = |attempt: &&Attempt| {
                    result.client_request_id.is_none()
                        || attempt.client_request_id == result.client_request_id
                };
                let yes = attempts.iter().copied().filter(its_own).any(Attempt::said_yes);
                self.verdict
                    .hold(Claim::Accepted, yes, || say("no 204 was answered"));
            }
            "confirmed" => self
                .verdict
                .hold(Claim::Confirmed, acted, || say("the service had not acted")),
            "failed" => self
                .verdict
                .hold(Claim::Failed, !acted, || say("the service had acted")),
            "unknown" => {
                let open = doubted || attempts.iter().any(|attempt| attempt.leaves_doubt());
                self.verdict.hold(Claim::Unknown, open, || {
                    say("each request was answered, and the answers say what happened")
                });
            }
            _ => {}
        }
    }

    /// What the service saw, against what was written down.
    fn attempts(&mut self) {
        let done = self.done_since();
        for attempt in &self.evidence.attempts {
            let order = attempt.order;
            let line = attempt
                .client_request_id
                .as_deref()
                .and_then(|id| self.sent.get(id))
                .copied();
            let ahead = line.is_some_and(|line| line.time <= attempt.time);
            self.verdict.hold(Claim::WrittenAhead, ahead, || match line {
                None => format!("attempt {order} has no record of its client request id"),
                Some(line) => format!("attempt {order} came before its record of {}", line.time),
            });
            let user = line.and_then(|line| match &line.event {
                Event::Sent { user, .. } => Some(user.as_str()),
                _ => None,
            });
            self.right_person(attempt, user);
            if attempt.acted {
                self.right_devices(attempt, user);
            }
            if let Some(since) = attempt.person.as_deref().and_then(|person| done.get(person)) {
                self.verdict
                    .hold(Claim::Once, attempt.time.as_str() <= *since, || {
                        format!(
                            "attempt {order} on {}, who was recorded as done at {since}",
                            attempt.person.as_deref().unwrap_or_default()
                        )
                    });
            }
        }
        self.not_resent();
    }

    /// When the record first said of a person that it is done.
    fn done_since(&self) -> HashMap<&'a str, &'a str> {
        let mut done = HashMap::new();
        for line in &self.evidence.lines {
            if let Event::Result(result) = &line.event
                && ["accepted", "confirmed"].contains(&result.outcome.as_str())
            {
                done.entry(self.person(&result.user))
                    .or_insert(line.time.as_str());
            }
        }
        done
    }

    /// A later run reads first, and sees that an earlier one was applied.
    fn not_resent(&mut self) {
        for (person, attempts) in &self.by_person {
            let run = |attempt: &Attempt| {
                let line = self.sent.get(attempt.client_request_id.as_deref()?)?;
                self.runs.get(line.run.as_str()).copied()
            };
            let Some(first) = attempts.iter().position(|attempt| attempt.acted) else {
                continue;
            };
            let (before, after) = attempts.split_at(first + 1);
            let acted = before.last().and_then(|attempt| run(attempt));
            let again = after
                .iter()
                .find(|attempt| acted.is_some() && run(attempt) > acted);
            self.verdict.hold(Claim::Once, again.is_none(), || {
                let order = again.map_or(0, |attempt| attempt.order);
                format!("attempt {order} on {person}, on whom an earlier run had been carried out")
            });
        }
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

    fn right_devices(&mut self, attempt: &Attempt, user: Option<&str>) {
        let snapshot = user
            .and_then(|user| self.fold.get(user))
            .and_then(|state| state.snapshot.as_ref());
        let unseen = attempt.devices.iter().find(|device| {
            self.evidence.late_devices.contains(*device)
                || snapshot.is_none_or(|snapshot| !snapshot.contains(*device))
        });
        self.verdict.hold(Claim::Devices, unseen.is_none(), || {
            format!(
                "attempt {} retired the device {}, which had not been read",
                attempt.order,
                unseen.map_or("", String::as_str)
            )
        });
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
                        recorded.insert((result.user.as_str(), result.outcome.as_str()));
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
                let written = before || recorded.contains(&(row.user.as_str(), row.outcome.as_str()));
                self.verdict.hold(Claim::Rows, written && !twice, || {
                    let what = if twice { "twice" } else { "but did not record it" };
                    format!("life {number} told {} as {} {what}", row.user, row.outcome)
                });
            }
            if let Some(counts) = &life.counts {
                let same = |counts: &BTreeMap<String, u64>| {
                    let counted = counts.iter().filter(|(_, count)| **count > 0);
                    counted
                        .map(|(name, &count)| (name.as_str(), count))
                        .eq(told.iter().map(|(&name, &count)| (name, count)))
                };
                let all = users.len() == self.evidence.people.len();
                let right = same(counts) && ended.is_some_and(same) && all;
                self.verdict.hold(Claim::Rows, right, || {
                    format!("life {number} counted {counts:?} and recorded {ended:?}, but told {told:?}")
                });
            }
        }
    }

    /// What the journal says in the end.
    fn states(&mut self) {
        for user in self.evidence.people.keys() {
            let known = self.fold.get(user).is_some();
            self.verdict.hold(Claim::States, known, || {
                format!("{user} was given and is not in the journal")
            });
        }
        for user in self.fold.0.keys() {
            let given = self.evidence.people.contains_key(user);
            self.verdict.hold(Claim::States, given, || {
                format!("{user} is in the journal and was never given")
            });
        }
        let last = self
            .evidence
            .lives
            .iter()
            .rev()
            .find(|life| life.counts.is_some());
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
        for (user, allowed) in &self.evidence.expected {
            let outcome = self.fold.get(user).map_or("absent", |state| state.outcome());
            self.verdict.hold(Claim::Settled, allowed.contains(&outcome), || {
                format!("{user} is {outcome}, not {}", allowed.join(" or "))
            });
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
        let cut_off = cut_off(self.evidence);
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
