//! The threads of a run. Each takes a task from the scheduler, hands its users to a stage, and places them by what it returns; only
//! this loop moves users.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::context::RunContext;
use super::event::UserResult;
use super::finish::finish;
use super::in_progress::UserInProgress;
use super::prepare::{self, PendingUser, Prepared};
use super::send::{self, Sent, Stale};
use super::task::{ReadyUser, Task};
use super::thread::{panicked, spawn};
use crate::journal::ResultRecord;
use crate::session::Session;
use crate::status::{Effect, Reason};

/// A thread of a run.
#[derive(Clone)]
pub(super) struct Worker(Arc<RunContext>);

impl Worker {
    /// Starts the first thread of a run.
    pub(super) fn start(context: RunContext) -> std::io::Result<()> {
        Self(Arc::new(context)).spawn()
    }

    fn spawn(self) -> std::io::Result<()> {
        spawn("graph-devices-run", move || self.work())
    }

    /// Works until nothing is left. The last thread finishes the run.
    fn work(self) {
        // After a panic the run is ending: the second pass skips the users that wait.
        for _ in 0..2 {
            if catch_unwind(AssertUnwindSafe(|| self.tasks())).is_ok() {
                break;
            }
            for user in self.0.scheduler.abandon(&panicked()) {
                let _ = catch_unwind(AssertUnwindSafe(|| self.abandoned(user)));
            }
        }
        if self.0.scheduler.quit() {
            finish(&self.0);
        }
    }

    fn tasks(&self) {
        loop {
            let (task, is_short) = self.0.scheduler.next_task();
            if is_short && self.clone().spawn().is_err() {
                // The run continues with fewer threads, more slowly. The new thread was not the last: this one is left.
                self.0.scheduler.quit();
            }
            match task {
                Task::Prepare(users) => self.prepare(users),
                Task::Send(ready) => self.send(ready),
                Task::Skip(ready, users) => self.skip(ready, users),
                Task::Quit => return,
            }
        }
    }

    fn prepare(&self, users: Vec<String>) {
        let (prepared, pending) = prepare::without_inspection(&self.0, users);
        self.place_prepared(prepared);
        self.place_prepared(prepare::with_inspection(&self.0, pending));
    }

    fn place_prepared(&self, prepared: Vec<Prepared>) {
        for user in prepared {
            match user {
                Prepared::Ready(ready) => self.0.scheduler.add_ready(ready),
                Prepared::Duplicate(user) => self.0.scheduler.count_duplicate(&user),
                Prepared::Done(finished) => {
                    if let Some(error) = finished.result.error.as_ref().filter(|_| finished.ends_run) {
                        self.0.scheduler.end_early(error);
                    }
                    self.0.record_result(finished.result, false, finished.approval);
                }
            }
        }
    }

    fn send(&self, ready: Vec<ReadyUser>) {
        self.0.with_session(|session| {
            let (alone, together) = send::divide(&self.0, session.clock, ready);
            for user in alone {
                self.place_sent(send::alone(&self.0, session, user));
            }
            if !together.is_empty() {
                self.send_batch(session, together);
            }
        });
    }

    /// Each user that is finished is recorded before others of the batch are sent again.
    fn send_batch(&self, session: &mut Session<'_>, users: Vec<send::Sending>) {
        let batch = send::together(&self.0, session, users);
        for sent in batch.sent {
            self.place_sent(sent);
        }
        self.0.scheduler.wake_one();
        let answered = session.clock.monotonic();
        for user in batch.again {
            let held_back = session.clock.monotonic().saturating_sub(answered);
            self.place_sent(send::again(&self.0, session, user, held_back));
        }
        for user in batch.pending {
            let result = send::pending(&self.0, session, user);
            self.0.record_result(result, true, None);
        }
    }

    fn place_sent(&self, sent: Sent) {
        match sent {
            Sent::Result(result) => self.0.record_result(result, true, None),
            Sent::Stale(stale) => self.prepare_again(stale),
        }
    }

    fn prepare_again(&self, stale: Stale) {
        let Stale {
            users,
            attempts,
            error,
        } = stale;
        if error.attempts > 0 || attempts.is_journaled {
            for ready in &users {
                let record = ResultRecord::of_error(&ready.user, ready.id.as_deref(), &error);
                self.0.record_unsent(&record);
            }
        }
        self.0.scheduler.prepare_again(&users);
        let mut pending = users
            .into_iter()
            .map(|ready| PendingUser::again(ready, &attempts));
        loop {
            let some: Vec<_> = pending.by_ref().take(self.0.options.users_at_once()).collect();
            if some.is_empty() {
                return;
            }
            self.place_prepared(prepare::with_inspection(&self.0, some));
            self.0.scheduler.wake_one();
        }
    }

    /// The run is ending before these users.
    fn skip(&self, ready: Vec<ReadyUser>, users: Vec<String>) {
        for ready in ready {
            // A user that is ready to be sent is known not to be in doubt.
            self.skip_one(ready.user, ready.id, Effect::None);
        }
        for user in users {
            if self.0.seen.add(&user) {
                let earlier = self.0.journals.earlier_effect(&user);
                self.skip_one(user, None, earlier);
            } else {
                self.0.scheduler.count_duplicate(&user);
            }
        }
    }

    fn skip_one(&self, user: String, id: Option<String>, earlier: Effect) {
        let mut result = UserResult::skipped(user, id, Reason::Stopped, "the run had ended".into());
        self.0.note_doubt(&mut result, earlier);
        self.0.scheduler.finish(result, false);
    }

    /// A panic came while this thread had the user.
    fn abandoned(&self, user: UserInProgress) {
        let UserInProgress { user, id, is_sent } = user;
        let mut error = panicked();
        if !is_sent {
            error.effect = self.0.journals.earlier_effect(&user);
        }
        self.0
            .record_result(UserResult::of_error(user, id, error), is_sent, None);
    }
}
