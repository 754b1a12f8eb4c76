//! The users of a journal.

use std::path::Path;
use std::time::SystemTime;

use super::trace::{Dated, Trace};
use super::{History, Run, UserState};
use crate::journal::record::ResultRecord;
use crate::journal::user_record::UserRecord;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::verdict::{Verdict, VerifiedDevice};

/// A user of a journal.
#[derive(Clone, Copy, Debug)]
pub struct User<'a> {
    pub(super) history: &'a History,
    pub(super) record: &'a UserRecord,
    pub(super) trace: &'a Trace,
}

/// A result of a user in one run. The fields are those of `docs/journal.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "docs/journal.md describes each")]
pub struct RecordedResult<'a> {
    pub time: SystemTime,
    pub outcome: Outcome,
    pub reason: Reason,
    pub status: Option<Status>,
    pub effect: Effect,
    pub http_status: Option<u16>,
    pub code: Option<&'a str>,
    pub message: Option<&'a str>,
    pub service_message: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub client_request_id: Option<&'a str>,
    pub activity_id: Option<&'a str>,
    pub attempts: u32,
    /// The date of the answer, as the service wrote it.
    pub date: Option<&'a str>,
}

/// A request that was about to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent<'a> {
    /// When.
    pub time: SystemTime,
    /// The id of the request.
    pub client_request_id: Option<&'a str>,
}

/// A device of the snapshot, as it was listed before anything was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotDevice<'a> {
    /// The id in Intune.
    pub id: &'a str,
    /// The name.
    pub name: Option<&'a str>,
    /// The operating system.
    pub os: Option<&'a str>,
    /// The serial number.
    pub serial: Option<&'a str>,
    /// The state.
    pub state: Option<&'a str>,
    /// When it was enrolled.
    pub enrolled: Option<&'a str>,
}

/// What a verification found of the devices of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified<'a> {
    /// When.
    pub time: SystemTime,
    /// Each device of the snapshot.
    pub devices: &'a [VerifiedDevice],
}

impl Verified<'_> {
    /// The worst verdict of the devices.
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.devices)
    }
}

impl<'a> User<'a> {
    /// The user as first given.
    pub fn user(&self) -> &'a str {
        self.record.user()
    }

    /// The object id, if it is known.
    pub fn id(&self) -> Option<&'a str> {
        self.record.id()
    }

    /// The user principal name that the directory returned last.
    pub fn upn(&self) -> Option<&'a str> {
        self.trace.upn.as_ref().map(|(_, upn)| &**upn)
    }

    /// The journal and the number of the first line about the user.
    pub fn first_line(&self) -> Option<(&'a Path, u64)> {
        let first = self.trace.first?;
        let journal = self.history.journals().get(first.journal)?;
        Some((&journal.path, first.line))
    }

    /// The state.
    pub fn state(&self) -> UserState {
        self.record.state()
    }

    /// Did it happen? Over all runs; `None` if no run came to a result.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.state() {
            UserState::Done(outcome) => Some(outcome),
            UserState::InDoubt(_) => Some(Outcome::Unknown),
            UserState::Declined | UserState::Refused => Some(Outcome::Failed),
            UserState::Queued => Some(Outcome::AwaitingApproval),
            UserState::Untouched => self.last_result().map(|result| result.outcome),
        }
    }

    /// The newest approval code of a user that is not done.
    pub fn approval_code(&self) -> Option<&'a str> {
        self.record.approval_code()
    }

    /// The devices of the snapshot: those that were read first, if that was before the action may have been applied.
    pub fn devices(&self) -> Option<impl ExactSizeIterator<Item = SnapshotDevice<'a>>> {
        let devices = self.record.snapshot()?;
        Some(devices.iter().map(|device| SnapshotDevice {
            id: &device.id,
            name: device.name.as_deref(),
            os: device.os.as_deref(),
            serial: device.serial.as_deref(),
            state: device.state.as_deref(),
            enrolled: device.enrolled.as_deref(),
        }))
    }

    /// The result that the state follows from. `None` if none does, as after a run that was killed between sending and the
    /// answer.
    pub fn result(&self) -> Option<RecordedResult<'a>> {
        let decides = |result: &&Dated<ResultRecord>| match self.state() {
            UserState::Done(outcome) => result.what.outcome == outcome,
            UserState::InDoubt(_) => {
                let is_possible =
                    result.what.outcome == Outcome::Unknown || result.what.effect == Effect::Possible;
                is_possible && self.record.doubt_begins().is_some_and(|begun| result.at >= begun)
            }
            UserState::Declined => result.what.approval.is_some(),
            UserState::Queued => result.what.outcome == Outcome::AwaitingApproval,
            UserState::Refused => result.what.outcome == Outcome::Failed,
            UserState::Untouched => result.what.outcome == Outcome::Skipped,
        };
        self.newest(decides)
    }

    /// The newest result of any kind, such as a later skip of a user that was refused. Of a user that is done, the one that
    /// it is done by; of one in doubt, none from before the doubt.
    pub fn last_result(&self) -> Option<RecordedResult<'a>> {
        let is_in_doubt = matches!(self.state(), UserState::InDoubt(_));
        let begun = self.record.doubt_begins().filter(|_| is_in_doubt);
        self.newest(|result| begun.is_none_or(|begun| result.at >= begun))
    }

    /// The newest request that was about to leave.
    pub fn sent(&self) -> Option<Sent<'a>> {
        self.trace.sent.as_ref().map(|sent| Sent {
            time: sent.time,
            client_request_id: sent.what.client_request_id.as_deref(),
        })
    }

    /// The newest verification.
    pub fn verified(&self) -> Option<Verified<'a>> {
        self.trace.verified.as_ref().map(|verified| Verified {
            time: verified.time,
            devices: &verified.what.devices,
        })
    }

    /// Whether a preview is the newest that came to the user.
    pub fn was_previewed_by(&self, preview: &Run) -> bool {
        let newest = self.trace.previewed.and_then(|at| self.history.runs().get(at));
        newest.is_some_and(|newest| newest.id == preview.id)
    }

    fn newest(&self, is_wanted: impl Fn(&&'a Dated<ResultRecord>) -> bool) -> Option<RecordedResult<'a>> {
        let wanted = self.trace.results.iter().filter(is_wanted);
        wanted.max_by_key(|result| result.at).map(recorded)
    }
}

fn recorded(result: &Dated<ResultRecord>) -> RecordedResult<'_> {
    let record = &result.what;
    RecordedResult {
        time: result.time,
        outcome: record.outcome,
        reason: record.reason,
        status: record.status,
        effect: record.effect,
        http_status: record.http_status,
        code: record.code.as_deref(),
        message: record.message.as_deref(),
        service_message: record.service_message.as_deref(),
        request_id: record.request_id.as_deref(),
        client_request_id: record.client_request_id.as_deref(),
        activity_id: record.activity_id.as_deref(),
        attempts: record.attempts,
        date: record.date.as_deref(),
    }
}
