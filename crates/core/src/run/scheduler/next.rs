//! What a thread of a run does next.

use std::sync::atomic::Ordering;

use super::{Scheduler, State, sleep};
use crate::error::Error;
use crate::run::event::Event;
use crate::run::task::Task;

/// A run that ends skips so many users at once: few beside the events that may wait.
pub(super) const SKIP_AT_ONCE: usize = 64;

impl Scheduler {
    /// Waits for the next task of a thread. Also returns whether another thread is to be started, which then counts as one of the
    /// run's: there is more to do, or may be at any time, and no thread is free for it.
    pub(in crate::run) fn next_task(&self) -> (Task, bool) {
        let mut state = self.state();
        loop {
            if let Some(task) = self.task(&mut state) {
                state.in_progress.start(&task);
                let is_short = state.threads.idle == 0
                    && state.threads.count < self.limits.threads
                    && (!state.ended || self.has_work(&state));
                state.threads.count += usize::from(is_short);
                self.wake_one_for(state);
                return (task, is_short);
            }
            state.threads.idle += 1;
            state = sleep(&self.has_task, state);
            state.threads.idle -= 1;
        }
    }

    pub(super) fn task(&self, state: &mut State) -> Option<Task> {
        if self.stop.is_raised() {
            state.ended = true;
        }
        if let Some(max) = self.limits.max_users.filter(|max| state.counts.given > *max) {
            state.summary.end(&Error::invalid_argument(format!(
                "more users than the limit of {max}, so nothing was done; check the list, or raise the limit"
            )));
        }
        if self.needs_users(state) {
            state.requested = true;
            self.emit(Event::NeedUsers);
        }
        if self.stop.is_raised() || state.summary.ended_by.is_some() {
            if let Some(task) = self.skip(state) {
                return Some(task);
            }
        } else if self.may_begin(state) {
            let (to_send, to_prepare) = (self.to_send(state), self.to_prepare(state));
            if to_send > 0 {
                state.sending += to_send;
                state.sends += 1;
                return Some(Task::Send(state.ready.drain(..to_send).collect()));
            }
            if to_prepare > 0 {
                state.preparing += to_prepare;
                return Some(Task::Prepare(state.users.drain(..to_prepare).collect()));
            }
        }
        is_done(state).then_some(Task::Quit)
    }

    /// Whether a thread without a task has something to do: at the least to see that the run is ending.
    pub(super) fn has_task(&self, state: &State) -> bool {
        self.stop.is_raised()
            || state.summary.ended_by.is_some()
            || self.has_work(state)
            || self.needs_users(state)
            || is_done(state)
    }

    fn needs_users(&self, state: &State) -> bool {
        !state.ended && !state.requested && state.users.len() < self.limits.few
    }

    /// The users that a run which is ending skips next. Their results wait for a caller that does not take events, as all others
    /// do.
    fn skip(&self, state: &mut State) -> Option<Task> {
        if !self.has_room() && !self.dropped.load(Ordering::SeqCst) {
            return None;
        }
        let ready = state.ready.len().min(SKIP_AT_ONCE);
        let users = state.users.len().min(SKIP_AT_ONCE);
        state.preparing += ready + users;
        (ready + users > 0).then(|| {
            Task::Skip(
                state.ready.drain(..ready).collect(),
                state.users.drain(..users).collect(),
            )
        })
    }

    /// Whether there is something to send or to prepare.
    fn has_work(&self, state: &State) -> bool {
        self.may_begin(state) && (self.to_send(state) > 0 || self.to_prepare(state) > 0)
    }

    /// Whether anything new may begin: the caller keeps up with the events and, where the number of users is limited, has given
    /// all of them.
    fn may_begin(&self, state: &State) -> bool {
        self.has_room() && (state.ended || self.limits.max_users.is_none())
    }

    /// How many users are sent next. As long as none was accepted they are sent one after the other: what the first one meets, all
    /// would.
    fn to_send(&self, state: &State) -> usize {
        let most = if state.is_ungated {
            self.limits.batch_size
        } else {
            usize::from(state.sending == 0)
        };
        let count = state.ready.len().min(most);
        let more_to_come = state.preparing > 0 || !state.users.is_empty();
        if count < most && more_to_come { 0 } else { count }
    }

    fn to_prepare(&self, state: &State) -> usize {
        let room = self
            .limits
            .ahead
            .saturating_sub(state.ready.len() + state.preparing);
        state.users.len().min(self.limits.together).min(room)
    }
}

/// Whether every user is finished, or being sent.
fn is_done(state: &State) -> bool {
    state.ended && state.users.is_empty() && state.ready.is_empty() && state.preparing == 0
}
