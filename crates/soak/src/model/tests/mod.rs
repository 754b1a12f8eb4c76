//! The model fails where it must: one honest story, and changes of it that must break a claim.

mod attempts;
mod outcomes;
mod records;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::claims::{Claim, Verdict};
use super::super::evidence::{Evidence, Expected, Life, Row};
use super::super::journal::Line;
use super::super::service::{Attempt, Sight};
use super::judge;

fn time(second: u32) -> String {
    format!("2026-01-01T00:{:02}:{:02}.000Z", second / 60, second % 60)
}

fn extended(mut value: Value, rest: &Value) -> Value {
    if let (Some(value), Some(rest)) = (value.as_object_mut(), rest.as_object()) {
        value.extend(rest.clone());
    }
    value
}

/// A line of the journal: second, run, event, user, and the rest.
fn line(second: u32, run: &str, event: &str, user: &str, rest: &Value) -> Value {
    let line =
        json!({"event": event, "time": time(second), "run": run, "user": user, "id": format!("id-{user}")});
    extended(line, rest)
}

fn attempt(second: u32, user: &str, id: &str, acted: bool, status: &Value) -> Value {
    json!({
        "order": 0, "arrived": time(second), "time": time(second), "answered": time(second), "user": format!("id-{user}"),
        "key": user, "status": status, "devices": if acted { vec![format!("d-{user}")] } else { Vec::new() },
        "acted": acted, "client_request_id": id,
    })
}

/// Who a user is and which devices there are, both read in one second.
fn sights(second: u32, user: &str, devices: &Value) -> [Value; 2] {
    ["user", "devices"].map(|what| {
        json!({
            "what": what, "key": user, "user": format!("id-{user}"), "arrived": time(second), "time": time(second),
            "answered": time(second), "status": 200, "more": false,
            "devices": if what == "devices" { devices.clone() } else { json!([]) },
        })
    })
}

fn row(user: &str, outcome: &str, reason: &str) -> Row {
    Row {
        user: user.to_owned(),
        outcome: outcome.to_owned(),
        reason: reason.to_owned(),
        approval_code: None,
    }
}

/// A story that a test changes before it is judged.
struct Story {
    lines: Vec<Value>,
    attempts: Vec<Value>,
    sights: Vec<Value>,
    lives: Vec<Life>,
    evidence: Evidence,
}

/// Of four users, `a` is accepted, `b` loses its answer, `c` is refused, and the worker is killed while `d` is under way.
/// The second life settles them.
fn story() -> Story {
    let read = |user: &str| json!({"devices": [{"id": format!("d-{user}")}]});
    let settles = |user: &str, applied: bool| extended(read(user), &json!({"applied": applied}));
    let sent = |id: &str| json!({"client_request_id": id});
    let result = |outcome: &str, id: &str| json!({"outcome": outcome, "client_request_id": id});
    let outcome = |word: &str, effect: &str, id: &str| extended(result(word, id), &json!({"effect": effect}));
    let first = vec![
        line(1, "A", "run", "", &json!({})),
        line(2, "A", "read", "a", &read("a")),
        line(2, "A", "read", "b", &read("b")),
        line(2, "A", "read", "c", &read("c")),
        line(2, "A", "read", "d", &read("d")),
        line(3, "A", "sent", "a", &sent("a1")),
        line(3, "A", "sent", "b", &sent("b1")),
        line(3, "A", "sent", "c", &sent("c1")),
        line(5, "A", "result", "a", &result("accepted", "a1")),
        line(5, "A", "result", "b", &outcome("unknown", "possible", "b1")),
        line(5, "A", "result", "c", &outcome("failed", "none", "c1")),
        line(6, "A", "sent", "d", &sent("d1")),
    ];
    let counts = json!({"accepted": 1, "confirmed": 2, "skipped": 1, "failed": 0});
    let second = vec![
        line(10, "B", "run", "", &json!({})),
        line(11, "B", "read", "b", &settles("b", true)),
        line(12, "B", "result", "b", &result("confirmed", "b1")),
        line(12, "B", "read", "c", &read("c")),
        line(12, "B", "sent", "c", &sent("c2")),
        line(14, "B", "result", "c", &result("accepted", "c2")),
        line(14, "B", "read", "d", &settles("d", true)),
        line(15, "B", "result", "d", &result("confirmed", "d1")),
        line(16, "B", "end", "", &json!({"counts": counts})),
    ];
    let counts: BTreeMap<String, u64> = serde_json::from_value(counts).unwrap();
    let life = |times: [u32; 2], rows: Vec<Row>, lines| Life {
        started: time(times[0]),
        ended: time(times[1]),
        rows,
        lines,
        ..Life::default()
    };
    let rows = vec![
        row("a", "accepted", ""),
        row("b", "unknown", ""),
        row("c", "failed", ""),
    ];
    let killed = Life {
        killed: true,
        ..life([0, 8], rows, 0..first.len())
    };
    let rows = vec![
        row("a", "skipped", "done_before"),
        row("b", "confirmed", ""),
        row("c", "accepted", ""),
        row("d", "confirmed", ""),
    ];
    let ended = Life {
        counts: Some(counts),
        ..life([9, 17], rows, first.len()..first.len() + second.len())
    };
    let device = |user: &str, state: &str| json!([[format!("d-{user}"), state]]);
    let early = ["a", "b", "c", "d"].map(|user| sights(1, user, &device(user, "managed")));
    let late = [("b", "retireIssued"), ("c", "managed"), ("d", "retireIssued")];
    let late = late.map(|(user, state)| sights(11, user, &device(user, state)));
    let people = ["a", "b", "c", "d"].map(|user| (user.to_owned(), format!("id-{user}")));
    Story {
        lines: [first, second].concat(),
        attempts: vec![
            attempt(4, "a", "a1", true, &json!(204)),
            attempt(4, "b", "b1", true, &Value::Null),
            attempt(4, "c", "c1", false, &json!(503)),
            attempt(7, "d", "d1", true, &json!(204)),
            attempt(13, "c", "c2", true, &json!(204)),
        ],
        sights: early.into_iter().chain(late).flatten().collect(),
        lives: vec![killed, ended],
        evidence: Evidence {
            people: people.into_iter().collect(),
            expected: [("a".to_owned(), Expected::state(&["accepted"]))].into(),
            ..Evidence::default()
        },
    }
}

