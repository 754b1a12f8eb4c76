//! What follows from the records of a person, case by case.

use super::records::encoded;
use super::*;
use crate::{Effect, Outcome, Reason, Status};

pub(super) const ONE: &str = "10000000-0000-4000-8000-000000000001";
pub(super) const TWO: &str = "20000000-0000-4000-8000-000000000002";

/// A journal in memory; each record a second later than the one before.
#[derive(Default)]
pub(super) struct Story {
    pub(super) text: String,
    records: u64,
    runs: u32,
}

impl Story {
    pub(super) fn new() -> Self {
        Self::default().run()
    }

    pub(super) fn add(mut self, record: &Record) -> Self {
        let time = start() + Duration::from_secs(self.records);
        self.records += 1;
        self.text
            .push_str(&encoded(record, time, &format!("run-{}", self.runs)));
        self
    }

    pub(super) fn run(mut self) -> Self {
        self.runs += 1;
        self.add(&Record::Run(run()))
    }

    fn read(self, user: &str, id: Option<&str>, devices: &[&str]) -> Self {
        self.add(&Record::Read(read(user, id, devices)))
    }

    fn settles(self, user: &str, applied: bool) -> Self {
        let read = ReadRecord {
            applied: Some(applied),
            ..read(user, None, &["d1"])
        };
        self.add(&Record::Read(read))
    }

    fn sent(self, user: &str, id: Option<&str>) -> Self {
        self.add(&Record::Sent(sent(user, id)))
    }

    fn result(self, user: &str, outcome: Outcome) -> Self {
        self.add(&Record::Result(result(user, outcome)))
    }

    /// Refused by the service: nothing was done.
    fn refused(self, user: &str) -> Self {
        self.result(user, Outcome::Failed)
    }

    fn skipped(self, user: &str) -> Self {
        let skip = ResultRecord {
            reason: Reason::Stopped,
            ..result(user, Outcome::Skipped)
        };
        self.add(&Record::Result(skip))
    }

    fn queued(self, user: &str, code: &str) -> Self {
        let queued = ResultRecord {
            approval_code: Some(code.to_owned()),
            ..result(user, Outcome::AwaitingApproval)
        };
        self.add(&Record::Result(queued))
    }

    fn declined(self, user: &str) -> Self {
        let declined = ResultRecord {
            approval: Some(Approval::Rejected),
            status: Some(Status::Rejected),
            message: Some("rejected by the second administrator".to_owned()),
            ..result(user, Outcome::Failed)
        };
        self.add(&Record::Result(declined))
    }

    pub(super) fn told(&self, keep: Keep) -> crate::Result<History> {
        folded(self.text.as_bytes(), keep)
    }

    fn history(&self) -> History {
        self.told(Keep::Unsettled).unwrap()
    }

    fn state(&self, user: &str) -> State {
        self.history().of(user).unwrap().state()
    }
}

pub(super) fn folded(bytes: &[u8], keep: Keep) -> crate::Result<History> {
    History::fold(&mut Lines::new(bytes, Path::new("J")), keep, None)
}

fn after(records: u64) -> SystemTime {
    start() + Duration::from_secs(records)
}

#[test]
fn reads_and_skips_leave_a_person_untouched() {
    let story = Story::new().read("a@x", Some(ONE), &["d1"]).skipped("a@x");
    assert_eq!(story.state("a@x"), State::Untouched);
}

#[test]
fn sent_without_a_result_is_a_doubt_since_then() {
    let story = Story::new().sent("a@x", None);
    assert_eq!(story.state("a@x"), State::Doubt(after(1)));
    assert_eq!(story.run().sent("a@x", None).state("a@x"), State::Doubt(after(1)));
}

#[test]
fn a_refusal_settles_what_its_own_run_sent() {
    let story = Story::new().sent("a@x", None).sent("a@x", None).refused("a@x");
    assert_eq!(story.state("a@x"), State::Refused);
}

#[test]
fn a_refusal_of_a_later_run_does_not_settle_a_doubt() {
    let cut_off = Story::new().sent("a@x", None).run().refused("a@x");
    assert_eq!(cut_off.state("a@x"), State::Doubt(after(1)));
    let sent_again = Story::new()
        .sent("a@x", None)
        .run()
        .sent("a@x", None)
        .refused("a@x");
    assert_eq!(sent_again.state("a@x"), State::Doubt(after(1)));
}

