//! What a run has to tell.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::device::DeviceList;
use crate::error::Error;
use crate::notice::Notice;
use crate::receipt::Receipt;
use crate::status::{Outcome, Reason, Status};
use crate::verdict::{Verdict, VerifiedDevice};

/// What a run has to tell.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A user is done.
    Row(Row),
    /// The run is short of users: add some more or end them.
    NeedUsers,
    /// The service refused the token: set another, or stop the run.
    NeedToken {
        /// What the new token must meet: a JSON object as text.
        claims: Option<String>,
    },
    /// Something for a log.
    Notice(Notice),
    /// How far it is: about once a second as long as events are taken, whatever else there is.
    Tick(Tick),
    /// What became of the devices of a user: only of [`Client::verify`](crate::Client::verify).
    Verified(Verification),
    /// The last event.
    Done(Summary),
}

/// The outcome of one user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// The user as given.
    pub user: String,
    /// The object id, where it is known.
    pub id: Option<String>,
    /// What is known of the user.
    pub outcome: Outcome,
    /// Why the user was skipped.
    pub reason: Reason,
    /// Why the user was skipped, in words; of any row also that its result could not be written into the journal.
    pub detail: Option<String>,
    /// For an accepted user.
    pub receipt: Option<Receipt>,
    /// For a user that was not accepted, unless confirmed, or skipped before anything was tried.
    pub error: Option<Error>,
    /// The devices as they were read before anything was sent; none if they were not read.
    pub devices: Option<DeviceList>,
}

impl Row {
    pub(super) fn new(user: String, id: Option<String>, outcome: Outcome) -> Self {
        Self {
            user,
            id,
            outcome,
            reason: Reason::None,
            detail: None,
            receipt: None,
            error: None,
            devices: None,
        }
    }

    /// A user that was left alone.
    pub(super) fn skipped(user: String, id: Option<String>, reason: Reason, detail: String) -> Self {
        Self {
            reason,
            detail: Some(detail),
            ..Self::new(user, id, Outcome::Skipped)
        }
    }

    /// What an error says of a user. A user that was stopped before anything was sent is skipped.
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

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Tick {
    /// Users that came to an outcome, or to a verdict.
    pub done: u64,
    /// Users that were given, as far as it is known; who was given twice counts once.
    pub given: u64,
    /// Users a second, since the run began.
    pub rate: f64,
    /// How long it will take at that rate, once the users have ended and the first is done.
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
    pub fatal: Option<Status>,
    /// Why the run ended early, in words.
    pub message: Option<String>,
    /// Where the requests went, if that is no known Microsoft cloud.
    pub endpoint: Option<String>,
    /// Of a run that its journal ended early.
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

    /// How many users came to an outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts.get(outcome as usize).copied().unwrap_or_default()
    }

    /// How many users came to any outcome.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Of a verification: how many users came to a verdict.
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
        if self.fatal.is_none() {
            self.fatal = Some(error.status);
            self.message = Some(error.message.clone());
            self.os_error = error.os_error();
            self.path = error.path().map(Path::to_owned);
        }
    }
}

/// What became of the devices of one user since they were accepted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// The user as given.
    pub user: String,
    /// The object id, where it is known.
    pub id: Option<String>,
    /// The worst of the devices.
    pub verdict: Verdict,
    /// Each device of the snapshot.
    pub devices: Vec<VerifiedDevice>,
}
