//! What the journal knows of one person, folded event by event.

use std::time::SystemTime;

use crate::status::{Effect, Outcome};

use super::record::{ReadRecord, Record, ResultRecord, SentRecord, SnapshotDevice};

/// Which snapshots to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Those of people who are not done: all that a resumed run needs.
    Unsettled,
    /// All, for a verification or a plan.
    All,
}

/// Where a person stands. The first that applies, from the bottom up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Read or skipped; nothing was sent.
    Untouched,
    /// Refused every time: nothing was done.
    Refused,
    /// Queued for approval; the code is [`Past::approval_code`].
    Queued,
    /// The approval was refused, was cancelled or expired: final. [`Past::declined`] tells it again.
    Declined,
    /// It may have been applied, first at this time. Only a read settles it.
    Doubt(SystemTime),
    /// Accepted or confirmed: final, whatever comes after.
    Done(Outcome),
}

/// The past of one person.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    user: Box<str>,
    id: Option<Box<str>>,
    snapshot: Option<Box<[SnapshotDevice]>>,
    snapshot_line: u64,
    approval_code: Option<Box<str>>,
    declined: Option<Box<ResultRecord>>,
    doubt: Option<Doubt>,
    done: Option<(Outcome, SystemTime)>,
    refused: bool,
}

#[derive(Clone, Copy, Debug)]
struct Doubt {
    since: SystemTime,
    /// The run whose result settles it: the one that sent, as long as nothing of an earlier run is open. `None` if
    /// only a read does.
    run: Option<u32>,
}

/// Where in the journal a record stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) time: SystemTime,
    /// The run that wrote it, counted from the beginning of the journal.
    pub(super) run: u32,
    pub(super) line: u64,
    pub(super) keep: Keep,
}

impl Past {
    pub(super) fn new(user: &str, id: Option<&str>) -> Self {
        Self {
            user: user.into(),
            id: id.map(Box::from),
            snapshot: None,
            snapshot_line: 0,
            approval_code: None,
            declined: None,
            doubt: None,
            done: None,
            refused: false,
        }
    }