impl Story {
    /// The line of a run about a user.
    fn line(&mut self, run: &str, event: &str, user: &str) -> &mut Value {
        let is_it = |line: &&mut Value| line["run"] == run && line["event"] == event && line["user"] == user;
        self.lines.iter_mut().find(is_it).unwrap()
    }

    fn attempt(&mut self, id: &str) -> &mut Value {
        let is_it = |attempt: &&mut Value| attempt["client_request_id"] == id;
        self.attempts.iter_mut().find(is_it).unwrap()
    }

    /// The devices of a user as the second life saw them.
    fn seen(&mut self, user: &str) -> &mut Value {
        let mut sights = self.sights.iter_mut().rev();
        sights
            .find(|sight| sight["what"] == "devices" && sight["key"] == user)
            .unwrap()
    }

    fn forget(&mut self, user: &str) {
        self.sights
            .retain(|sight| sight["key"] != user || sight["time"] != time(11));
    }

    /// Adds a line to the second life.
    fn add(&mut self, line: Value) {
        let end = self.lines.len() - 1;
        self.lines.insert(end, line);
        self.lives[1].lines.end += 1;
    }

    /// A user comes to this in the second life, in row, journal and counts.
    fn ends(&mut self, user: &str, outcome: &str, rest: &Value) {
        let result = self.line("B", "result", user);
        result["outcome"] = json!(outcome);
        *result = extended(result.clone(), rest);
        let life = &mut self.lives[1];
        let counts = life.counts.as_mut().unwrap();
        for row in life.rows.iter_mut().filter(|row| row.user == user) {
            *counts.get_mut(&row.outcome).unwrap() -= 1;
            *counts.entry(outcome.to_owned()).or_default() += 1;
            outcome.clone_into(&mut row.outcome);
            row.reason = rest["reason"].as_str().unwrap_or_default().to_owned();
        }
        let counts = json!(counts);
        self.line("B", "end", "")["counts"] = counts;
    }

    fn judge(mut self) -> Verdict {
        for (at, attempt) in self.attempts.iter_mut().enumerate() {
            attempt["order"] = json!(at + 1);
        }
        let lines = self.lines.iter().map(|line| Line::parse(&line.to_string()));
        self.evidence.lines = lines.collect::<Result<_, _>>().unwrap();
        let attempts = self.attempts.iter().map(Attempt::parse);
        self.evidence.attempts = attempts.collect::<Result<_, _>>().unwrap();
        let sights = self
            .sights
            .iter()
            .filter_map(|sight| Sight::parse(sight).transpose());
        self.evidence.sights = sights.collect::<Result<_, _>>().unwrap();
        self.evidence.lives = self.lives;
        judge(&self.evidence)
    }
}

/// Judges the story after a change, and gives the claims that it breaks.
fn after(change: impl FnOnce(&mut Story)) -> Vec<Claim> {
    let mut story = story();
    change(&mut story);
    story.judge().broken().collect()
}

#[test]
fn the_honest_story_holds() {
    let verdict = story().judge();
    for claim in verdict.broken() {
        assert_eq!(
            verdict.of(claim).map_err(|error| error.to_string()),
            Ok(()),
            "{claim}"
        );
    }
    for claim in [
        Claim::Accepted,
        Claim::Confirmed,
        Claim::Failed,
        Claim::Unknown,
        Claim::Skipped,
        Claim::Effect,
        Claim::Once,
        Claim::Looked,
        Claim::WrittenAhead,
        Claim::Devices,
        Claim::Person,
        Claim::States,
        Claim::Rows,
        Claim::Settled,
    ] {
        assert!(verdict.of(claim).is_ok(), "{claim}");
    }
    assert!(verdict.of(Claim::Codes).is_err(), "of codes nothing was seen");
}