#[test]
fn a_possible_effect_stays_until_a_read_settles_it() {
    let possible = ResultRecord {
        effect: Effect::Possible,
        ..result("a@x", Outcome::Failed)
    };
    for doubtful in [possible, result("a@x", Outcome::Unknown)] {
        let story = Story::new().sent("a@x", None).add(&Record::Result(doubtful));
        let story = story
            .refused("a@x")
            .skipped("a@x")
            .queued("a@x", "c1")
            .run()
            .sent("a@x", None);
        let story = story.refused("a@x").settles("a@x", true);
        assert_eq!(story.state("a@x"), State::Doubt(after(1)));
        let story = story.settles("a@x", false);
        assert_eq!(story.state("a@x"), State::Queued);
        let story = story.sent("a@x", None);
        assert_eq!(story.state("a@x"), State::Doubt(after(11)));
        assert_eq!(story.refused("a@x").state("a@x"), State::Queued);
    }
}

#[test]
fn accepted_and_confirmed_are_final() {
    for outcome in [Outcome::Accepted, Outcome::Confirmed] {
        let other = if outcome == Outcome::Accepted {
            Outcome::Confirmed
        } else {
            Outcome::Accepted
        };
        let story = Story::new()
            .sent("a@x", None)
            .result("a@x", outcome)
            .run()
            .result("a@x", other);
        let story = story
            .refused("a@x")
            .skipped("a@x")
            .sent("a@x", None)
            .result("a@x", Outcome::Unknown);
        let story = story.settles("a@x", false).declined("a@x").queued("a@x", "c1");
        assert_eq!(story.state("a@x"), State::Done(outcome));
        let history = story.history();
        assert_eq!(history.of("a@x").unwrap().done_at(), Some(after(2)));
        assert_eq!(history.of("a@x").unwrap().approval_code(), None);
    }
}

#[test]
fn an_approval_code_is_kept_until_the_person_is_done() {
    let story = Story::new().sent("a@x", None).queued("a@x", "c1");
    let story = story
        .run()
        .sent("a@x", None)
        .refused("a@x")
        .skipped("a@x")
        .read("a@x", Some(ONE), &[]);
    assert_eq!(story.state("a@x"), State::Queued);
    assert_eq!(story.history().of("a@x").unwrap().approval_code(), Some("c1"));
    let story = story.queued("a@x", "c2");
    assert_eq!(story.history().of("a@x").unwrap().approval_code(), Some("c2"));
    let code = SentRecord {
        approval_code: Some("c3".to_owned()),
        ..sent("b@x", None)
    };
    let story = Story::new().add(&Record::Sent(code)).refused("b@x");
    assert_eq!(story.state("b@x"), State::Queued);
}

