//! What follows from the records of a user, case by case.

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

    pub(super) fn run(self) -> Self {
        self.begin(Mode::Run)
    }

    pub(super) fn begin(mut self, mode: Mode) -> Self {
        self.runs += 1;
        self.add(&Record::Run(RunRecord { mode, ..run() }))
    }

    /// A read of the directory, too.
    pub(super) fn looked(self, user: &str, id: &str, upn: &str) -> Self {
        let read = ReadRecord {
            upn: Some(upn.to_owned()),
            ..read(user, Some(id), &["d1"])
        };
        self.add(&Record::Read(read))
    }

    pub(super) fn read(self, user: &str, id: Option<&str>, devices: &[&str]) -> Self {
        self.add(&Record::Read(read(user, id, devices)))
    }

    pub(super) fn resolves(self, user: &str, applied: bool) -> Self {
        let read = ReadRecord {
            applied: Some(applied),
            ..read(user, None, &["d1"])
        };
        self.add(&Record::Read(read))
    }

    pub(super) fn sent(self, user: &str, id: Option<&str>) -> Self {
        self.add(&Record::Sent(sent(user, id)))
    }

    pub(super) fn result(self, user: &str, outcome: Outcome) -> Self {
        self.add(&Record::Result(result(user, outcome)))
    }

    /// Refused by the service: nothing was done.
    pub(super) fn refused(self, user: &str) -> Self {
        self.result(user, Outcome::Failed)
    }

    pub(super) fn skipped(self, user: &str) -> Self {
        let skip = ResultRecord {
            reason: Reason::Stopped,
            ..result(user, Outcome::Skipped)
        };
        self.add(&Record::Result(skip))
    }

    pub(super) fn queued(self, user: &str, code: &str) -> Self {
        let queued = ResultRecord {
            approval_code: Some(code.to_owned()),
            ..result(user, Outcome::AwaitingApproval)
        };
        self.add(&Record::Result(queued))
    }

    pub(super) fn declined(self, user: &str) -> Self {
        let declined = ResultRecord {
            approval: Some(Declined::Rejected),
            status: Some(Status::Rejected),
            message: Some("rejected by the second administrator".to_owned()),
            ..result(user, Outcome::Failed)
        };
        self.add(&Record::Result(declined))
    }

    pub(super) fn verified(self, user: &str, verdicts: &[Verdict]) -> Self {
        let devices = verdicts.iter().zip(1..).map(|(verdict, number)| VerifiedDevice {
            id: format!("d{number}"),
            name: None,
            verdict: *verdict,
            state: None,
            since: None,
            detail: None,
        });
        self.add(&Record::Verify(VerifyRecord {
            user: user.to_owned(),
            id: None,
            devices: devices.collect(),
        }))
    }

    pub(super) fn fold(&self, retention: Retention) -> crate::Result<JournalState> {
        folded(self.text.as_bytes(), retention)
    }

    pub(super) fn journal_state(&self) -> JournalState {
        self.fold(Retention::Unfinished).unwrap()
    }

    pub(super) fn state(&self, user: &str) -> UserState {
        self.journal_state().of(user).unwrap().state()
    }
}

pub(super) fn folded(bytes: &[u8], retention: Retention) -> crate::Result<JournalState> {
    JournalState::fold(&mut Lines::new(bytes, Path::new("J")), retention, None)
}

pub(super) fn after(records: u64) -> SystemTime {
    start() + Duration::from_secs(records)
}

#[test]
fn reads_and_skips_leave_a_person_untouched() {
    let story = Story::new().read("a@x", Some(ONE), &["d1"]).skipped("a@x");
    assert_eq!(story.state("a@x"), UserState::Untouched);
}

#[test]
fn sent_without_a_result_is_a_doubt_since_then() {
    let story = Story::new().sent("a@x", None);
    assert_eq!(story.state("a@x"), UserState::InDoubt(after(1)));
    assert_eq!(
        story.run().sent("a@x", None).state("a@x"),
        UserState::InDoubt(after(1))
    );
}

#[test]
fn a_refusal_settles_what_its_own_run_sent() {
    let story = Story::new().sent("a@x", None).sent("a@x", None).refused("a@x");
    assert_eq!(story.state("a@x"), UserState::Refused);
}

