//! Outcomes that are not true.

use super::*;

#[test]
fn accepted_takes_a_204_of_its_own_that_was_heard() {
    let lost = after(|story| story.attempt("a1")["status"] = Value::Null);
    assert_eq!(lost, [Claim::Accepted]);
    let refused = after(|story| story.attempt("c2")["status"] = json!(504));
    assert_eq!(refused, [Claim::Accepted]);
    let another = after(|story| story.line("A", "result", "a")["client_request_id"] = json!("b1"));
    assert_eq!(another, [Claim::Accepted]);
    let later = after(|story| story.attempt("c2")["answered"] = json!(time(15)));
    assert_eq!(later, [Claim::Accepted]);
    let of_an_earlier_life = after(|story| {
        story.attempts.remove(4);
        *story.attempt("c1") = attempt(4, "c", "c1", true, &json!(204));
        story.line("B", "result", "c")["client_request_id"] = json!("c1");
    });
    assert!(of_an_earlier_life.contains(&Claim::Accepted));
}

#[test]
fn confirmed_takes_an_action_that_a_look_shows() {
    let never = after(|story| story.attempt("b1")["acted"] = json!(false));
    assert_eq!(never, [Claim::Confirmed]);
    let later = after(|story| story.attempt("b1")["time"] = json!(time(13)));
    assert_eq!(later, [Claim::Confirmed]);
    let unseen = after(|story| story.forget("b"));
    assert_eq!(unseen, [Claim::Confirmed], "there was no look");
    let lost = after(|story| story.seen("b")["status"] = Value::Null);
    assert_eq!(lost, [Claim::Confirmed], "the answer to the look was lost");
    let still = after(|story| story.seen("b")["devices"] = json!([["d-b", "managed"]]));
    assert_eq!(still, [Claim::Confirmed], "the look shows nothing of it");
    let heard = after(|story| story.ends("c", "confirmed", &json!({})));
    assert_eq!(heard, [Claim::Confirmed], "an answer had said so");
}

#[test]
fn failed_takes_a_refusal_each_time() {
    for (status, foreign, is_refusal) in [
        (Value::Null, false, false),
        (json!(503), false, true),
        (json!(503), true, false),
        (json!(429), false, true),
        (json!(404), false, true),
        (json!(403), true, false),
        (json!(408), false, false),
        (json!(500), false, false),
        (json!(502), false, false),
        (json!(504), false, false),
        (json!(200), false, false),
        (json!(302), false, false),
    ] {
        let broken = after(|story| {
            story.attempt("c1")["status"] = status.clone();
            story.attempt("c1")["foreign"] = json!(foreign);
        });
        let expected: &[Claim] = if is_refusal {
            &[]
        } else {
            // Though the service did nothing: without its refusal the run cannot know that.
            &[Claim::Failed, Claim::Effect]
        };
        assert_eq!(broken, expected, "{status} {foreign}");
    }
    let late = after(|story| story.attempt("c1")["answered"] = json!(time(6)));
    assert_eq!(
        late,
        [Claim::Failed, Claim::Effect],
        "the refusal came after that was said"
    );
    let earlier = after(|story| {
        let lost = attempt(3, "c", "c1", false, &Value::Null);
        story.attempts.insert(2, lost);
    });
    assert_eq!(
        earlier,
        [Claim::Failed, Claim::Effect],
        "an attempt before was lost"
    );
    let acted = after(|story| story.attempt("c1")["acted"] = json!(true));
    assert!(acted.contains(&Claim::Failed));
    let heard = after(|story| story.ends("c", "failed", &json!({"effect": "none"})));
    assert_eq!(heard, [Claim::Failed]);
}

/// `b` is refused by the second life, which may have looked before.
fn refused_later(looked: &Value) -> Vec<Claim> {
    after(|story| {
        story.attempt("b1")["acted"] = json!(false);
        story.seen("b")["devices"] = looked.clone();
        story.ends("b", "failed", &json!({"effect": "none"}));
        story.line("B", "read", "b")["applied"] = json!(false);
        story.lines.insert(
            14,
            line(11, "B", "sent", "b", &json!({"client_request_id": "b2"})),
        );
        story.lives[1].lines.end += 1;
        story.attempts.push(attempt(12, "b", "b2", false, &json!(429)));
    })
}

