//! The events of a run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::device::DeviceList;
use crate::error::Error;
use crate::notice::Notice;
use crate::receipt::Receipt;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::user_id::shown;
use crate::verdict::{Verdict, VerifiedDevice};

/// The kind of an event. The same number and name in every language; new ones are only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum EventKind {
    /// No event arrived within the time given. A run reports no such event.
    None = 0,
    /// A user is done. Fields: user, id, outcome, reason, detail, devices, and a receipt or an error.
    Result = 1,
    /// The run is short of users: add some more or end them.
    NeedUsers = 2,
    /// The service refused the token: set another, which meets the claims if there are any, or stop the run.
    NeedToken = 3,
    /// Something for a log: a text, and what it is about.
    Notice = 4,
    /// The last event: counts, and if the run ended early, the status and message of the cause.
    Done = 5,
    /// The progress of the run or verification: about once a second as long as events are taken, also during pauses.
    Progress = 6,
    /// What a verification found of the devices of a user.
    Verified = 7,
}

impl EventKind {
    /// Every kind, in the order of its number.
    pub fn all() -> &'static [Self] {
        &[
            Self::None,
            Self::Result,
            Self::NeedUsers,
            Self::NeedToken,
            Self::Notice,
            Self::Done,
            Self::Progress,
            Self::Verified,
        ]
    }

    /// The name in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Result => "result",
            Self::NeedUsers => "need_users",
            Self::NeedToken => "need_token",
            Self::Notice => "notice",
            Self::Done => "done",
            Self::Progress => "progress",
            Self::Verified => "verified",
        }
    }
}

impl Event {
    /// The kind of the event.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Result(_) => EventKind::Result,
            Self::NeedUsers => EventKind::NeedUsers,
            Self::NeedToken { .. } => EventKind::NeedToken,
            Self::Notice(_) => EventKind::Notice,
            Self::Progress(_) => EventKind::Progress,
            Self::Verified(_) => EventKind::Verified,
            Self::Done(_) => EventKind::Done,
        }
    }
}

/// What a run reports.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A user is done.
    Result(UserResult),
    /// The run is short of users: add some more or end them.
    NeedUsers,
    /// The service refused the token: set another, or stop the run.
    NeedToken {
        /// What the new token must meet: a JSON object as text.
        claims: Option<String>,
    },
    /// Something for a log.
    Notice(Notice),
    /// The progress: about once a second as long as events are taken, also between other events.
    Progress(Progress),
    /// What a verification found of the devices of a user; only from [`Client::verify`](crate::Client::verify).
    Verified(Verification),
    /// The last event.
    Done(Summary),
}

/// The outcome of one user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UserResult {
    /// The user as given. A text above 1 KB, which is not a user id, is cut and followed by its length.
    pub user: String,
    /// The object id, if it is known.
    pub id: Option<String>,
    /// The outcome; [`Outcome::Skipped`] if the event is of another kind.
    pub outcome: Outcome,
    /// Why the user was skipped.
    pub reason: Reason,
    /// Why the user was skipped, in words; absent if an error says it. If the result of any user could not be written into
    /// the journal, `not in the journal: ...` is added.
    pub detail: Option<String>,
    /// The receipt of an accepted user.
    pub receipt: Option<Receipt>,
    /// The error of a user that was queued for approval, failed, is unknown, or was stopped after its turn had begun.
    /// Absent for a user that was accepted or confirmed, or skipped for another reason.
    pub error: Option<Error>,
    /// The devices that were read before anything was sent. Absent if they were not read, or if the run had ended before
    /// the user.
    pub devices: Option<DeviceList>,
    /// Whether the error may concern every user. False if another result reports the same answer, or if other users were
    /// read together with this one.
    pub(super) is_first_report: bool,
    /// Of a skipped user: whether the action of an earlier run may have been applied.
    pub(super) earlier_effect: Effect,
}

impl UserResult {
    pub(super) fn new(user: String, id: Option<String>, outcome: Outcome) -> Self {
        Self {
            user: shown(user),
            id,
            outcome,
            reason: Reason::None,
            detail: None,
            receipt: None,
            error: None,
            devices: None,
            is_first_report: true,
            earlier_effect: Effect::None,
        }
    }

    /// The status: that of the error, `ok` for a user that was accepted or confirmed, `cancelled` for a user that the run
    /// did not reach. Absent for a user that was skipped for another reason.
    pub fn status(&self) -> Option<Status> {
        match (&self.error, self.outcome, self.reason) {
            (Some(error), _, _) => Some(error.status),
            (None, Outcome::Accepted | Outcome::Confirmed, _) => Some(Status::Ok),
            (None, _, Reason::Stopped) => Some(Status::Cancelled),
            _ => None,
        }
    }

