//! The threads of a run: each takes a task from the board, until there is none.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::board::{Board, Task};
use super::decide::Rules;
use super::event::{Event, Row};
use super::look::Permits;
use super::options::RunOptions;
use super::pacer::Pacer;
use super::queue::Queue;
use super::record;
use super::token::RunCredential;
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::journal::{History, Journal, State};
use crate::notice::Notice;
use crate::status::{Effect, Reason, Status};

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
    pub(super) permits: Permits,
    pub(super) queue: Mutex<Queue>,
    pub(super) began: SystemTime,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
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
        // After a panic the run is ending, and those who wait are told so.
        for _ in 0..2 {
            if catch_unwind(AssertUnwindSafe(|| self.tasks())).is_ok() {
                break;
            }
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
                Task::Leave(ready, users) => {
                    for ready in ready {
                        self.left(ready.user, ready.id);
                    }
                    for user in users {
                        if self.board.is_first(&user) {
                            self.left(user, None);
                        } else {
                            self.board.fold();
                        }
                    }
                }
                Task::Quit => return,
            }
        }
    }

    fn finish(&self) {
        let mut summary = self.board.state().summary.clone();
        if summary.fatal.is_none() && !self.board.stop.is_raised() {
            self.tell_who_is_left();
        }
        summary.endpoint = self.client.endpoint().unknown_root();
        let ended = guarded(|| {
            self.journal
                .as_ref()
                .map_or(Ok(()), |journal| journal.end(&record::end(&summary)))
        });
        if let Err(error) = ended {
            summary.end(&error);
        }
        self.board.tell(Event::Done(summary));
    }

    /// Of a run that took an earlier one to its end: who of that was forgotten.
    fn tell_who_is_left(&self) {
        let left = self.history.iter().flat_map(History::people).filter(|past| {
            matches!(past.state(), State::Doubt(_) | State::Queued)
                && !self.board.was_given([Some(past.user()), past.id()])
        });
        let count = left.count();
        if count > 0 {
            self.board.tell(Event::Notice(Notice::Run(format!(
                "{count} users of the journal are in doubt or wait for approval and were not given to this run; give them, too"
            ))));
        }
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

    fn left(&self, user: String, id: Option<String>) {
        let row = Row::skipped(user, id, Reason::Stopped, "the run had ended".into());
        self.board.done(row, false);
    }

    /// Records what became of a user, then tells it.
    pub(super) fn settle(&self, mut row: Row, was_sent: bool, approval: Option<crate::journal::Approval>) {
        if let Some(journal) = &self.journal
            && record::is_worth(&row, was_sent)
            && let Err(error) = journal.result(&record::result(&row, was_sent, approval))
        {
            self.board.end_early(&error);
            let why = format!("not in the journal: {error}");
            row.detail = Some(
                row.detail
                    .map_or_else(|| why.clone(), |detail| format!("{detail}; {why}")),
            );
        }
        self.queue().add(&row);
        self.board.done(row, was_sent);
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
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