#[test]
fn a_refusal_of_a_later_run_does_not_settle_a_doubt() {
    let cut_off = Story::new().sent("a@x", None).run().refused("a@x");
    assert_eq!(cut_off.state("a@x"), UserState::InDoubt(after(1)));
    let sent_again = Story::new()
        .sent("a@x", None)
        .run()
        .sent("a@x", None)
        .refused("a@x");
    assert_eq!(sent_again.state("a@x"), UserState::InDoubt(after(1)));
}

#[test]
fn a_possible_effect_stays_until_a_read_settles_it() {
    let possible = ResultRecord {
        effect: Effect::Possible,
        ..result("a@x", Outcome::Failed)
    };
    for doubtful in [possible, result("a@x", Outcome::Unknown)] {
        let story = Story::new().read("a@x", None, &["d1"]).sent("a@x", None);
        let story = story.add(&Record::Result(doubtful));
        let story = story
            .refused("a@x")
            .skipped("a@x")
            .queued("a@x", "c1")
            .run()
            .sent("a@x", None);
        let story = story.refused("a@x").resolves("a@x", true);
        assert_eq!(story.state("a@x"), UserState::InDoubt(after(2)));
        let story = story.resolves("a@x", false);
        assert_eq!(story.state("a@x"), UserState::Queued);
        let story = story.sent("a@x", None);
        assert_eq!(story.state("a@x"), UserState::InDoubt(after(12)));
        assert_eq!(story.refused("a@x").state("a@x"), UserState::Queued);
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
        let story = story.resolves("a@x", false).declined("a@x").queued("a@x", "c1");
        assert_eq!(story.state("a@x"), UserState::Done(outcome));
        let journal_state = story.journal_state();
        assert_eq!(journal_state.of("a@x").unwrap().approval_code(), None);
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
    assert_eq!(story.state("a@x"), UserState::Queued);
    assert_eq!(
        story.journal_state().of("a@x").unwrap().approval_code(),
        Some("c1")
    );
    let story = story.queued("a@x", "c2");
    assert_eq!(
        story.journal_state().of("a@x").unwrap().approval_code(),
        Some("c2")
    );
    let code = SentRecord {
        approval_code: Some("c3".to_owned()),
        ..sent("b@x", None)
    };
    let story = Story::new().add(&Record::Sent(code)).refused("b@x");
    assert_eq!(story.state("b@x"), UserState::Queued);
}

#[test]
fn a_declined_approval_is_final_and_reported_again() {
    let story = Story::new()
        .sent("a@x", None)
        .queued("a@x", "c1")
        .declined("a@x")
        .run()
        .skipped("a@x");
    assert_eq!(story.state("a@x"), UserState::Declined);
    let journal_state = story.journal_state();
    let declined = journal_state.of("a@x").unwrap().declined().unwrap();
    assert_eq!(declined.approval, Some(Declined::Rejected));
    assert_eq!(declined.approval_code.as_deref(), Some("c1"));
    assert_eq!(
        declined.error().unwrap().message,
        "rejected by the second administrator"
    );
}

#[test]
fn a_user_is_gone_if_the_newest_verification_found_every_device_gone() {
    let is_gone = |story: &Story| story.journal_state().of("a@x").unwrap().is_gone();
    let sent = || Story::new().read("a@x", None, &["d1", "d2"]).sent("a@x", None);
    let gone = || sent().verified("a@x", &[Verdict::Gone, Verdict::Gone]);
    assert!(is_gone(&gone()));
    assert!(!is_gone(&sent()));
    assert!(!is_gone(&sent().verified("a@x", &[])));
    assert!(!is_gone(
        &sent().verified("a@x", &[Verdict::Gone, Verdict::Pending])
    ));
    assert!(!is_gone(
        &gone().verified("a@x", &[Verdict::Gone, Verdict::CannotTell])
    ));
    assert!(!is_gone(&gone().run().sent("a@x", None)));
    let second_name = || gone().looked("b@x", ONE, "b@x");
    assert!(!is_gone(&second_name().looked("a@x", ONE, "a@x")));
}
