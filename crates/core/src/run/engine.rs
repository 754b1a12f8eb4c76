//! The threads of a run: each takes a task from the board, until there is none.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::board::{Board, Ready, Task};
use super::decide::{Decision, Known, Rules};
use super::event::{Event, Row};
use super::look::{Denied, Look, Looker, Sight};
use super::options::RunOptions;
use super::pacer::Pacer;
use super::queue::Queue;
use super::record;
use super::token::RunCredential;
use crate::call::{Call, Notice};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::journal::{History, Journal, Past, State};
use crate::status::{Effect, Outcome, Reason, Status};
use crate::user_id::UserId;

/// A run, as its threads see it.
pub(super) struct Engine {
    pub(super) client: Client,
    pub(super) options: RunOptions,
    pub(super) rules: Rules,
    pub(super) pacer: Pacer,
    pub(super) journal: Option<Journal>,
    pub(super) history: Option<History>,
    pub(super) plan: Option<History>,
    pub(super) board: Arc<Board>,
    pub(super) denied: Denied,
    pub(super) queue: Mutex<Queue>,
    pub(super) began: SystemTime,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// A user that was taken up and has to be read.
struct Taken {
    user: String,
    id: UserId,
}

impl Engine {
    /// Begins a thread of the run.
    pub(super) fn begin(self: Arc<Self>) -> std::io::Result<()> {
        std::thread::Builder::new()
            .name("graph-devices-run".into())
            .spawn(move || self.work())
            .map(drop)
    }

    /// Works until there is nothing left; the last thread tells the end.
    fn work(self: Arc<Self>) {
        if catch_unwind(AssertUnwindSafe(|| self.tasks())).is_err() {
            self.board.abandon(&panicked());
        }
        if self.board.quit() {
            self.finish();
        }
    }

    fn tasks(self: &Arc<Self>) {
        loop {
            let (task, is_short) = self.board.next_task();
            if is_short && self.clone().begin().is_err() {
                // With fewer threads it goes on, more slowly. It was not the last: this one is there.
                self.board.quit();
            }
            match task {
                Task::Read(users) => self.take_up(users),
                Task::Send(ready) => self.send(ready),
                Task::Leave(users) => {
                    for (user, id) in users {
                        let why = "the run had ended".into();
                        self.done(Row::skipped(user, id, Reason::Stopped, why));
                    }
                }
                Task::Quit => return,
            }
        }
    }

    fn finish(&self) {
        let mut summary = self.board.state().summary.clone();
        summary.endpoint = self.client.endpoint().unknown_root();
        if let Some(journal) = &self.journal
            && let Err(error) = journal.end(&record::end(&summary))
        {
            summary.end(&error);
        }
        self.board.tell(Event::Done(summary));
    }

