//! Attempts that should not have been made, or not at that time.

use super::*;

/// A user is sent once more: when that is said, and when it comes.
fn again(user: &'static str, sent: u32, came: u32) -> Vec<Claim> {
    after(move |story| {
        let again = line(sent, "B", "sent", user, &json!({"client_request_id": "again"}));
        story.lines.insert(18, again);
        story.lives[1].lines.end += 1;
        story
            .attempts
            .push(attempt(came, user, "again", true, &json!(204)));
    })
}

#[test]
fn no_user_is_sent_again_who_is_done() {
    assert_eq!(again("a", 14, 14), [Claim::Once], "a was recorded as accepted");
    let b = again("b", 11, 11);
    assert!(
        b.contains(&Claim::Once),
        "an earlier life was carried out on b: {b:?}"
    );
    let c = again("c", 15, 15);
    assert_eq!(c, [Claim::Once], "c was accepted by now");
}

#[test]
fn no_user_in_doubt_is_sent_again_without_a_look() {
    let sent = |change: fn(&mut Story)| {
        after(move |story| {
            story.attempt("c1")["status"] = Value::Null;
            story.line("A", "result", "c")["outcome"] = json!("unknown");
            story.line("A", "result", "c")["effect"] = json!("possible");
            story.lives[0].rows[2].outcome = "unknown".to_owned();
            change(story);
        })
    };
    assert_eq!(sent(|_| {}), []);
    let blind = sent(|story| story.forget("c"));
    assert_eq!(blind, [Claim::Looked]);
    let late = sent(|story| {
        let seen = story.seen("c");
        seen["time"] = json!(time(14));
        seen["answered"] = json!(time(14));
    });
    assert_eq!(late, [Claim::Looked], "the look came after");
    let first = sent(|story| story.seen("c")["status"] = json!(503));
    assert_eq!(first, [Claim::Looked], "that of the first life does not count");
}

#[test]
fn a_call_repeats_itself_only_soon() {
    let repeated = |later: u32, status: Value| {
        after(move |story| {
            let mut lost = attempt(13, "c", "c2", false, &status);
            lost["answered"] = json!(time(13));
            story.attempts.insert(4, lost);
            *story.attempts.last_mut().unwrap() = attempt(13 + later, "c", "c2", true, &json!(204));
            story.line("B", "result", "c")["time"] = json!(time(14 + later));
            story.lives[1].ended = time(20 + later);
        })
    };
    assert_eq!(repeated(200, Value::Null), []);
    assert_eq!(repeated(300, Value::Null), [Claim::Looked]);
    assert_eq!(repeated(300, json!(503)), [], "nothing was done the first time");
}

#[test]
fn after_a_429_no_user_is_sent_before_its_time() {
    let soon = |later: u32| {
        after(move |story| {
            let mut refused = attempt(13, "c", "c2", false, &json!(429));
            refused["fault"] = json!("scripted");
            story.attempts.insert(4, refused);
            *story.attempts.last_mut().unwrap() = attempt(13 + later, "c", "c2", true, &json!(204));
            story.line("B", "result", "c")["time"] = json!(time(14 + later));
            story.lives[1].ended = time(20 + later);
        })
    };
    assert_eq!(soon(0), [], "it had left before");
    assert_eq!(soon(1), [Claim::Waits]);
    assert_eq!(soon(29), [Claim::Waits]);
    assert_eq!(soon(30), []);
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
    let nameless = after(|story| story.attempt("c1")["client_request_id"] = Value::Null);
    assert_eq!(nameless, [Claim::WrittenAhead]);
    let late = after(|story| story.line("A", "sent", "c")["time"] = json!(time(5)));
    assert_eq!(late, [Claim::WrittenAhead]);
}

#[test]
fn only_what_was_read_before_is_touched() {
    let grown = after(|story| story.attempt("c2")["devices"] = json!(["d-c", "d-new"]));
    assert_eq!(grown, [Claim::Devices]);
    let late = after(|story| story.evidence.late_devices.extend(["d-c".to_owned()]));
    assert_eq!(late, [Claim::Devices]);
    let unread = after(|story| story.line("A", "read", "d")["devices"] = Value::Null);
    assert_eq!(
        unread,
        [Claim::Devices],
        "that the second life read them is too late"
    );
    let unshown = after(|story| story.sights[7]["status"] = Value::Null);
    assert!(
        unshown.contains(&Claim::Devices),
        "recorded, but the service never showed them"
    );
    let read_after = after(|story| {
        let read = story.lines.remove(4);
        story.lines.insert(11, read);
    });
    assert_eq!(
        read_after,
        [Claim::Devices],
        "read after it was said that it is sent"
    );
    let shown_after = after(|story| {
        for name in ["time", "answered"] {
            story.sights[7][name] = json!(time(8));
        }
    });
    assert!(shown_after.contains(&Claim::Devices));
}

#[test]
fn only_the_intended_person_is_touched() {
    let stranger = after(|story| story.evidence.strangers.extend(["id-c".to_owned()]));
    assert_eq!(stranger, [Claim::Person]);
    let another = after(|story| story.attempt("c1")["user"] = json!("id-x"));
    assert_eq!(another, [Claim::Person]);
}
