//! Decides what each thread of a run does next, and holds what that depends on: users that wait, users that are ready, events that
//! the caller has not taken, and the token.

mod next;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::counts::Counts;
use super::event::{Event, Progress, Summary, UserResult, Verification};
use super::event_queue::EventQueue;
use super::in_progress::{InProgress, UserInProgress};
use super::limits::Limits;
use super::options::RunOptions;
use super::stop_rules::StopRules;
use super::task::ReadyUser;
use crate::clock::{Clock, STOP_CHECK, Stop};
use crate::error::Error;
use crate::status::{Reason, Status};
use crate::token::Token;

/// With more events waiting than this nothing new begins, since the caller does not take them.
const MANY_EVENTS: usize = 4096;

/// What the threads of a run take their tasks from.
pub(super) struct Scheduler {
    state: Mutex<State>,
    /// There is a task for a thread that has none.
    has_task: Condvar,
    /// What a thread waits for in the middle of a task may be there.
    changed: Condvar,
    pub(super) stop: Stop,
    /// The tenant of the token that the run began with.
    pub(super) tenant: Option<String>,
    events: EventQueue,
    /// The last event was taken.
    over: AtomicBool,
    /// The run was dropped: its events are not taken any more.
    dropped: AtomicBool,
    clock: Arc<dyn Clock>,
    limits: Limits,
}

#[derive(Debug, Default)]
pub(super) struct State {
    users: VecDeque<String>,
    ready: VecDeque<ReadyUser>,
    /// No user follows.
    ended: bool,
    /// More users were requested, and none came since.
    requested: bool,
    /// How many users are being prepared, and how many sent.
    preparing: usize,
    sending: usize,
    /// The users that each thread has taken and that have no result yet.
    in_progress: InProgress,
    /// How many sends were begun.
    sends: u64,
    pub(super) token: TokenState,
    pub(super) summary: Summary,
    stop_rules: StopRules,
    /// A user was accepted without an approval, so no approval gates the action.
    is_ungated: bool,
    counts: Counts,
    threads: Threads,
}

#[derive(Debug, Default)]
pub(super) struct TokenState {
    /// The token last set on the run.
    pub(super) current: Option<Token>,
    /// A new token is being requested. No request is sent until it is there.
    pub(super) is_renewing: bool,
}

#[derive(Debug, Default)]
struct Threads {
    count: usize,
    /// How many of them wait for a task.
    idle: usize,
}

impl Scheduler {
    /// `patience` is the longest time that a request waits.
    pub(super) fn new(
        options: &RunOptions,
        tenant: Option<String>,
        clock: Arc<dyn Clock>,
        patience: Duration,
    ) -> Self {
        Self {
            state: Mutex::new(State {
                threads: Threads { count: 1, idle: 0 },
                counts: Counts::new(clock.monotonic()),
                stop_rules: StopRules::new(options.max_approvals, patience),
                ..State::default()
            }),
            has_task: Condvar::new(),
            changed: Condvar::new(),
            stop: Stop::default(),
            tenant,
            events: EventQueue::default(),
            over: AtomicBool::new(false),
            dropped: AtomicBool::new(false),
            clock,
            limits: Limits::new(options),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes all threads.
    pub(super) fn wake(&self) {
        self.has_task.notify_all();
        self.changed.notify_all();
    }

    /// Wakes a thread that has no task, if there is one and there is a task for it. Each thread that takes a task does so; a
    /// thread that goes on with its own calls this for what it has placed.
    pub(super) fn wake_one(&self) {
        self.wake_one_for(self.state());
    }

    fn wake_one_for(&self, state: MutexGuard<'_, State>) {
        let wakes = state.threads.idle > 0 && self.has_task(&state);
        drop(state);
        if wakes {
            self.has_task.notify_one();
        }
    }

    /// Waits until `take` finds something or the run is stopped.
    pub(super) fn wait_for<T>(&self, mut take: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(found) = take(&mut state) {
                return Some(found);
            }
            if self.stop.is_raised() {
                return None;
            }
            state = sleep(&self.changed, state);
        }
    }

    pub(super) fn emit(&self, event: Event) {
        self.events.push(event);
    }

    /// Takes the next event for the caller; waits for it, at most `wait`.
    pub(super) fn next_event(&self, wait: Duration) -> Option<Event> {
        let (event, left) = self.events.take(wait)?;
        if left + 1 == MANY_EVENTS {
            self.wake();
        }
        if matches!(event, Event::Done(_)) {
            self.over.store(true, Ordering::SeqCst);
        }
        Some(event)
    }

    /// Whether an event is void: users came after it was emitted that more were needed.
    pub(super) fn is_void(&self, event: &Event) -> bool {
        if !matches!(event, Event::NeedUsers) {
            return false;
        }
        let state = self.state();
        state.ended || state.users.len() >= self.limits.few
    }

    /// Whether the last event was taken.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    pub(super) fn add_user(&self, user: &str) -> Result<(), Error> {
        if self.stop.is_raised() {
            return Err(Error::new(
                Status::Cancelled,
                "the run was stopped and takes no more users; take its events to the end",
            ));
        }
        let mut state = self.state();
        if state.ended {
            return Err(Error::invalid_argument(
                "this run takes no more users; start another one for them",
            ));
        }
        state.users.push_back(user.to_owned());
        state.counts.given += 1;
        state.requested = false;
        self.wake_one_for(state);
        Ok(())
    }

