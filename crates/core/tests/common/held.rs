//! A clock whose waits last until the test lets time pass, so that a test can look at what happens during a wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use graph_devices::{Clock, Stop};

/// The longest real time that a test waits.
const PATIENCE: Duration = Duration::from_secs(20);
/// The interval at which a wait checks for a stop.
const STOP_CHECK: Duration = Duration::from_millis(20);

/// A time of day at which no device of the emulator is new, which would keep a run from acting.
const LATER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A clock that stands still until it is advanced.
#[derive(Default)]
pub(crate) struct HeldClock {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    now: Duration,
    /// When each wait under way ends.
    waiting: Vec<Duration>,
}

impl HeldClock {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once that many threads wait, with how long each still has to; with fewer of them if there are never so many.
    pub(crate) fn waits(&self, threads: usize) -> Vec<Duration> {
        let few = |state: &mut State| state.waiting.len() < threads;
        let waited = self.changed.wait_timeout_while(self.state(), PATIENCE, few);
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let mut left: Vec<_> = state
            .waiting
            .iter()
            .map(|until| until.saturating_sub(state.now))
            .collect();
        left.sort_unstable();
        left
    }

    /// Lets time pass; those whose wait is over by then go on.
    pub(crate) fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.now += by;
        let now = state.now;
        state.waiting.retain(|until| *until > now);
        self.changed.notify_all();
    }
}

impl Clock for HeldClock {
    fn monotonic(&self) -> Duration {
        self.state().now
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + LATER + self.state().now
    }

    fn wait(&self, duration: Duration, stop: &Stop) {
        let mut state = self.state();
        let until = state.now + duration;
        if duration.is_zero() {
            return;
        }
        state.waiting.push(until);
        self.changed.notify_all();
        while state.now < until && !stop.is_raised() {
            let waited = self.changed.wait_timeout(state, STOP_CHECK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.now < until
            && let Some(at) = state.waiting.iter().position(|other| *other == until)
        {
            state.waiting.swap_remove(at);
        }
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
