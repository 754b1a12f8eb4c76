//! The model goes red where it must: one honest story, and what a liar would make of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::claims::{Claim, Verdict};
use super::evidence::{Evidence, Life, Row};
use super::journal::Line;
use super::model::judge;
use super::service::Attempt;

fn time(second: u32) -> String {
    format!("2026-01-01T00:00:{second:02}.000Z")
}

/// A line of the journal: second, run, event, user, and the rest.
fn line(second: u32, run: &str, event: &str, user: &str, rest: &Value) -> Value {
    let mut line =
        json!({"event": event, "time": time(second), "run": run, "user": user, "id": format!("id-{user}")});
    if let (Some(line), Some(rest)) = (line.as_object_mut(), rest.as_object()) {
        line.extend(rest.clone());
    }
    line
}

fn attempt(order: u64, second: u32, user: &str, id: &str, acted: bool, status: &Value) -> Value {
    json!({
        "order": order, "time": time(second), "user": format!("id-{user}"), "key": user, "status": status,
        "devices": if acted { vec![format!("d-{user}")] } else { Vec::new() }, "acted": acted,
        "client_request_id": id, "approval_code": null,
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
    lives: Vec<Life>,
    evidence: Evidence,
}

/// Of four users, `a` is accepted, `b` loses its answer, `c` is refused, and the worker is killed while `d` is under way.
/// The second life settles them.
fn story() -> Story {
    let devices = |user: &str| json!({"devices": [{"id": format!("d-{user}")}]});
    let settles = |user: &str, applied: bool| {
        let mut read = devices(user);
        read["applied"] = json!(applied);
        read
    };
    let sent = |id: &str| json!({"client_request_id": id});
    let result = |outcome: &str, effect: &str, id: &str| json!({"outcome": outcome, "effect": effect, "client_request_id": id});
    let first = vec![
        line(1, "A", "run", "", &json!({})),
        line(2, "A", "read", "a", &devices("a")),
        line(2, "A", "read", "b", &devices("b")),
        line(2, "A", "read", "c", &devices("c")),
        line(2, "A", "read", "d", &devices("d")),
        line(3, "A", "sent", "a", &sent("a1")),
        line(3, "A", "sent", "b", &sent("b1")),
        line(3, "A", "sent", "c", &sent("c1")),
        line(5, "A", "result", "a", &result("accepted", "none", "a1")),
        line(5, "A", "result", "b", &result("unknown", "possible", "b1")),
        line(5, "A", "result", "c", &result("failed", "none", "c1")),
        line(6, "A", "sent", "d", &sent("d1")),
    ];
    let counts = json!({"accepted": 1, "confirmed": 2, "skipped": 1, "failed": 0});
    let second = vec![
        line(10, "B", "run", "", &json!({})),
        line(11, "B", "read", "b", &settles("b", true)),
        line(12, "B", "result", "b", &result("confirmed", "none", "b1")),
        line(12, "B", "read", "c", &devices("c")),
        line(12, "B", "sent", "c", &sent("c2")),
        line(14, "B", "result", "c", &result("accepted", "none", "c2")),
        line(14, "B", "read", "d", &settles("d", true)),
        line(15, "B", "result", "d", &result("confirmed", "none", "d1")),
        line(16, "B", "end", "", &json!({"counts": counts})),
    ];
    let counts: BTreeMap<String, u64> = serde_json::from_value(counts).unwrap();
    let lives = vec![
        Life {
            rows: vec![
                row("a", "accepted", ""),
                row("b", "unknown", ""),
                row("c", "failed", ""),
            ],
            counts: None,
            lines: 0..first.len(),
        },
        Life {
            rows: vec![
                row("a", "skipped", "done_before"),
                row("b", "confirmed", ""),
                row("c", "accepted", ""),
                row("d", "confirmed", ""),
            ],
            counts: Some(counts),
            lines: first.len()..first.len() + second.len(),
        },
    ];
    let people = ["a", "b", "c", "d"].map(|user| (user.to_owned(), format!("id-{user}")));
    Story {
        lines: [first, second].concat(),
        attempts: vec![
            attempt(1, 4, "a", "a1", true, &json!(204)),
            attempt(2, 4, "b", "b1", true, &Value::Null),
            attempt(3, 4, "c", "c1", false, &json!(503)),
            attempt(4, 7, "d", "d1", true, &json!(204)),
            attempt(5, 13, "c", "c2", true, &json!(204)),
        ],
        lives,
        evidence: Evidence {
            people: people.into_iter().collect(),
            expected: [("a".to_owned(), &["accepted"][..])].into(),
            ..Evidence::default()
        },
    }
}

impl Story {
    fn judge(mut self) -> Verdict {
        let lines = self.lines.iter().map(|line| Line::parse(&line.to_string()));
        self.evidence.lines = lines.collect::<Result<_, _>>().unwrap();
        let attempts = self.attempts.iter().map(Attempt::parse);
        self.evidence.attempts = attempts.collect::<Result<_, _>>().unwrap();
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
    assert_eq!(verdict.broken().count(), 0);
    for claim in [
        Claim::Accepted,
        Claim::Confirmed,
        Claim::Failed,
        Claim::Unknown,
        Claim::Once,
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

#[test]
fn accepted_takes_a_204_of_its_own() {
    let lost = after(|story| story.attempts[0]["status"] = Value::Null);
    assert_eq!(lost, [Claim::Accepted]);
    let refused = after(|story| story.attempts[4]["status"] = json!(504));
    assert_eq!(refused, [Claim::Accepted]);
    let another = after(|story| story.lines[8]["client_request_id"] = json!("b1"));
    assert_eq!(another, [Claim::Accepted]);
    let later = after(|story| story.attempts[4]["time"] = json!(time(20)));
    assert!(later.contains(&Claim::Accepted));
}

#[test]
fn confirmed_takes_an_action_before() {
    let never = after(|story| story.attempts[1]["acted"] = json!(false));
    assert_eq!(never, [Claim::Confirmed]);
    let later = after(|story| story.attempts[1]["time"] = json!(time(13)));
    assert!(later.contains(&Claim::Confirmed));
}

#[test]
fn failed_takes_that_nothing_was_done() {
    let acted = after(|story| story.attempts[2]["acted"] = json!(true));
    assert!(acted.contains(&Claim::Failed));
    let reset = after(|story| story.lines[9]["outcome"] = json!("failed"));
    assert!(reset.contains(&Claim::Failed), "{reset:?}");
}

#[test]
fn unknown_takes_an_answer_that_leaves_doubt() {
    for status in [204, 429, 503, 404] {
        let told = after(|story| story.attempts[1]["status"] = json!(status));
        assert_eq!(told, [Claim::Unknown], "{status}");
    }
    for status in [500, 502, 504] {
        assert_eq!(
            after(|story| story.attempts[1]["status"] = json!(status)),
            [],
            "{status}"
        );
    }
    // A request of an earlier run, whose answer died with it, is doubt enough.
    let settled = after(|story| {
        story.lines[19]["outcome"] = json!("unknown");
        story.lives[1].rows[3].outcome = "unknown".to_owned();
        let counts = json!({"accepted": 1, "confirmed": 1, "skipped": 1, "unknown": 1});
        story.lines[20]["counts"] = counts.clone();
        story.lives[1].counts = serde_json::from_value(counts).ok();
    });
    assert_eq!(settled, []);
}

#[test]
fn nobody_is_sent_again_who_is_done() {
    let again = |user: &'static str, run: &'static str, sent: u32, came: u32| {
        after(move |story| {
            story.lines.insert(
                18,
                line(sent, run, "sent", user, &json!({"client_request_id": "again"})),
            );
            story.lives[1].lines.end += 1;
            story
                .attempts
                .push(attempt(6, came, user, "again", true, &json!(204)));
        })
    };
    assert_eq!(
        again("a", "B", 14, 14),
        [Claim::Once],
        "a was recorded as accepted"
    );
    assert_eq!(
        again("b", "B", 11, 11),
        [Claim::Once],
        "an earlier run was carried out on b"
    );
    assert_eq!(again("d", "B", 14, 14), [Claim::Once], "and on d");
    let recorded = again("c", "B", 15, 15);
    assert_eq!(recorded, [Claim::Once], "c was accepted by now");
}

#[test]
fn requests_are_written_down_before_they_leave() {
    let missing = after(|story| {
        story.lines.remove(11);
        story.lives[0].lines.end -= 1;
        story.lives[1].lines.start -= 1;
        story.lives[1].lines.end -= 1;
    });
    assert_eq!(missing, [Claim::WrittenAhead, Claim::Devices]);
    let nameless = after(|story| story.attempts[2]["client_request_id"] = Value::Null);
    assert_eq!(nameless, [Claim::WrittenAhead]);
    let late = after(|story| story.lines[7]["time"] = json!(time(5)));
    assert_eq!(late, [Claim::WrittenAhead]);
}

#[test]
fn only_what_was_read_and_meant_is_touched() {
    let grown = after(|story| story.attempts[4]["devices"] = json!(["d-c", "d-new"]));
    assert_eq!(grown, [Claim::Devices]);
    let late = after(|story| story.evidence.late_devices.extend(["d-c".to_owned()]));
    assert_eq!(late, [Claim::Devices]);
    let unread = after(|story| story.lines[4]["devices"] = Value::Null);
    assert_eq!(unread, [], "the second run read them");
    let stranger = after(|story| story.evidence.strangers.extend(["id-c".to_owned()]));
    assert_eq!(stranger, [Claim::Person]);
    let another = after(|story| story.attempts[2]["user"] = json!("id-x"));
    assert_eq!(another, [Claim::Person]);
}

#[test]
fn each_user_has_one_state_and_the_rows_agree_with_it() {
    let unknown = after(|story| drop(story.evidence.people.insert("e".to_owned(), "id-e".to_owned())));
    assert_eq!(unknown, [Claim::States, Claim::Rows]);
    let stranger = after(|story| story.lines[2]["user"] = json!("x"));
    assert!(stranger.contains(&Claim::States));
    // A run that takes a skip for the latest word about a user who is done.
    let forgotten = after(|story| {
        story.lives[1].rows[0].reason = "new_device".to_owned();
        story
            .lines
            .insert(20, line(16, "B", "result", "a", &json!({"outcome": "skipped"})));
        story.lives[1].lines.end += 1;
    });
    assert_eq!(forgotten, [Claim::States]);
    let told = after(|story| story.lives[0].rows[2].outcome = "unknown".to_owned());
    assert_eq!(told, [Claim::Rows], "told, but not so recorded");
    let twice = after(|story| {
        let row = story.lives[0].rows[0].clone();
        story.lives[0].rows.push(row);
    });
    assert_eq!(twice, [Claim::Rows]);
    let counted = after(|story| story.lines[20]["counts"]["accepted"] = json!(2));
    assert_eq!(counted, [Claim::Rows]);
    let settled = after(|story| {
        story
            .evidence
            .expected
            .extend([("b".to_owned(), &["accepted"][..])]);
    });
    assert_eq!(settled, [Claim::Settled]);
}

#[test]
fn codes_are_kept_for_their_own_users() {
    let queued = |story: &mut Story, code: &str| {
        story.evidence.approvals = vec![("id-c".to_owned(), "code-1".to_owned())];
        story.lines[10]["approval_code"] = json!(code);
        story.lines[10]["outcome"] = json!("awaiting_approval");
        story.attempts[2]["status"] = json!(403);
        story.attempts[4]["approval_code"] = json!("code-1");
        story.lives[0].rows[2] = Row {
            approval_code: Some("code-1".to_owned()),
            ..row("c", "awaiting_approval", "")
        };
    };
    assert_eq!(after(|story| queued(story, "code-1")), []);
    assert_eq!(after(|story| queued(story, "code-2")), [Claim::Codes]);
    let untold = after(|story| {
        queued(story, "code-1");
        story.lives[0].rows[2].approval_code = None;
    });
    assert_eq!(untold, [Claim::Codes]);
    let stolen = after(|story| {
        queued(story, "code-1");
        story.attempts[3]["approval_code"] = json!("code-1");
    });
    assert_eq!(stolen, [Claim::Codes]);
    let cut_off = after(|story| {
        queued(story, "code-1");
        story.evidence.approvals = vec![("id-d".to_owned(), "code-9".to_owned())];
        story.attempts[4]["approval_code"] = Value::Null;
    });
    assert_eq!(cut_off, [], "the run that would have told it was killed");
}