    pub(super) fn end_users(&self) {
        let mut state = self.state();
        state.ended = true;
        if state.counts.given == 0 {
            state.summary.end(&Error::invalid_argument(
                "there are no users, so nothing was done",
            ));
        }
        drop(state);
        self.wake();
    }

    /// Ends the run early: the users that are left are not attempted.
    pub(super) fn end_early(&self, error: &Error) {
        self.state().summary.end(error);
        self.wake();
    }

    /// A user that was taken turned out to be given a second time.
    pub(super) fn count_duplicate(&self, user: &str) {
        let mut state = self.state();
        state.in_progress.finish(user);
        state.summary.duplicates += 1;
        state.preparing = state.preparing.saturating_sub(1);
    }

    /// A user was accepted without an approval: from now on several are sent at once.
    pub(super) fn send_in_parallel(&self) {
        self.state().is_ungated = true;
    }

    /// The number of the send in progress, if it is of one user and the only one.
    pub(super) fn sends_alone(&self) -> Option<u64> {
        let state = self.state();
        (state.sending == 1).then_some(state.sends)
    }

    /// This thread broke off in the middle of its task: the run ends. Returns the users that it had taken and that have no result.
    pub(super) fn abandon(&self, error: &Error) -> Vec<UserInProgress> {
        let mut state = self.state();
        state.summary.end(error);
        state.ended = true;
        let abandoned = state.in_progress.take_all();
        drop(state);
        self.wake();
        abandoned
    }

    /// The caller dropped the run.
    pub(super) fn drop_run(&self) {
        self.dropped.store(true, Ordering::SeqCst);
        self.events.close();
        self.stop.raise();
        self.wake();
    }

    /// A user that was prepared may be sent.
    pub(super) fn add_ready(&self, ready: ReadyUser) {
        let mut state = self.state();
        state.preparing = state.preparing.saturating_sub(1);
        state.in_progress.finish(&ready.user);
        if ready.inspected.is_some() {
            state.stop_rules.was_read();
        }
        // A user that was prepared again has waited long enough.
        if ready.attempts.is_some() {
            state.ready.push_front(ready);
        } else {
            state.ready.push_back(ready);
        }
    }

    /// Users that this thread was to send are prepared again instead.
    pub(super) fn prepare_again(&self, users: &[ReadyUser]) {
        let mut state = self.state();
        state.sending = state.sending.saturating_sub(users.len());
        state.preparing += users.len();
        state.in_progress.set_unsent(users);
    }

    /// A user is finished: counts it, checks whether the run can continue, and reports the result.
    pub(super) fn finish(&self, result: UserResult, was_sent: bool) {
        let now = self.clock.monotonic();
        let mut state = self.state();
        let count = if was_sent {
            &mut state.sending
        } else {
            &mut state.preparing
        };
        *count = count.saturating_sub(1);
        state.in_progress.finish(&result.user);
        state.counts.finish(now, result.reason != Reason::DoneBefore);
        state.summary.add(result.outcome);
        let State {
            stop_rules, summary, ..
        } = &mut *state;
        if let Some(error) = stop_rules.check(&result, was_sent, summary) {
            summary.end(&error);
        }
        drop(state);
        self.emit(Event::Result(result));
    }

    /// The users of a verification, all of which are known from the beginning.
    pub(super) fn set_given(&self, users: usize) {
        let mut state = self.state();
        state.counts.given = users;
        state.ended = true;
    }

    /// A user of a verification is finished.
    pub(super) fn finish_verified(&self, verification: Verification) {
        let now = self.clock.monotonic();
        self.state().counts.finish(now, true);
        self.emit(Event::Verified(verification));
    }

    /// Waits until the caller keeps up with the events. Returns false if the run is stopped instead.
    pub(super) fn wait_for_room(&self) -> bool {
        let room = self.wait_for(|_| self.has_room().then_some(()));
        room.is_some() && !self.stop.is_raised()
    }

    fn has_room(&self) -> bool {
        self.events.len() < MANY_EVENTS
    }

    /// The time until the progress is to be reported.
    pub(super) fn until_progress(&self, now: Duration) -> Duration {
        self.state().counts.until_report(now)
    }

    pub(super) fn report_progress(&self, now: Duration) -> Progress {
        let mut state = self.state();
        let (duplicates, ended) = (state.summary.duplicates, state.ended);
        state.counts.report(now, duplicates, ended)
    }

    /// A thread ends. Returns true for the last one.
    pub(super) fn quit(&self) -> bool {
        let mut state = self.state();
        state.threads.count = state.threads.count.saturating_sub(1);
        state.threads.count == 0
    }
}

/// Sleeps until something changes, or it is time to check the stop flag, which a signal handler may have raised.
fn sleep<'a>(changed: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    changed
        .wait_timeout(state, STOP_CHECK)
        .unwrap_or_else(PoisonError::into_inner)
        .0
}

#[cfg(test)]
mod tests;