#[test]
fn a_declined_approval_is_final_and_told_again() {
    let story = Story::new()
        .sent("a@x", None)
        .queued("a@x", "c1")
        .declined("a@x")
        .run()
        .skipped("a@x");
    assert_eq!(story.state("a@x"), State::Declined);
    let history = story.history();
    let declined = history.of("a@x").unwrap().declined().unwrap();
    assert_eq!(declined.approval, Some(Approval::Rejected));
    assert_eq!(declined.approval_code.as_deref(), Some("c1"));
    assert_eq!(
        declined.error().unwrap().message,
        "rejected by the second administrator"
    );
}

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
    let story = story.read("A@X", None, &["d1", "d2"]).settles("a@x", false);
    let history = story.history();
    assert_eq!(history.of("a@x").unwrap().snapshot(), Some(&[device("d1")][..]));
    let story = story.result("a@x", Outcome::Accepted).read("a@x", None, &["d3"]);
    assert_eq!(story.history().of("a@x").unwrap().snapshot(), None);
    let history = story.told(Keep::All).unwrap();
    assert_eq!(history.of("a@x").unwrap().snapshot(), Some(&[device("d1")][..]));
}

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
    let history = story.history();
    assert_eq!(history.people().count(), 1);
    assert_eq!(history.of(small).unwrap().state(), State::Done(Outcome::Accepted));
    let person = history.person("zoë@x", small).unwrap();
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
        assert_eq!(story.state(user), State::Doubt(after(1)), "{user}");
    }
    assert_eq!(story.history().people().count(), 1);
    assert_eq!(
        Story::new().sent(ONE, None).history().of(ONE).unwrap().id(),
        Some(ONE)
    );

    // Known apart for a while: sent by name without an id, and accepted by id.
    let story = Story::new()
        .read("c@x", None, &["d1"])
        .sent("a@x", None)
        .read("b@x", Some(ONE), &["d2"]);
    let story = story.add(&Record::Result(ResultRecord::new(
        ONE,
        Some(ONE),
        Outcome::Accepted,
    )));
    assert_eq!(story.state("a@x"), State::Doubt(after(2)));
    let history = story.history();
    let both = history.person("a@x", ONE).unwrap();
    assert_eq!(both.state(), State::Done(Outcome::Accepted));
    let story = story.run().read("a@x", Some(ONE), &["d3"]);
    let history = story.told(Keep::All).unwrap();
    for user in ["a@x", "b@x", ONE] {
        assert_eq!(
            history.of(user).unwrap().state(),
            State::Done(Outcome::Accepted),
            "{user}"
        );
        assert_eq!(
            history.of(user).unwrap().snapshot(),
            Some(&[device("d2")][..]),
            "{user}"
        );
    }
    let people: Vec<_> = history.people().map(Past::user).collect();
    assert_eq!(people, ["c@x", "a@x"]);
}

#[test]
fn doubts_of_one_person_under_two_names_stay_doubts() {
    let story = Story::new()
        .sent("a@x", None)
        .sent(ONE, None)
        .read("a@x", Some(ONE), &[]);
    assert_eq!(story.state(ONE), State::Doubt(after(1)));
    let story = Story::new()
        .sent("a@x", None)
        .run()
        .sent(ONE, None)
        .read("a@x", Some(ONE), &[])
        .refused("a@x");
    assert_eq!(story.state(ONE), State::Doubt(after(1)));
}

#[test]
fn a_refusal_under_one_name_does_not_settle_an_older_doubt_under_another() {
    let story = Story::new()
        .read("a@x", None, &[])
        .sent(ONE, None)
        .run()
        .sent("a@x", None);
    let story = story.read("a@x", Some(ONE), &[]).refused("a@x");
    assert_eq!(story.state("a@x"), State::Doubt(after(2)));
}

#[test]
fn of_two_snapshots_of_one_person_the_first_is_kept() {
    let by_id = Story::new()
        .sent("a@x", None)
        .read(ONE, None, &["d1"])
        .read("a@x", None, &["d2"]);
    let by_name = Story::new()
        .sent(ONE, None)
        .read("a@x", None, &["d1"])
        .read(ONE, None, &["d2"]);
    let by_first = Story::new().read("a@x", None, &["d1"]).read(ONE, None, &["d2"]);
    for story in [by_id, by_name, by_first] {
        let history = story.sent("a@x", Some(ONE)).history();
        assert_eq!(history.of("a@x").unwrap().snapshot(), Some(&[device("d1")][..]));
    }
}

#[test]
fn a_name_keeps_its_first_object_id() {
    let story = Story::new().read("a@x", Some(ONE), &["d1"]).refused("a@x").run();
    let story = story.read("a@x", Some(TWO), &["d2"]).sent("a@x", Some(TWO));
    let history = story.history();
    let named = history.of("a@x").unwrap();
    assert_eq!((named.id(), named.state()), (Some(ONE), State::Refused));
    assert_eq!(named.snapshot(), Some(&[device("d1")][..]));
    let other = history.of(TWO).unwrap();
    assert_eq!((other.id(), other.state()), (Some(TWO), State::Doubt(after(5))));
    assert!(history.person("a@x", TWO).unwrap().is_other_than(TWO));
    assert!(!history.person("a@x", ONE).unwrap().is_other_than(ONE));
    assert_eq!(story.settles(TWO, false).state(TWO), State::Untouched);
}

#[test]
fn runs_are_known_by_the_first_and_the_last() {
    let history = Story::new().sent("a@x", None).run().run().history();
    assert_eq!(history.first_run().id, "run-1");
    assert_eq!(history.last_run().id, "run-3");
}
