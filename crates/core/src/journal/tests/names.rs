//! Users under several names, and names of several users.

use super::fold::{ONE, Story, TWO, after};
use super::*;
use crate::Outcome;

#[test]
fn letters_may_be_of_any_case() {
    let (small, large) = (
        "abcdef00-0000-4000-8000-00000000000f",
        "ABCDEF00-0000-4000-8000-00000000000F",
    );
    let story = Story::new()
        .read("Zoë@X", Some(large), &[])
        .result("ZOË@x", Outcome::Accepted);
    let story = story.read("zoë@x", Some(small), &[]);
    let journal_state = story.journal_state();
    assert_eq!(journal_state.users().count(), 1);
    assert_eq!(
        journal_state.of(small).unwrap().state(),
        UserState::Done(Outcome::Accepted)
    );
    let person = journal_state.of_user("zoë@x", small, None).unwrap();
    assert_eq!((person.user(), person.id()), ("Zoë@X", Some(large)));
    assert!(!person.is_other_than(small));
}

#[test]
fn a_name_and_an_object_id_of_one_person_meet() {
    // Given by object id first, and by two names later.
    let story = Story::new()
        .sent(ONE, None)
        .run()
        .read("a@x", Some(ONE), &["d1"])
        .read("b@x", Some(ONE), &[]);
    for user in [ONE, "a@x", "b@x"] {
        assert_eq!(story.state(user), UserState::InDoubt(after(1)), "{user}");
    }
    assert_eq!(story.journal_state().users().count(), 1);
    assert_eq!(
        Story::new().sent(ONE, None).journal_state().of(ONE).unwrap().id(),
        Some(ONE)
    );

    // Two records at first: sent by name without an id, and accepted by id.
    let story = Story::new()
        .read("c@x", None, &["d1"])
        .sent("a@x", None)
        .read("b@x", Some(ONE), &["d2"]);
    let story = story.add(&Record::Result(ResultRecord::new(
        ONE,
        Some(ONE),
        Outcome::Accepted,
    )));
    assert_eq!(story.state("a@x"), UserState::InDoubt(after(2)));
    let journal_state = story.journal_state();
    let both = journal_state.of_user("a@x", ONE, None).unwrap();
    assert_eq!(both.state(), UserState::Done(Outcome::Accepted));
    let story = story.run().read("a@x", Some(ONE), &["d3"]);
    let journal_state = story.fold(Retention::All).unwrap();
    for user in ["a@x", "b@x", ONE] {
        assert_eq!(
            journal_state.of(user).unwrap().state(),
            UserState::Done(Outcome::Accepted),
            "{user}"
        );
        // The name had been sent before the devices of the id were read.
        assert_eq!(journal_state.of(user).unwrap().snapshot(), None, "{user}");
    }
    let people: Vec<_> = journal_state.users().map(UserRecord::user).collect();
    assert_eq!(people, ["c@x", "a@x"]);
}

#[test]
fn doubts_of_one_person_under_two_names_stay_doubts() {
    let story = Story::new()
        .sent("a@x", None)
        .sent(ONE, None)
        .read("a@x", Some(ONE), &[]);
    assert_eq!(story.state(ONE), UserState::InDoubt(after(1)));
    let story = Story::new()
        .sent("a@x", None)
        .run()
        .sent(ONE, None)
        .read("a@x", Some(ONE), &[])
        .refused("a@x");
    assert_eq!(story.state(ONE), UserState::InDoubt(after(1)));
}

#[test]
fn a_refusal_under_one_name_does_not_settle_an_older_doubt_under_another() {
    let story = Story::new()
        .read("a@x", None, &[])
        .sent(ONE, None)
        .run()
        .sent("a@x", None);
    let story = story.read("a@x", Some(ONE), &[]).refused("a@x");
    assert_eq!(story.state("a@x"), UserState::InDoubt(after(2)));
}