    /// Whether this run, or an earlier one of its journal, can have applied the action to a user that was not accepted.
    /// Absent for a user that was accepted or confirmed.
    pub fn effect(&self) -> Option<Effect> {
        if matches!(self.outcome, Outcome::Accepted | Outcome::Confirmed) {
            return None;
        }
        let effect = self.error.as_ref().map_or(Effect::None, |error| error.effect);
        Some(effect.or(self.earlier_effect))
    }

    /// What happened and what to do next, in one sentence. Absent if the outcome says everything.
    pub fn message(&self) -> Option<&str> {
        match (&self.error, &self.receipt) {
            (Some(error), _) => Some(&error.message),
            (None, Some(_)) => Some(Status::Ok.message()),
            (None, None) => self.detail.as_deref(),
        }
    }

    pub(super) fn add_detail(&mut self, more: &str) {
        self.detail = Some(match self.detail.take() {
            Some(detail) => format!("{detail}; {more}"),
            None => more.to_owned(),
        });
    }

    /// The result of a user that was not sent.
    pub(super) fn skipped(user: String, id: Option<String>, reason: Reason, detail: String) -> Self {
        Self {
            reason,
            detail: Some(detail),
            ..Self::new(user, id, Outcome::Skipped)
        }
    }

    /// The result of a user with an error. A user that was stopped before anything was sent is skipped.
    pub(super) fn of_error(user: String, id: Option<String>, error: Error) -> Self {
        let outcome = error.outcome();
        let stopped = error.status == Status::Cancelled && outcome == Outcome::Failed;
        Self {
            reason: if stopped { Reason::Stopped } else { Reason::None },
            error: Some(error),
            ..Self::new(user, id, if stopped { Outcome::Skipped } else { outcome })
        }
    }
}

/// The progress of a run.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Users that came to an outcome, or to a verdict.
    pub done: u64,
    /// Users that were given so far. A user that was given twice counts once.
    pub given: u64,
    /// Users an hour, over the last minute, or since the run began if that is less. Pauses that the service asks for are
    /// part of that time. Users that an earlier run finished do not count.
    pub users_per_hour: u64,
    /// The time that the rest takes at that rate. Absent until the users have ended, and while no user was done within the
    /// last minute.
    pub remaining: Option<Duration>,
}

/// The counts of a run. Accepted is not yet retired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    counts: [u64; Outcome::COUNT],
    verdicts: [u64; Verdict::COUNT],
    /// Users that were given more than once, under one name or two, and counted once.
    pub duplicates: u64,
    /// The status that ended the run early.
    pub ended_by: Option<Status>,
    /// Why the run ended early, in words.
    pub message: Option<String>,
    /// The endpoint of the requests, if it is not that of a known Microsoft cloud.
    pub custom_endpoint: Option<String>,
    /// Set if the journal ended the run early.
    os_error: Option<i32>,
    path: Option<PathBuf>,
}

impl Summary {
    /// [`Error::os_error`] of what ended the run early.
    pub fn os_error(&self) -> Option<i32> {
        self.os_error
    }

    /// [`Error::path`] of what ended the run early.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The number of users with this outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts.get(outcome as usize).copied().unwrap_or_default()
    }

    /// The number of users of a verification with this verdict.
    pub fn count_verified(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(verdict as usize).copied().unwrap_or_default()
    }

    pub(super) fn add_verified(&mut self, verdict: Verdict) {
        if let Some(count) = self.verdicts.get_mut(verdict as usize) {
            *count += 1;
        }
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        if let Some(count) = self.counts.get_mut(outcome as usize) {
            *count += 1;
        }
    }

    /// The first reason to end stays.
    pub(super) fn end(&mut self, error: &Error) {
        if self.ended_by.is_none() {
            self.ended_by = Some(error.status);
            self.message = Some(error.message.clone());
            self.os_error = error.os_error();
            self.path = error.path().map(Path::to_owned);
        }
    }
}

/// What a verification found of the devices of one user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// The user as given.
    pub user: String,
    /// The object id, if it is known.
    pub id: Option<String>,
    /// The worst verdict of the devices.
    pub verdict: Verdict,
    /// Each device of the snapshot.
    pub devices: Vec<VerifiedDevice>,
}
