//! Which read is the snapshot of a user: never one that may lack devices which were retired.

use super::fold::{ONE, Story, after, folded};
use super::records::encoded;
use super::*;
use crate::{Effect, Outcome};

#[test]
fn the_first_devices_that_were_read_are_the_snapshot() {
    let unread = ReadRecord {
        devices: None,
        ..read("a@x", Some(ONE), &[])
    };
    let story = Story::new()
        .add(&Record::Read(unread))
        .read("a@x", None, &["d1"])
        .run();
    let story = story.read("A@X", None, &["d1", "d2"]).resolves("a@x", false);
    let journal_state = story.journal_state();
    assert_eq!(
        journal_state.of("a@x").unwrap().snapshot(),
        Some(&[device("d1")][..])
    );
    let story = story.result("a@x", Outcome::Accepted).read("a@x", None, &["d3"]);
    assert_eq!(story.journal_state().of("a@x").unwrap().snapshot(), None);
    let journal_state = story.fold(Retention::All).unwrap();
    assert_eq!(
        journal_state.of("a@x").unwrap().snapshot(),
        Some(&[device("d1")][..])
    );
}

/// Compares the snapshot of each story, after a line shows that the name and the object id belong to one user.
fn assert_snapshots(stories: impl IntoIterator<Item = (Story, Option<&'static str>)>) {
    let id_only = ReadRecord {
        devices: None,
        ..read("a@x", Some(ONE), &[])
    };
    for (story, device_id) in stories {
        let story = story.add(&Record::Read(id_only.clone()));
        let journal_state = story.fold(Retention::All).unwrap();
        let expected = device_id.map(|id| vec![device(id)]);
        assert_eq!(journal_state.users().count(), 1);
        assert_eq!(
            journal_state.of("a@x").unwrap().snapshot(),
            expected.as_deref(),
            "{}",
            story.text
        );
        assert_eq!(journal_state.of(ONE).unwrap().snapshot(), expected.as_deref());
    }
}

#[test]
fn a_read_after_a_send_without_one_is_not_a_snapshot() {
    let killed = || Story::new().sent("a@x", None).run().read("a@x", None, &["d1"]);
    let unknown = |story: Story| story.result("a@x", Outcome::Unknown).run();
    let possible = ResultRecord {
        effect: Effect::Possible,
        ..result("a@x", Outcome::Failed)
    };
    let possible = || Story::new().add(&Record::Result(possible.clone()));
    assert_snapshots([
        (killed(), None),
        (unknown(killed()).read("a@x", None, &["d2"]), None),
        // That a later run did nothing does not show that the run that sent did nothing.
        (killed().refused("a@x").read("a@x", None, &["d2"]), None),
        (possible().read("a@x", None, &["d1"]), None),
        // Nothing was there to compare it with.
        (killed().resolves("a@x", false).read("a@x", None, &["d2"]), None),
        (
            Story::new()
                .result("a@x", Outcome::Accepted)
                .read("a@x", None, &["d1"]),
            None,
        ),
    ]);
    let unresolved = unknown(killed().resolves("a@x", false));
    assert_eq!(unresolved.state("a@x"), UserState::InDoubt(after(1)));
}

#[test]
fn once_nothing_was_done_a_later_read_may_be_the_snapshot() {
    let refused = || Story::new().sent("a@x", None).refused("a@x");
    let under_way = Story::new()
        .sent("a@x", None)
        .read("a@x", None, &["d1"])
        .refused("a@x");
    assert_snapshots([
        (refused().run().read("a@x", None, &["d1"]), Some("d1")),
        (refused().sent("a@x", None).run().read("a@x", None, &["d1"]), None),
        (under_way.read("a@x", None, &["d2"]), Some("d2")),
    ]);
}

#[test]
fn the_earlier_snapshot_of_two_names_is_kept_if_neither_had_sent() {
    let pairs = [("a@x", ONE), (ONE, "a@x")];
    for (one, two) in pairs {
        let blind = || Story::new().sent(one, None).read(two, None, &["d1"]);
        let seen = || Story::new().read(one, None, &["d1"]);
        assert_snapshots([
            (seen().read(two, None, &["d2"]), Some("d1")),
            (seen().sent(one, None).read(two, None, &["d2"]), Some("d1")),
            (seen().sent(two, None).read(two, None, &["d2"]), Some("d1")),
            // The send under the one name may have retired devices that the read under the other no longer shows.
            (blind(), None),
            (blind().read(one, None, &["d2"]), None),
            (blind().sent(two, None).refused(two), None),
            (blind().result(one, Outcome::Accepted), None),
            (blind().result(two, Outcome::Accepted), None),
            (blind().run().refused(one), None),
            // The send did nothing.
            (blind().refused(one), Some("d1")),
            (blind().refused(one).sent(two, None), Some("d1")),
        ]);
    }
    // A read after a snapshot is not one either.
    let late = Story::new().sent("a@x", None).read(ONE, None, &["d1"]);
    let late = late
        .read("a@x", Some(ONE), &["d2"])
        .run()
        .read("a@x", None, &["d3"]);
    assert_snapshots([(late, None)]);
}

/// A person approves a queued request, and completes it elsewhere.
#[test]
fn a_snapshot_falls_with_a_queued_request_that_may_have_been_applied_before_it() {
    let queued = || Story::new().sent("a@x", None).queued("a@x", "c1").run();
    let read = || queued().read("a@x", None, &["d1"]);
    assert_snapshots([
        (read(), Some("d1")),
        (read().result("a@x", Outcome::Unknown), None),
        (
            read().queued("a@x", "c1").result("a@x", Outcome::Unknown),
            Some("d1"),
        ),
        (
            read().sent("a@x", None).result("a@x", Outcome::Unknown),
            Some("d1"),
        ),
        (
            Story::new()
                .read("a@x", None, &["d1"])
                .sent("a@x", None)
                .queued("a@x", "c1")
                .result("a@x", Outcome::Unknown),
            Some("d1"),
        ),
    ]);
}

#[test]
fn the_newest_approval_code_of_two_names_is_kept() {
    for (one, two) in [("a@x", ONE), (ONE, "a@x")] {
        let story = Story::new().read("a@x", None, &[]).queued(one, "c1");
        let story = story.queued(two, "c2").read("a@x", Some(ONE), &[]);
        let journal_state = story.journal_state();
        assert_eq!(
            journal_state.of("a@x").unwrap().approval_code(),
            Some("c2"),
            "{one}"
        );
    }
}

/// The repair of an unreadable line that the documentation describes.
#[test]
fn a_sent_line_in_place_of_a_broken_one_is_safe() {
    let stories = [
        Story::new().read("a@x", Some(ONE), &["d1"]).sent("a@x", None),
        Story::new()
            .read("a@x", Some(ONE), &["d1"])
            .sent("a@x", None)
            .refused("a@x"),
        Story::new()
            .read("a@x", Some(ONE), &["d1"])
            .sent("a@x", None)
            .queued("a@x", "c1"),
        Story::new()
            .read("a@x", Some(ONE), &["d1"])
            .sent("a@x", None)
            .run()
            .resolves("a@x", false)
            .sent("a@x", None),
        Story::new().sent("a@x", None).refused("a@x"),
        Story::new()
            .read("a@x", Some(ONE), &["d1"])
            .sent("a@x", None)
            .result("a@x", Outcome::Accepted),
    ];
    for story in stories {
        let lines: Vec<_> = story.text.lines().collect();
        for broken in 1..lines.len() {
            let mut mended = lines.clone();
            let sent = encoded(&Record::Sent(sent("a@x", Some(ONE))), start(), "mended");
            mended[broken] = sent.trim_end();
            let text = mended.join("\n") + "\n";
            let state = folded(text.as_bytes(), Retention::All)
                .unwrap()
                .of("a@x")
                .unwrap()
                .state();
            assert!(
                matches!(state, UserState::InDoubt(_) | UserState::Done(_)),
                "{state:?} {text}"
            );
            // The next resume finds a device that was enrolled since.
            let grown = Story::default().run().read("a@x", Some(ONE), &["d1", "new"]).text;
            let journal_state = folded((text.clone() + &grown).as_bytes(), Retention::All).unwrap();
            let snapshot = journal_state.of("a@x").unwrap().snapshot().unwrap_or_default();
            assert!(snapshot.iter().all(|seen| seen.id != "new"), "{text}");
        }
    }
}
