//! The state of one user in a journal, folded event by event.

use std::time::SystemTime;

use crate::status::{Effect, Outcome, Reason};
use crate::user_id::is_guid;
use crate::verdict::Verdict;

use super::record::{ReadRecord, Record, ResultRecord, SentRecord, SnapshotDevice};

/// The snapshots that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retention {
    /// Those of users that are not finished, which is all that a resumed run needs.
    Unfinished,
    /// All snapshots, for a verification or a plan.
    All,
}

/// The state of a user: the last of these that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserState {
    /// The user was read or skipped; nothing was sent.
    Untouched,
    /// The service refused every time: nothing was done.
    Refused,
    /// A request is queued for approval.
    Queued,
    /// The request for approval was rejected, was cancelled or expired, which is final.
    Declined,
    /// The action may have been applied, first at this time. Only a read resolves the doubt.
    InDoubt(SystemTime),
    /// Accepted or confirmed, which is final: later records do not change it.
    Done(Outcome),
}

/// The records of one user.
#[derive(Clone, Debug)]
pub(crate) struct UserRecord {
    user: Box<str>,
    /// The object id, where `user` is not that.
    id: Option<Box<str>>,
    /// On the heap, since a resumed run needs none of it for a user that is done.
    open: Option<Box<Open>>,
    done: Option<Outcome>,
    refused: bool,
    excluded: bool,
    gone: bool,
}

/// What the records of a user leave open.
#[derive(Clone, Debug, Default)]
struct Open {
    snapshot: Option<At<Box<[SnapshotDevice]>>>,
    approval_code: Option<At<Box<str>>>,
    declined: Option<Box<ResultRecord>>,
    /// Also kept for a user that is done: nothing that was read after it is a snapshot.
    doubt: Option<InDoubt>,
}

/// A value, and the line of the journal that it is in.
#[derive(Clone, Debug)]
struct At<T> {
    line: u64,
    what: T,
}

#[derive(Clone, Copy, Debug)]
struct InDoubt {
    since: SystemTime,
    /// From this line on the action may have been applied.
    line: u64,
    /// The run whose result resolves the doubt: the one that sent, as long as no doubt of an earlier run is open. `None` if
    /// only a read resolves it.
    run: Option<u32>,
}

/// The place of a record in the journal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) time: SystemTime,
    /// The run that wrote it, by number.
    pub(super) run: u32,
    pub(super) line: u64,
    pub(super) retention: Retention,
}

impl UserRecord {
    pub(super) fn new(user: &str, id: Option<&str>) -> Self {
        Self {
            user: user.into(),
            id: id.filter(|id| *id != user).map(Box::from),
            open: None,
            done: None,
            refused: false,
            excluded: false,
            gone: false,
        }
    }

    /// The user as first given.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// The object id that was first known.
    pub(crate) fn id(&self) -> Option<&str> {
        let given = || is_guid(&self.user).then_some(&*self.user);
        self.id.as_deref().or_else(given)
    }

    pub(super) fn set_id(&mut self, id: &str) {
        if self.id().is_none() {
            self.id = Some(id.into());
        }
    }

    fn doubt(&self) -> Option<InDoubt> {
        self.open.as_ref()?.doubt
    }

    fn open(&mut self) -> &mut Open {
        self.open.get_or_insert_default()
    }

    /// Whether an object id certainly belongs to another user.
    pub(crate) fn is_other_than(&self, id: &str) -> bool {
        self.id().is_some_and(|known| !known.eq_ignore_ascii_case(id))
    }

    /// The devices that were read first, if that was before the action may have been applied, and [`Retention`] kept them.
    pub(crate) fn snapshot(&self) -> Option<&[SnapshotDevice]> {
        let snapshot = self.open.as_ref()?.snapshot.as_ref()?;
        Some(&snapshot.what)
    }

    pub(crate) fn state(&self) -> UserState {
        if let Some(outcome) = self.done {
            UserState::Done(outcome)
        } else if let Some(doubt) = self.doubt() {
            UserState::InDoubt(doubt.since)
        } else if self.declined().is_some() {
            UserState::Declined
        } else if self.approval_code().is_some() {
            UserState::Queued
        } else if self.refused {
            UserState::Refused
        } else {
            UserState::Untouched
        }
    }

    /// The place from which on the action may have been applied.
    pub(super) fn doubt_begins(&self) -> Option<u64> {
        self.doubt().map(|doubt| doubt.line)
    }

    /// Whether the action may have been applied without a result that shows it.
    pub(crate) fn effect(&self) -> Effect {
        match self.state() {
            UserState::InDoubt(_) => Effect::Possible,
            _ => Effect::None,
        }
    }

    /// Whether a run or a preview skipped the user as excluded.
    pub(crate) fn is_excluded(&self) -> bool {
        self.excluded
    }

    /// Whether every device was gone at the newest verification, and nothing was sent since.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    /// The newest approval code, kept until the user is done.
    pub(crate) fn approval_code(&self) -> Option<&str> {
        let code = self.open.as_ref()?.approval_code.as_ref()?;
        Some(&code.what)
    }

    /// The result of a request that was not approved.
    pub(crate) fn declined(&self) -> Option<&ResultRecord> {
        self.open.as_ref()?.declined.as_deref()
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
            + text(self.id.as_deref())
            + heap(self.open.as_ref().map_or(0, |_| size_of::<Open>()))
            + text(self.approval_code())
            + heap(size_of_val(devices))
            + devices.iter().map(texts).sum::<usize>()
    }