#[test]
fn a_name_keeps_its_first_object_id() {
    let story = Story::new().read("a@x", Some(ONE), &["d1"]).refused("a@x").run();
    let story = story.read("a@x", Some(TWO), &["d2"]).sent("a@x", Some(TWO));
    let journal_state = story.journal_state();
    let named = journal_state.of("a@x").unwrap();
    assert_eq!((named.id(), named.state()), (Some(ONE), UserState::Refused));
    assert_eq!(named.snapshot(), Some(&[device("d1")][..]));
    let other = journal_state.of(TWO).unwrap();
    assert_eq!(
        (other.id(), other.state()),
        (Some(TWO), UserState::InDoubt(after(5)))
    );
    assert!(
        journal_state
            .of_user("a@x", TWO, None)
            .unwrap()
            .is_other_than(TWO)
    );
    assert!(
        !journal_state
            .of_user("a@x", ONE, None)
            .unwrap()
            .is_other_than(ONE)
    );
    assert_eq!(story.resolves(TWO, false).state(TWO), UserState::Untouched);
}

#[test]
fn a_user_done_under_the_object_id_is_found_by_the_principal_name_and_the_reverse() {
    let by_id = Story::new()
        .looked(ONE, ONE, "a@x")
        .result(ONE, Outcome::Accepted);
    let by_name = Story::new()
        .looked("a@x", ONE, "a@x")
        .result("a@x", Outcome::Accepted);
    let by_old_name = Story::new()
        .looked("old@x", ONE, "A@X")
        .result("old@x", Outcome::Accepted);
    for story in [by_id, by_name, by_old_name] {
        for user in ["a@x", ONE] {
            assert_eq!(
                story.state(user),
                UserState::Done(Outcome::Accepted),
                "{user} {}",
                story.text
            );
        }
        assert_eq!(story.journal_state().users().count(), 1);
    }
}

#[test]
fn a_principal_name_joins_what_was_known_apart() {
    let story = Story::new()
        .sent("a@x", None)
        .queued("b@x", "c1")
        .refused(ONE)
        .run();
    let journal_state = story.journal_state();
    assert_eq!(journal_state.users().count(), 3);
    let refused = journal_state.of_user(ONE, ONE, None).unwrap();
    assert_eq!(refused.state(), UserState::Refused);
    // The directory shows it before a line does.
    let person = journal_state.of_user(ONE, ONE, Some("A@x")).unwrap();
    assert_eq!(
        (person.state(), person.user()),
        (UserState::InDoubt(after(1)), "a@x")
    );
    let person = journal_state.of_user("b@x", ONE, Some("a@x")).unwrap();
    assert_eq!(person.state(), UserState::InDoubt(after(1)));
    assert_eq!((person.user(), person.approval_code()), ("a@x", Some("c1")));
    let person = journal_state.of_user("c@x", ONE, Some("b@x")).unwrap();
    assert_eq!(person.state(), UserState::Queued);
    assert!(journal_state.of_user("c@x", TWO, None).is_none());
    // And once a line does.
    let journal_state = story.looked("b@x", ONE, "a@x").journal_state();
    assert_eq!(journal_state.users().count(), 1);
    let person = journal_state.of(ONE).unwrap();
    assert_eq!((person.user(), person.approval_code()), ("a@x", Some("c1")));
    assert_eq!(person.state(), UserState::InDoubt(after(1)));
}

#[test]
fn a_principal_name_that_was_taken_over_does_not_take_the_past_along() {
    let story = Story::new()
        .looked(ONE, ONE, "a@x")
        .result(ONE, Outcome::Accepted)
        .run();
    let journal_state = story.journal_state();
    // Given by the name, it is another account now, and the run has to see that.
    let named = journal_state.of_user("a@x", TWO, Some("a@x")).unwrap();
    assert!(named.is_other_than(TWO));
    // Given by the object id, the user is not known.
    assert!(journal_state.of_user(TWO, TWO, Some("a@x")).is_none());
    assert!(journal_state.of_user("new@x", TWO, Some("a@x")).is_none());
    let journal_state = story.looked(TWO, TWO, "a@x").sent(TWO, None).journal_state();
    assert_eq!(journal_state.users().count(), 2);
    assert_eq!(
        journal_state.of_user(TWO, TWO, Some("a@x")).unwrap().state(),
        UserState::InDoubt(after(5))
    );
    assert_eq!(
        journal_state.of(TWO).unwrap().state(),
        UserState::InDoubt(after(5))
    );
    // The name stays with the user that had it first.
    for user in ["a@x", ONE] {
        let record = journal_state.of(user).unwrap();
        assert_eq!(
            (record.id(), record.state()),
            (Some(ONE), UserState::Done(Outcome::Accepted)),
            "{user}"
        );
    }
}