#[test]
fn only_a_look_settles_what_an_earlier_life_left_open() {
    assert_eq!(refused_later(&json!([["d-b", "managed"]])), []);
    for nothing in [
        json!([["d-b", "retireIssued"]]),
        json!([["d-x", "managed"]]),
        json!([]),
    ] {
        assert_eq!(
            refused_later(&nothing),
            [Claim::Failed, Claim::Effect, Claim::Looked],
            "{nothing}"
        );
    }
}

#[test]
fn a_request_that_lands_after_a_look_cannot_be_seen() {
    let change = |landed: u32| {
        after(|story| {
            // What `c` sent in the first life arrives in the second.
            story.attempt("c1")["status"] = Value::Null;
            story.attempt("c1")["acted"] = json!(true);
            story.attempt("c1")["devices"] = json!(["d-c"]);
            story.attempt("c1")["time"] = json!(time(landed));
            story.attempt("c1")["answered"] = json!(time(landed));
            story.lines.remove(10);
            story.lives[0].rows.pop();
            story.lives[0].lines.end -= 1;
            story.lives[1].lines = story.lives[0].lines.end..story.lines.len();
        })
    };
    assert_eq!(change(12), [], "ordered twice, and the run could not know");
    assert_eq!(
        change(10),
        [Claim::Once],
        "the look came after it, and must have shown it"
    );
}

#[test]
fn unknown_takes_an_attempt_that_left_it_open() {
    for (status, foreign, is_open) in [
        (204, false, false),
        (429, false, false),
        (503, false, false),
        (404, false, false),
        (503, true, true),
        (404, true, true),
        (500, false, true),
        (502, false, true),
        (504, false, true),
        (409, false, true),
    ] {
        let broken = after(|story| {
            story.attempt("b1")["status"] = json!(status);
            story.attempt("b1")["foreign"] = json!(foreign);
        });
        let expected: &[Claim] = if is_open {
            &[]
        } else {
            &[Claim::Unknown, Claim::Effect]
        };
        assert_eq!(broken, expected, "{status} {foreign}");
    }
    let possible = json!({"effect": "possible"});
    // A request of an earlier life, whose answer died with it, is doubt enough, as long as there was no look.
    let blind = after(|story| {
        story.forget("d");
        story.ends("d", "unknown", &possible);
    });
    assert_eq!(blind, []);
    let seen = after(|story| {
        story.seen("d")["devices"] = json!([["d-d", "managed"]]);
        story.ends("d", "unknown", &possible);
    });
    assert_eq!(seen, [Claim::Unknown, Claim::Effect]);
    // A user that was never sent is not in doubt, unless the request of its `sent` line was lost.
    let unsent = |is_said: bool| {
        after(move |story| {
            story.attempts.remove(3);
            story.forget("d");
            story.ends("d", "unknown", &json!({"effect": "possible"}));
            if !is_said {
                story.line("A", "sent", "d")["user"] = json!("a");
            }
        })
    };
    assert_eq!(unsent(true), []);
    assert_eq!(unsent(false), [Claim::Unknown, Claim::Effect]);
}

#[test]
fn the_effect_is_that_of_all_attempts() {
    let less = after(|story| story.line("A", "result", "b")["effect"] = json!("none"));
    assert_eq!(less, [Claim::Effect]);
    let more = after(|story| story.line("A", "result", "c")["effect"] = json!("possible"));
    assert_eq!(more, [Claim::Effect]);
    let silent = after(|story| story.line("A", "result", "b")["effect"] = Value::Null);
    assert_eq!(silent, [Claim::Effect]);
    let needless = after(|story| story.line("A", "result", "a")["effect"] = json!("none"));
    assert_eq!(needless, [Claim::Effect]);
    // Lost first, refused then: the last attempt is not all of them.
    let last = after(|story| {
        story.attempt("b1")["acted"] = json!(true);
        story
            .attempts
            .insert(2, attempt(4, "b", "b1", false, &json!(429)));
        story.line("A", "result", "b")["effect"] = json!("none");
        story.line("A", "result", "b")["outcome"] = json!("failed");
        story.lives[0].rows[1].outcome = "failed".to_owned();
    });
    assert_eq!(last, [Claim::Failed, Claim::Effect]);
}