    pub(super) fn apply(&mut self, record: Record, at: Place) {
        match record {
            Record::Read(read) => self.read(read, at),
            Record::Sent(sent) => self.sent(sent, at),
            Record::Result(result) => self.result(result, at),
            Record::Verify(verify) => self.gone = Verdict::worst(&verify.devices) == Verdict::Gone,
            Record::Run(_) | Record::End(_) => {}
        }
        if self.done.is_some() {
            self.forget(at.retention);
        }
    }

    fn read(&mut self, read: ReadRecord, at: Place) {
        let is_done = self.done.is_some();
        let open = self.open();
        // Without a snapshot the devices could not be compared.
        if read.applied == Some(false) && open.snapshot.is_some() && !is_done {
            open.doubt = None;
        }
        if open.snapshot.is_none()
            && open.doubt.is_none()
            && let Some(devices) = read.devices
        {
            let what = devices.into();
            open.snapshot = Some(At { line: at.line, what });
        }
    }

    fn sent(&mut self, sent: SentRecord, at: Place) {
        self.gone = false;
        let open = self.open();
        open.keep_code(sent.approval_code, at.line);
        let run = Some(at.run);
        open.doubt = Some(match open.doubt {
            None => InDoubt {
                since: at.time,
                line: at.line,
                run,
            },
            Some(doubt) if doubt.run == run => doubt,
            Some(doubt) => InDoubt { run: None, ..doubt },
        });
    }

    fn result(&mut self, mut result: ResultRecord, at: Place) {
        self.excluded |= result.reason == Reason::Excluded;
        if result.outcome == Outcome::Skipped || self.done.is_some() {
            return;
        }
        let is_done = matches!(result.outcome, Outcome::Accepted | Outcome::Confirmed);
        self.done = is_done.then_some(result.outcome);
        self.refused |= result.outcome == Outcome::Failed;
        let open = self.open();
        let before = open.approval_code.as_ref().map(|code| code.line);
        open.keep_code(result.approval_code.take(), at.line);
        if is_done || result.outcome == Outcome::Unknown || result.effect == Effect::Possible {
            // A doubt that no `sent` began comes from a queued request, which can have been applied at any time since its
            // code was returned.
            let doubt = open.doubt.unwrap_or(InDoubt {
                since: at.time,
                line: before.unwrap_or(at.line),
                run: None,
            });
            open.doubt = Some(InDoubt { run: None, ..doubt });
            open.drop_late_snapshot();
        } else if open.doubt.is_some_and(|doubt| doubt.run == Some(at.run)) {
            open.doubt = None;
        }
        if result.approval.is_some() {
            result.approval_code = open.approval_code.as_ref().map(|code| code.what.to_string());
            open.declined = Some(Box::new(result));
        }
    }

    /// Drops what is not needed of a user that is finished.
    fn forget(&mut self, retention: Retention) {
        if retention == Retention::Unfinished {
            self.open = None;
        } else if let Some(open) = &mut self.open {
            open.declined = None;
            open.approval_code = None;
        }
    }

    /// Merges the record of the same user under another name. `self` has the earlier first record.
    pub(super) fn merge(&mut self, other: Self, retention: Retention) {
        if let Some(id) = other.id() {
            self.set_id(id);
        }
        match (&mut self.open, other.open) {
            (Some(open), Some(other)) => open.merge(*other),
            (open, other) => *open = open.take().or(other),
        }
        self.done = self.done.or(other.done);
        self.refused |= other.refused;
        self.excluded |= other.excluded;
        self.gone &= other.gone;
        if self.done.is_some() {
            self.forget(retention);
        }
    }
}

impl Open {
    /// A snapshot that was read after a doubt began may lack devices that have retired since.
    fn drop_late_snapshot(&mut self) {
        let begun = self.doubt.map_or(u64::MAX, |doubt| doubt.line);
        self.snapshot.take_if(|snapshot| snapshot.line > begun);
    }

    fn keep_code(&mut self, code: Option<String>, line: u64) {
        if let Some(code) = code {
            let what = code.into();
            self.approval_code = Some(At { line, what });
        }
    }

    fn merge(&mut self, other: Self) {
        let Self {
            snapshot,
            approval_code,
            declined,
            doubt,
        } = other;
        self.snapshot = one_of(self.snapshot.take(), snapshot, |one, two| one < two);
        self.approval_code = one_of(self.approval_code.take(), approval_code, |one, two| one > two);
        self.declined = self.declined.take().or(declined);
        self.doubt = match (self.doubt, doubt) {
            (Some(one), Some(two)) => Some(InDoubt {
                since: one.since.min(two.since),
                line: one.line.min(two.line),
                run: one.run.filter(|_| one.run == two.run),
            }),
            (one, two) => one.or(two),
        };
        self.drop_late_snapshot();
    }
}

/// Of two values of the journal, the one whose line is better.
fn one_of<T>(one: Option<At<T>>, two: Option<At<T>>, is_better: impl Fn(u64, u64) -> bool) -> Option<At<T>> {
    match (one, two) {
        (Some(one), Some(two)) => Some(if is_better(two.line, one.line) { two } else { one }),
        (one, two) => one.or(two),
    }
}