    /// A call with the run's token, pace and stop.
    pub(super) fn with_call<T>(&self, work: impl FnOnce(&mut Call<'_>) -> T) -> T {
        let credential = RunCredential {
            board: &self.board,
            client: &self.client,
            supplies_tokens: self.options.supplies_tokens,
        };
        let mut notice = |notice| self.board.tell(Event::Notice(notice));
        let deadline = self.options.call.deadline;
        let mut call = self
            .client
            .call(deadline, &credential, &self.pacer, &self.board.stop, &mut notice);
        work(&mut call)
    }

    /// A user who was never sent in this run is done.
    fn done(&self, row: Row) {
        self.board.done(row, false);
    }

    /// Records what became of a user, then tells it.
    pub(super) fn settle(&self, mut row: Row, was_sent: bool, approval: Option<crate::journal::Approval>) {
        if let Some(journal) = &self.journal
            && record::is_worth(&row)
            && let Err(error) = journal.result(&record::result(&row, approval))
        {
            self.board.end_early(&error);
            row.detail
                .get_or_insert_with(|| format!("not in the journal: {error}"));
        }
        self.queue().add(&row);
        self.board.done(row, was_sent);
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges users by what is known without asking, and reads the others.
    fn take_up(&self, users: Vec<String>) {
        let mut taken = Vec::new();
        for user in users {
            match UserId::parse(&user) {
                Err(error) => self.settle(Row::of_error(user, None, error), false, None),
                Ok(_) if !self.board.is_first(&user) => self.board.fold(),
                Ok(id) => {
                    let past = self.history.as_ref().and_then(|history| history.of(&user));
                    let early = self.rules.refuse(&user).or_else(|| past.and_then(Rules::recall));
                    match early {
                        Some(decision) => self.carry_out(user, id, Look::default(), decision),
                        None => taken.push(Taken { user, id }),
                    }
                }
            }
        }
        if taken.is_empty() {
            return;
        }
        let looks = catch_unwind(AssertUnwindSafe(|| self.look(&taken))).unwrap_or_else(|_| {
            let failed = || Look {
                error: Some(Error::new(Status::Internal, Status::Internal.message())),
                ..Look::default()
            };
            taken.iter().map(|_| failed()).collect()
        });
        let mut decided = Vec::new();
        for (Taken { user, id }, mut look) in taken.into_iter().zip(looks) {
            look.given_id = id.is_object_id().then(|| user.clone());
            let known_id = look.id(&id).map(str::to_owned);
            // The same person may have been given by name and by object id.
            if let Some(known_id) = known_id.filter(|known| !known.eq_ignore_ascii_case(&user))
                && !self.board.is_first(&known_id)
            {
                self.board.fold();
                continue;
            }
            let (decision, settles) = self.decide(&user, &id, &look);
            decided.push((user, id, look, decision, settles));
        }
        if let Some(journal) = &self.journal {
            let records: Vec<_> = decided
                .iter()
                .filter(|(_, _, look, ..)| look.identity.is_some() || look.devices.is_some())
                .map(|(user, id, look, _, applied)| record::read(user, id, look, *applied))
                .collect();
            if let Err(error) = journal.read(&records) {
                self.board.end_early(&error);
            }
        }
        for (user, id, look, decision, _) in decided {
            self.carry_out(user, id, look, decision);
        }
    }

    fn look(&self, taken: &[Taken]) -> Vec<Look> {
        if !self.options.read {
            return taken.iter().map(|_| Look::default()).collect();
        }
        let sights: Vec<_> = taken
            .iter()
            .map(|taken| Sight {
                user: &taken.id,
                given: &taken.user,
            })
            .collect();
        self.with_call(|call| {
            Looker {
                call,
                denied: &self.denied,
                max_devices: self.options.max_devices_per_user,
                queued: &|user, id| {
                    let past = past(self.history.as_ref(), user, id)?;
                    let is_open = !matches!(past.state(), State::Done(_) | State::Declined);
                    past.approval_code().filter(|_| is_open).map(str::to_owned)
                },
                tell: &|text| self.board.tell(Event::Notice(Notice::Run(text))),
            }
            .look(&sights)
        })
    }

    /// The decision, and for a user in doubt whether the action is known to have been applied.
    fn decide(&self, user: &str, id: &UserId, look: &Look) -> (Decision, Option<bool>) {
        let known_id = look.id(id);
        let past = past(self.history.as_ref(), user, known_id);
        let plan = self::past(self.plan.as_ref(), user, known_id);
        let recalled = past.as_deref().and_then(Rules::recall);
        let decision = recalled.unwrap_or_else(|| {
            self.rules.decide(&Known {
                look,
                past: past.as_deref(),
                plan: plan.as_deref(),
            })
        });
        let applied = match &decision {
            Decision::Confirm => Some(true),
            Decision::Send { settles: true, .. } => Some(false),
            _ => None,
        };
        (decision, applied)
    }

    fn carry_out(&self, user: String, id: UserId, look: Look, decision: Decision) {
        let known = look.id(&id).map(str::to_owned);
        let row = match decision {
            Decision::Send {
                approval_code, since, ..
            } => {
                let target = known.as_deref().and_then(|id| UserId::parse(id).ok());
                return self.board.put(Ready {
                    user,
                    target: target.unwrap_or(id),
                    id: known,
                    approval_code,
                    devices: look.devices,
                    since: since.unwrap_or(self.began),
                    in_doubt: since.is_some(),
                });
            }
            Decision::Decline(how, mut error) => {
                error.status = Status::Rejected;
                let how = record::declined(how);
                error.message = format!(
                    "the approval request was {}; begin another journal if it is still wanted",
                    how.name()
                );
                let mut row = Row::of_error(user, known, error);
                row.devices = look.devices;
                return self.settle(row, false, Some(how));
            }
            Decision::Skip(reason, detail) => Row::skipped(user, known, reason, detail),
            Decision::Confirm => Row::new(user, known, Outcome::Confirmed),
            Decision::Tell(error) => Row::of_error(user, known, error),
        };
        let row = Row {
            devices: look.devices,
            ..row
        };
        self.settle(row, false, None);
    }
}

/// What a journal knows of a user: under the name and the object id together, once that is known.
fn past<'a>(history: Option<&'a History>, user: &str, id: Option<&str>) -> Option<Cow<'a, Past>> {
    let history = history?;
    match id {
        Some(id) => history.person(user, id, None),
        None => history.of(user).map(Cow::Borrowed),
    }
}

/// What a panic of this library leaves behind.
pub(super) fn panicked() -> Error {
    let mut error = Error::new(Status::Internal, Status::Internal.message());
    error.effect = Effect::Possible;
    error
}

/// A result whose panic is a bug that may have struck after the send.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked()))
}
