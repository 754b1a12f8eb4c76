//! What the threads of a run share: users waiting, users ready to be sent, counts, events; and what is to be done next.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ending::Ending;
use super::event::{Event, Progress, Summary, UserResult, Verification};
use super::hand::{AtHand, Hands};
use super::options::RunOptions;
use super::rate::Rate;
use crate::call::Tries;
use crate::clock::{Clock, LOOK, Moment, Stop};
use crate::device::DeviceList;
use crate::error::Error;
use crate::journal::{History, Key, Keys};
use crate::notice::Notice;
use crate::status::{Reason, Status};
use crate::token::Token;
use crate::user_id::UserId;

/// So many users wait at least, as long as there are any, so that reading ahead never runs dry.
const FEW_USERS: usize = 64;
/// With more events waiting than this nothing new is begun: the caller is not looking.
const MANY_EVENTS: usize = 4096;
/// So many users are left at once by a run that ends: few beside the events that may wait.
const LEAVE_AT_ONCE: usize = 64;
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// What the threads of a run share.
pub(super) struct Board {
    state: Mutex<State>,
    changed: Condvar,
    pub(super) stop: Stop,
    /// Of the token that the run began with.
    pub(super) tenant: Option<String>,
    events: Sender<Event>,
    waiting_events: AtomicUsize,
    /// The last event was taken.
    over: AtomicBool,
    /// The run was dropped: its events are taken no more.
    dropped: AtomicBool,
    clock: Arc<dyn Clock>,
    limits: Limits,
}

#[derive(Debug)]
struct Limits {
    connections: usize,
    /// How many users are taken up at once.
    together: usize,
    /// How many users may be read ahead of being sent.
    ahead: usize,
    batch_size: usize,
    max_users: Option<usize>,
    /// With fewer users waiting than this, more are asked for.
    few: usize,
}

#[derive(Debug, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "four facts that do not depend on each other"
)]
pub(super) struct State {
    users: VecDeque<String>,
    ready: VecDeque<Ready>,
    /// No user follows.
    ended: bool,
    /// More users were asked for, and none came since.
    asked: bool,
    given: usize,
    /// How many users are being read, and how many sent.
    reading: usize,
    sending: usize,
    /// Whom each thread has taken and not told of yet.
    at_hand: Hands,
    /// How many sends were begun.
    sends: u64,
    /// Everybody who was taken up, by name and by object id.
    seen: HashSet<Key>,
    keys: Keys,
    pub(super) token: Option<Token>,
    /// Another token is being asked for; nobody sends until it is there.
    pub(super) asking_token: bool,
    pub(super) summary: Summary,
    ending: Ending,
    /// A user was accepted without an approval, so no approval gates the action.
    ungated: bool,
    /// How many came to an outcome, or to a verdict.
    done: u64,
    rate: Rate,
    reported: Duration,
    /// How many threads the run has, and how many of them wait for something to do.
    workers: usize,
    idle: usize,
}

/// A user that may be sent.
#[derive(Debug)]
pub(super) struct Ready {
    /// As given.
    pub(super) user: String,
    /// As it is sent: the object id where it is known.
    pub(super) target: UserId,
    pub(super) id: Option<String>,
    pub(super) approval_code: Option<String>,
    pub(super) devices: Option<DeviceList>,
    /// Of a user who was looked at a second time: what was tried until then.
    pub(super) tried: Option<Tries>,
    /// When the look at them was begun; none without one.
    pub(super) looked: Option<Moment>,
    /// Since when the user may have been queued for approval.
    pub(super) since: std::time::SystemTime,
    /// Whether an earlier run may have sent the user.
    pub(super) in_doubt: bool,
}

/// What a thread does next.
#[derive(Debug)]
pub(super) enum Task {
    /// Take these users up.
    Read(Vec<String>),
    Send(Vec<Ready>),
    /// The run is ending: these are not attempted.
    Leave(Vec<Ready>, Vec<String>),
    Quit,
}