    /// The user as first given.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// The object id that was first known.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(super) fn set_id(&mut self, id: &str) {
        self.id.get_or_insert_with(|| id.into());
    }

    /// Whether an object id is certainly another person's.
    pub(crate) fn is_other_than(&self, id: &str) -> bool {
        self.id().is_some_and(|known| !known.eq_ignore_ascii_case(id))
    }

    /// The devices that were read first, if any were and [`Keep`] kept them.
    pub(crate) fn snapshot(&self) -> Option<&[SnapshotDevice]> {
        self.snapshot.as_deref()
    }

    pub(crate) fn state(&self) -> State {
        if let Some((outcome, _)) = self.done {
            State::Done(outcome)
        } else if let Some(doubt) = self.doubt {
            State::Doubt(doubt.since)
        } else if self.declined.is_some() {
            State::Declined
        } else if self.approval_code.is_some() {
            State::Queued
        } else if self.refused {
            State::Refused
        } else {
            State::Untouched
        }
    }

    /// When the person was accepted or confirmed.
    #[cfg(test)]
    pub(crate) fn done_at(&self) -> Option<SystemTime> {
        self.done.map(|(_, time)| time)
    }

    /// The newest approval code, kept until the person is done.
    pub(crate) fn approval_code(&self) -> Option<&str> {
        self.approval_code.as_deref()
    }

    /// The result that told that the approval was refused.
    pub(crate) fn declined(&self) -> Option<&ResultRecord> {
        self.declined.as_deref()
    }

    /// The bytes that this points to.
    #[cfg(test)]
    pub(super) fn weight(&self) -> usize {
        let heap = |bytes: usize| {
            if bytes == 0 {
                0
            } else {
                (bytes + 8).next_multiple_of(16).max(32)
            }
        };
        let text = |text: Option<&str>| heap(text.map_or(0, str::len));
        let devices = self.snapshot().unwrap_or_default();
        let texts = |device: &SnapshotDevice| {
            let texts = [
                &device.name,
                &device.os,
                &device.serial,
                &device.state,
                &device.enrolled,
                &device.user_id,
            ];
            text(Some(&device.id)) + texts.into_iter().map(|one| text(one.as_deref())).sum::<usize>()
        };
        text(Some(&self.user))
            + text(self.id())
            + text(self.approval_code())
            + heap(size_of_val(devices))
            + devices.iter().map(texts).sum::<usize>()
    }

    pub(super) fn apply(&mut self, record: Record, at: Place) {
        match record {
            Record::Read(read) => self.read(read, at),
            Record::Sent(sent) => self.sent(sent, at),
            Record::Result(result) => self.result(result, at),
            Record::Run(_) | Record::Verify(_) | Record::End(_) => {}
        }
        if self.done.is_some() {
            self.forget(at.keep);
        }
    }

    fn read(&mut self, read: ReadRecord, at: Place) {
        if read.applied == Some(false) {
            self.doubt = None;
        }
        if self.snapshot.is_none()
            && let Some(devices) = read.devices
        {
            self.snapshot = Some(devices.into());
            self.snapshot_line = at.line;
        }
    }

    fn sent(&mut self, sent: SentRecord, at: Place) {
        self.keep_code(sent.approval_code);
        let run = Some(at.run);
        self.doubt = Some(match self.doubt {
            None => Doubt { since: at.time, run },
            Some(open) if open.run == run => open,
            Some(open) => Doubt { run: None, ..open },
        });
    }

    fn result(&mut self, mut result: ResultRecord, at: Place) {
        if result.outcome == Outcome::Skipped || self.done.is_some() {
            return;
        }
        if matches!(result.outcome, Outcome::Accepted | Outcome::Confirmed) {
            self.done = Some((result.outcome, at.time));
            return;
        }
        self.keep_code(result.approval_code.take());
        if result.outcome == Outcome::Unknown || result.effect == Effect::Possible {
            let since = self.doubt.map_or(at.time, |open| open.since);
            self.doubt = Some(Doubt { since, run: None });
        } else if self.doubt.is_some_and(|open| open.run == Some(at.run)) {
            self.doubt = None;
        }
        self.refused |= result.outcome == Outcome::Failed;
        if result.approval.is_some() {
            result.approval_code = self.approval_code().map(str::to_owned);
            self.declined = Some(Box::new(result));
        }
    }

    fn keep_code(&mut self, code: Option<String>) {
        if let Some(code) = code {
            self.approval_code = Some(code.into());
        }
    }

    /// What a final person is not asked for again.
    fn forget(&mut self, keep: Keep) {
        self.doubt = None;
        self.declined = None;
        self.approval_code = None;
        if keep == Keep::Unsettled {
            self.snapshot = None;
        }
    }

    /// The same person under another name, of whom `self` was met first.
    pub(super) fn merge(&mut self, other: Self, keep: Keep) {
        let Self {
            user: _,
            id,
            snapshot,
            snapshot_line,
            approval_code,
            declined,
            doubt,
            done,
            refused,
        } = other;
        self.id = self.id.take().or(id);
        if snapshot.is_some() && (self.snapshot.is_none() || snapshot_line < self.snapshot_line) {
            self.snapshot = snapshot;
            self.snapshot_line = snapshot_line;
        }
        self.approval_code = self.approval_code.take().or(approval_code);
        self.declined = self.declined.take().or(declined);
        self.doubt = match (self.doubt, doubt) {
            (Some(one), Some(two)) => Some(Doubt {
                since: one.since.min(two.since),
                run: one.run.filter(|_| one.run == two.run),
            }),
            (one, two) => one.or(two),
        };
        self.done = self.done.or(done);
        self.refused |= refused;
        if self.done.is_some() {
            self.forget(keep);
        }
    }
}
