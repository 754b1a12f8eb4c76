//! The threads of a run: each takes a task from the board, until there is none.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::board::{Board, Task};
use super::decide::Rules;
use super::event::{Event, Summary, UserResult};
use super::hand::AtHand;
use super::look::Permits;
use super::options::RunOptions;
use super::pacer::Pacer;
use super::queue::Queue;
use super::record;
use super::token::RunCredential;
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::journal::{History, Journal, Past, State};
use crate::notice::Notice;
use crate::status::{Effect, Outcome, Reason, Status};

/// The stack of a thread of a run. There may be many, in a host that has little room; a debug build was seen to need less than 96
/// KiB, and a credential of the host runs on it, too.
pub(super) const STACK: usize = 512 * 1024;

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
    /// How many were skipped although an earlier send may have been applied.
    pub(super) skipped_in_doubt: AtomicU64,
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
            .stack_size(STACK)
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
            for user in self.board.abandon(&panicked()) {
                let _ = catch_unwind(AssertUnwindSafe(|| self.abandoned(user)));
            }
        }
        if self.board.quit() {
            self.finish();
        }
    }

    /// A panic struck while a thread had this user.
    fn abandoned(&self, user: AtHand) {
        let AtHand { user, id, is_sent } = user;
        let mut error = panicked();
        if !is_sent {
            error.effect = self.earlier_effect(&user);
        }
        self.settle(UserResult::of_error(user, id, error), is_sent, None);
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
                    // Whoever was to be sent is known not to be in doubt.
                    for ready in ready {
                        self.left(ready.user, ready.id, Effect::None);
                    }
                    for user in users {
                        if self.board.is_first(&user) {
                            let earlier = self.earlier_effect(&user);
                            self.left(user, None, earlier);
                        } else {
                            self.board.fold(&user);
                        }
                    }
                }
                Task::Quit => return,
            }
        }
    }

    fn finish(&self) {
        let summary = self.board.state().summary.clone();
        let mut last = LastEvent::new(&self.board, summary);
        let ended = guarded(|| {
            last.summary.custom_endpoint = self.client.endpoint().unknown_root();
            if last.summary.ended_by.is_none() && !self.board.stop.is_raised() {
                self.tell_who_is_left();
            }
            self.tell_who_was_skipped_in_doubt();
            self.journal
                .as_ref()
                .map_or(Ok(()), |journal| journal.end(&record::end(&last.summary)))
        });
        if let Err(error) = ended {
            last.summary.end(&error);
        }
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }

    /// They are counted as skipped, and nobody would see the doubt in that.
    fn tell_who_was_skipped_in_doubt(&self) {
        let count = self.skipped_in_doubt.load(Ordering::SeqCst);
        if count > 0 {
            self.board.tell(Event::Notice(Notice::Run(format!(
                "{count} users were skipped and are left in doubt: an earlier send may have been applied; look at their devices, or resume"
            ))));
        }
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
            token_events: self.options.token_events,
        };
        let mut notice = |notice| self.board.tell(Event::Notice(notice));
        let deadline = self.options.call.deadline;
        let mut call = self
            .client
            .call(deadline, &credential, &self.pacer, &self.board.stop, &mut notice);
        work(&mut call)
    }

    fn left(&self, user: String, id: Option<String>, earlier: Effect) {
        let mut row = UserResult::skipped(user, id, Reason::Stopped, "the run had ended".into());
        self.note_doubt(&mut row, earlier);
        self.board.done(row, false);
    }

    /// Whether an earlier run may have been applied to a user, as far as the text as given tells.
    pub(super) fn earlier_effect(&self, user: &str) -> Effect {
        let past = self.history.as_ref().and_then(|history| history.of(user));
        past.map_or(Effect::None, Past::effect)
    }

    /// A user who is left alone although an earlier send may have been applied: the row says so.
    pub(super) fn note_doubt(&self, row: &mut UserResult, earlier: Effect) {
        // A preview tells what a run would do once it has seen that nothing was applied.
        let is_left = row.outcome == Outcome::Skipped && row.reason != Reason::Preview;
        if is_left && earlier == Effect::Possible {
            row.earlier_effect = earlier;
            row.add_detail("an earlier send may have been applied, so look at the user's devices");
            self.skipped_in_doubt.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Records what became of a user, then tells it.
    pub(super) fn settle(
        &self,
        mut row: UserResult,
        was_sent: bool,
        approval: Option<crate::journal::Approval>,
    ) {
        if let Some(journal) = &self.journal
            && record::is_worth(&row, was_sent)
            && let Err(error) = journal.result(&record::result(&row, was_sent, approval))
        {
            self.board.end_early(&error);
            row.add_detail(&format!("not in the journal: {error}"));
        }
        self.queue().add(&row);
        self.board.done(row, was_sent);
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last event, which is told whatever happens on the way: the caller waits for it.
pub(super) struct LastEvent<'a> {
    board: &'a Board,
    pub(super) summary: Summary,
}

impl<'a> LastEvent<'a> {
    pub(super) fn new(board: &'a Board, summary: Summary) -> Self {
        Self { board, summary }
    }
}

impl Drop for LastEvent<'_> {
    fn drop(&mut self) {
        let summary = std::mem::take(&mut self.summary);
        self.board.tell(Event::Done(summary));
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
