//! Rows, states and codes that do not agree.

use super::*;

#[test]
fn each_user_has_one_state_and_the_rows_agree_with_it() {
    let unknown = after(|story| drop(story.evidence.people.insert("e".to_owned(), "id-e".to_owned())));
    assert_eq!(unknown, [Claim::States, Claim::Rows]);
    let stranger = after(|story| story.line("A", "read", "b")["user"] = json!("x"));
    assert!(stranger.contains(&Claim::States));
    // A run that takes a skip for the state of a user who is done.
    let forgotten = after(|story| {
        let skip = json!({"outcome": "skipped", "reason": "new_device"});
        story.lives[1].rows[0].reason = "new_device".to_owned();
        story.add(line(16, "B", "result", "a", &skip));
    });
    assert_eq!(forgotten, [Claim::Skipped, Claim::States]);
    let reported = after(|story| story.lives[0].rows[2].outcome = "unknown".to_owned());
    assert_eq!(reported, [Claim::Rows], "reported, but not so recorded");
    let reason = after(|story| story.lives[0].rows[2].reason = "stopped".to_owned());
    assert_eq!(reason, [Claim::Rows]);
    let unwritten = after(|story| {
        story.lives[0].rows[2].outcome = "unknown".to_owned();
        story.lives[0].had_no_room = true;
    });
    assert_eq!(unwritten, [], "it could not be written down");
    let twice = after(|story| {
        let row = story.lives[0].rows[0].clone();
        story.lives[0].rows.push(row);
    });
    assert_eq!(twice, [Claim::Rows]);
    let counted = after(|story| story.line("B", "end", "")["counts"]["accepted"] = json!(2));
    assert_eq!(counted, [Claim::Rows]);
}

#[test]
fn each_user_comes_to_what_is_expected() {
    let expect = |user: &'static str, states: &'static [&'static str], reported: (usize, &str, &str)| {
        let (life, outcome, reason) = (reported.0, reported.1.to_owned(), reported.2.to_owned());
        after(move |story| {
            let expected = Expected {
                reported: vec![(life, outcome, reason)],
                ..Expected::state(states)
            };
            story.evidence.expected.insert(user.to_owned(), expected);
        })
    };
    assert_eq!(expect("b", &["confirmed"], (1, "confirmed", "")), []);
    assert_eq!(expect("b", &["accepted"], (1, "confirmed", "")), [Claim::Settled]);
    assert_eq!(expect("a", &["accepted"], (1, "skipped", "done_before")), []);
    assert_eq!(
        expect("a", &["accepted"], (1, "skipped", "new_device")),
        [Claim::Settled]
    );
    assert_eq!(
        expect("d", &["confirmed"], (0, "accepted", "")),
        [],
        "that life did not come to it"
    );
    assert_eq!(expect("c", &["accepted"], (0, "unknown", "")), [Claim::Settled]);
}

#[test]
fn codes_are_kept_for_their_own_users() {
    let queued = |story: &mut Story, code: &str| {
        story.evidence.approvals = vec![("id-c".to_owned(), "code-1".to_owned())];
        let result = story.line("A", "result", "c");
        result["approval_code"] = json!(code);
        result["outcome"] = json!("awaiting_approval");
        story.attempt("c1")["status"] = json!(403);
        story.attempt("c2")["approval_code"] = json!("code-1");
        story.lives[0].rows[2] = Row {
            approval_code: Some("code-1".to_owned()),
            ..row("c", "awaiting_approval", "")
        };
    };
    assert_eq!(after(|story| queued(story, "code-1")), []);
    let other = after(|story| queued(story, "code-2"));
    assert_eq!(other, [Claim::Awaiting, Claim::Codes]);
    let untold = after(|story| {
        queued(story, "code-1");
        story.lives[0].rows[2].approval_code = None;
    });
    assert_eq!(untold, [Claim::Codes]);
    let stolen = after(|story| {
        queued(story, "code-1");
        story.attempt("d1")["approval_code"] = json!("code-1");
    });
    assert_eq!(stolen, [Claim::Codes]);
}

#[test]
fn evidence_that_was_kept_is_judged_the_same() {
    let folder = std::env::temp_dir().join(format!("soak-kept-{}", std::process::id()));
    crate::fresh(&folder).unwrap();
    let mut story = story();
    story.attempt("c1")["status"] = Value::Null;
    let text = |values: &[Value]| {
        let lines: Vec<String> = values.iter().map(Value::to_string).collect();
        lines.join("\n") + "\n"
    };
    for (name, values) in [
        ("journal.jsonl", &story.lines),
        ("actions.jsonl", &story.attempts),
        ("reads.jsonl", &story.sights),
    ] {
        std::fs::write(folder.join(name), text(values)).unwrap();
    }
    story.evidence.lives.clone_from(&story.lives);
    story.evidence.keep(&folder).unwrap();
    assert!(Evidence::is_in(&folder));
    let verdict = judge(&Evidence::load(&folder).unwrap());
    let broken: Vec<_> = verdict.broken().collect();
    assert_eq!(broken, [Claim::Failed, Claim::Effect]);
}