/// `c` is skipped by the second life, and not sent.
fn skipped(reason: &str, change: impl FnOnce(&mut Story)) -> Vec<Claim> {
    after(|story| {
        story.attempts.pop();
        let at = story
            .lines
            .iter()
            .position(|line| line["client_request_id"] == "c2");
        story.lines.remove(at.unwrap());
        story.lives[1].lines.end -= 1;
        story.ends("c", "skipped", &json!({"reason": reason}));
        change(story);
    })
}

#[test]
fn skipped_takes_the_reason_that_there_is() {
    let late = |story: &mut Story| {
        story.seen("c")["devices"] = json!([["d-c", "managed"], ["d-new", "managed"]]);
        story.evidence.late_devices.extend(["d-new".to_owned()]);
    };
    assert_eq!(skipped("new_device", late), []);
    assert_eq!(skipped("new_device", |_| {}), [Claim::Skipped], "there is none");
    let known = |story: &mut Story| story.evidence.late_devices.extend(["d-c".to_owned()]);
    assert_eq!(
        skipped("new_device", known),
        [Claim::Skipped],
        "it was seen at first"
    );
    let empty = |story: &mut Story| story.seen("c")["devices"] = json!([]);
    assert_eq!(skipped("nothing_listed", empty), []);
    assert_eq!(skipped("nothing_listed", |_| {}), [Claim::Skipped]);
    let other = |story: &mut Story| {
        for sight in &mut story.sights {
            if sight["key"] == "c" && sight["time"] == time(11) {
                sight["user"] = json!("id-x");
            }
        }
    };
    assert_eq!(skipped("identity_changed", other), []);
    assert_eq!(skipped("identity_changed", |_| {}), [Claim::Skipped]);
    for reason in [
        "stopped",
        "excluded",
        "preview",
        "too_many_devices",
        "done_before",
        "",
    ] {
        assert!(skipped(reason, |_| {}).contains(&Claim::Skipped), "{reason}");
    }
}

#[test]
fn skipped_takes_that_nothing_is_left_open() {
    for status in [Value::Null, json!(204), json!(504)] {
        let sent = after(|story| {
            story.seen("c")["devices"] = json!([]);
            story.attempt("c2")["status"] = status.clone();
            story.ends("c", "skipped", &json!({"reason": "nothing_listed"}));
        });
        assert!(sent.contains(&Claim::Skipped), "{status}");
    }
    let refused = after(|story| {
        story.seen("c")["devices"] = json!([]);
        *story.attempt("c2") = attempt(13, "c", "c2", false, &json!(429));
        story.ends("c", "skipped", &json!({"reason": "nothing_listed"}));
    });
    assert_eq!(refused, []);
}

#[test]
fn a_user_who_is_done_is_skipped_for_that_reason_alone() {
    let over = json!({"outcome": "skipped", "reason": "done_before"});
    let journaled = after(|story| story.add(line(16, "B", "result", "a", &over)));
    assert_eq!(journaled, [Claim::Skipped]);
    let never = after(|story| story.attempt("a1")["acted"] = json!(false));
    assert_eq!(never, [Claim::Skipped], "reported as done before, and was not");
    let unrecorded = after(|story| story.line("A", "result", "a")["outcome"] = json!("skipped"));
    assert!(unrecorded.contains(&Claim::Skipped));
}

#[test]
fn awaiting_approval_takes_a_request_of_the_user() {
    let queued = |whose: &'static str, code: &'static str, acted: bool| {
        after(move |story| {
            story.evidence.approvals = vec![(whose.to_owned(), code.to_owned())];
            *story.attempt("c2") = attempt(13, "c", "c2", acted, &json!(403));
            story.ends(
                "c",
                "awaiting_approval",
                &json!({"approval_code": "code-1", "effect": "none"}),
            );
            story.lives[1].rows[2].approval_code = Some("code-1".to_owned());
        })
    };
    assert_eq!(queued("id-c", "code-1", false), []);
    assert_eq!(queued("id-c", "code-1", true), [Claim::Awaiting]);
    assert!(queued("id-c", "code-2", false).contains(&Claim::Awaiting));
    assert!(queued("id-b", "code-1", false).contains(&Claim::Awaiting));
}