impl Board {
    pub(super) fn new(
        options: &RunOptions,
        tenant: Option<String>,
        events: Sender<Event>,
        clock: Arc<dyn Clock>,
        patience: Duration,
    ) -> Self {
        let now = clock.monotonic();
        Self {
            state: Mutex::new(State {
                workers: 1,
                rate: Rate::new(now),
                reported: now,
                ending: Ending::new(options.max_approvals, patience),
                ..State::default()
            }),
            changed: Condvar::new(),
            stop: Stop::default(),
            tenant,
            events,
            waiting_events: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            dropped: AtomicBool::new(false),
            clock,
            limits: Limits {
                connections: options.connections,
                together: options.users_at_once(),
                ahead: if options.is_in_order() {
                    1
                } else {
                    2 * options.connections * options.batch_size
                },
                batch_size: options.batch_size,
                max_users: options.max_users,
                // With a limit of users nothing begins before all of them are there, or one too many.
                few: options.max_users.map_or(FEW_USERS, |max| max.saturating_add(1)),
            },
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn notify(&self) {
        self.changed.notify_all();
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
            state = self.sleep(state);
        }
    }

    /// Until something changes, or it is time to look at the stop flag, which a signal handler may have raised.
    fn sleep<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait_timeout(state, LOOK)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// A run that was dropped has nobody to tell.
    pub(super) fn tell(&self, event: Event) {
        self.waiting_events.fetch_add(1, Ordering::SeqCst);
        let _ = self.events.send(event);
    }

    /// What there is to tell of the files of journals.
    pub(super) fn tell_of<const N: usize>(&self, journals: [Option<&History>; N]) {
        for notice in journals.into_iter().flatten().filter_map(History::notice) {
            self.tell(Event::Notice(Notice::Run(notice.to_owned())));
        }
    }

    /// An event was taken; false if it says nothing any more.
    pub(super) fn taken(&self, event: &Event) -> bool {
        if self.waiting_events.fetch_sub(1, Ordering::SeqCst) == MANY_EVENTS {
            self.notify();
        }
        if matches!(event, Event::Done(_)) {
            self.over.store(true, Ordering::SeqCst);
        }
        let state = self.state();
        !matches!(event, Event::NeedUsers) || !(state.ended || state.users.len() >= self.limits.few)
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
        state.given += 1;
        state.asked = false;
        drop(state);
        self.notify();
        Ok(())
    }

    pub(super) fn end_users(&self) {
        let mut state = self.state();
        state.ended = true;
        if state.given == 0 {
            state.summary.end(&Error::invalid_argument(
                "there are no users, so nothing was done",
            ));
        }
        drop(state);
        self.notify();
    }

    /// Ends the run early: the users left are not attempted.
    pub(super) fn end_early(&self, error: &Error) {
        self.state().summary.end(error);
        self.notify();
    }

    /// Whether a name or an object id was not taken up before.
    pub(super) fn is_first(&self, user: &str) -> bool {
        let mut state = self.state();
        let key = state.keys.of(user);
        state.seen.insert(key)
    }

    /// Whether somebody was given, by name or by object id.
    pub(super) fn was_given(&self, names: [Option<&str>; 2]) -> bool {
        let state = self.state();
        let mut names = names.into_iter().flatten();
        names.any(|name| state.seen.contains(&state.keys.of(name)))
    }

    /// A user was given a second time.
    pub(super) fn fold(&self, user: &str) {
        let mut state = self.state();
        state.at_hand.lay_down(user);
        state.summary.duplicates += 1;
        state.reading = state.reading.saturating_sub(1);
        drop(state);
        self.notify();
    }

    /// A user was accepted without an approval: from here on several go at once.
    pub(super) fn ungate(&self) {
        self.state().ungated = true;
    }

    /// If one user alone is being sent: which in the order of sends that is.
    pub(super) fn sends_alone(&self) -> Option<u64> {
        let state = self.state();
        (state.sending == 1).then_some(state.sends)
    }

    /// This thread broke off in the middle of its task: the run ends. Whom it had taken, and who has no row yet.
    pub(super) fn abandon(&self, error: &Error) -> Vec<AtHand> {
        let mut state = self.state();
        state.summary.end(error);
        state.ended = true;
        let abandoned = state.at_hand.drop_all();
        drop(state);
        self.notify();
        abandoned
    }

    /// The run was dropped.
    pub(super) fn dropped(&self) {
        self.dropped.store(true, Ordering::SeqCst);
        self.stop.raise();
        self.notify();
    }

    /// A user that was read may be sent.
    pub(super) fn put(&self, ready: Ready) {
        let mut state = self.state();
        state.reading = state.reading.saturating_sub(1);
        state.at_hand.lay_down(&ready.user);
        if ready.looked.is_some() {
            state.ending.was_read();
        }
        // Who was looked at a second time has waited long enough.
        if ready.tried.is_some() {
            state.ready.push_front(ready);
        } else {
            state.ready.push_back(ready);
        }
        drop(state);
        self.notify();
    }

    /// Users that were to be sent are read again.
    pub(super) fn read_again(&self, users: &[Ready]) {
        let mut state = self.state();
        state.sending = state.sending.saturating_sub(users.len());
        state.reading += users.len();
        state.at_hand.only_read(users);
    }

    /// A user is done: counts, looks whether the run can go on, and tells it.
    pub(super) fn done(&self, row: UserResult, was_sent: bool) {
        let now = self.clock.monotonic();
        let mut state = self.state();
        let count = if was_sent {
            &mut state.sending
        } else {
            &mut state.reading
        };
        *count = count.saturating_sub(1);
        state.at_hand.lay_down(&row.user);
        if row.reason != Reason::DoneBefore {
            state.rate.count(now);
        }
        state.done += 1;
        state.summary.add(row.outcome);
        let State { ending, summary, .. } = &mut *state;
        if let Some(error) = ending.look(&row, was_sent, summary) {
            summary.end(&error);
        }
        drop(state);
        self.notify();
        self.tell(Event::Result(row));
    }

    /// The users of a verification, who are all known from the beginning.
    pub(super) fn is_given(&self, users: usize) {
        let mut state = self.state();
        state.given = users;
        state.ended = true;
    }

    /// A user of a verification is done.
    pub(super) fn verified(&self, verification: Verification) {
        let now = self.clock.monotonic();
        let mut state = self.state();
        state.done += 1;
        state.rate.count(now);
        drop(state);
        self.tell(Event::Verified(verification));
    }

    /// Waits until the caller keeps up with the events; false if the run is stopped instead.
    pub(super) fn wait_for_room(&self) -> bool {
        let room = self.wait_for(|_| self.has_room().then_some(()));
        room.is_some() && !self.stop.is_raised()
    }

    /// How long until it is time to say how far the run is.
    pub(super) fn until_progress(&self, now: Duration) -> Duration {
        PROGRESS_INTERVAL.saturating_sub(now.saturating_sub(self.state().reported))
    }

    /// How far the run is.
    pub(super) fn progress(&self, now: Duration) -> Progress {
        let mut state = self.state();
        state.reported = now;
        state.progress(now)
    }

    /// What a thread does next; waits until there is something. Also whether another thread is to be begun, which then counts
    /// as one of the run's: there is more to do, or may come at any time, and nobody is free to do it.
    pub(super) fn next_task(&self) -> (Task, bool) {
        let mut state = self.state();
        loop {
            if let Some(task) = self.task(&mut state) {
                state.at_hand.take_up(&task);
                let is_short = state.idle == 0
                    && state.workers < self.limits.connections
                    && (!state.ended || self.has_work(&state));
                state.workers += usize::from(is_short);
                return (task, is_short);
            }
            state.idle += 1;
            state = self.sleep(state);
            state.idle -= 1;
        }
    }

    fn task(&self, state: &mut State) -> Option<Task> {
        if self.stop.is_raised() {
            state.ended = true;
        }
        if let Some(max) = self.limits.max_users.filter(|max| state.given > *max) {
            state.summary.end(&Error::invalid_argument(format!(
                "more users than the limit of {max}, so nothing was done; check the list, or raise the limit"
            )));
        }
        if self.stop.is_raised() || state.summary.ended_by.is_some() {
            // Rows wait for a caller who does not look, as everything else does.
            let most = if self.has_room() || self.dropped.load(Ordering::SeqCst) {
                LEAVE_AT_ONCE
            } else {
                0
            };
            let (ready, users) = (state.ready.len().min(most), state.users.len().min(most));
            if ready + users > 0 {
                state.reading += ready + users;
                let ready = state.ready.drain(..ready).collect();
                return Some(Task::Leave(ready, state.users.drain(..users).collect()));
            }
        } else if self.may_begin(state) {
            let (to_send, to_read) = (self.to_send(state), self.to_read(state));
            if to_send > 0 {
                state.sending += to_send;
                state.sends += 1;
                return Some(Task::Send(state.ready.drain(..to_send).collect()));
            }
            if to_read > 0 {
                state.reading += to_read;
                return Some(Task::Read(state.users.drain(..to_read).collect()));
            }
        }
        if state.ended && state.users.is_empty() && state.ready.is_empty() && state.reading == 0 {
            return Some(Task::Quit);
        }
        if !state.ended && !state.asked && state.users.len() < self.limits.few {
            state.asked = true;
            self.tell(Event::NeedUsers);
        }
        None
    }

    /// Whether there is something to send or to read.
    fn has_work(&self, state: &State) -> bool {
        self.may_begin(state) && (self.to_send(state) > 0 || self.to_read(state) > 0)
    }

    fn has_room(&self) -> bool {
        self.waiting_events.load(Ordering::SeqCst) < MANY_EVENTS
    }

    /// Whether anything new is begun: the caller keeps up with the events and, where their number is limited, has given all
    /// users.
    fn may_begin(&self, state: &State) -> bool {
        self.has_room() && (state.ended || self.limits.max_users.is_none())
    }

    /// How many users go out next. As long as nobody was accepted they go one after the other: what the first one meets, all
    /// would.
    fn to_send(&self, state: &State) -> usize {
        let most = if state.ungated {
            self.limits.batch_size
        } else {
            usize::from(state.sending == 0)
        };
        let count = state.ready.len().min(most);
        let more_to_come = state.reading > 0 || !state.users.is_empty();
        if count < most && more_to_come { 0 } else { count }
    }

    fn to_read(&self, state: &State) -> usize {
        let room = self
            .limits
            .ahead
            .saturating_sub(state.ready.len() + state.reading);
        state.users.len().min(self.limits.together).min(room)
    }

    /// A thread ends; true for the last.
    pub(super) fn quit(&self) -> bool {
        let mut state = self.state();
        state.workers = state.workers.saturating_sub(1);
        state.workers == 0
    }
}

impl State {
    fn progress(&self, now: Duration) -> Progress {
        let given = (self.given as u64).saturating_sub(self.summary.duplicates);
        let rate = self.rate.per_second(now);
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate need not be exact, and a rate is not negative"
        )]
        let (left, users_per_hour) = (
            given.saturating_sub(self.done) as f64,
            (rate * 3600.0).round() as u64,
        );
        Progress {
            done: self.done,
            given,
            users_per_hour,
            remaining: (self.ended && rate > 0.0)
                .then(|| Duration::try_from_secs_f64(left / rate).ok())
                .flatten(),
        }
    }
}

#[cfg(test)]
mod tests;
