//! Paces a run: one sliding window for writes and one for reads, shared by its threads.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::options::{Quota, RunOptions};
use crate::clock::{Clock, STOP_CHECK, Stop};
use crate::rate_limiter::RateLimiter;
use crate::request_kind::RequestKind;
use crate::sliding_window::{Blocked, SlidingWindow};

/// Paces the requests of a run. A run of one user is a call: it is not paced, and waits by itself, within its deadline.
pub(super) struct RunRateLimiter {
    clock: Arc<dyn Clock>,
    is_unpaced: bool,
    writes: Lane,
    reads: Lane,
}

struct Lane {
    window: Mutex<SlidingWindow>,
    completed: Condvar,
}

impl Lane {
    fn new(quota: Quota) -> Self {
        Self {
            window: Mutex::new(SlidingWindow::new(quota.requests, quota.window)),
            completed: Condvar::new(),
        }
    }
}

impl RunRateLimiter {
    pub(super) fn new(clock: Arc<dyn Clock>, options: &RunOptions, is_unpaced: bool) -> Self {
        Self {
            clock,
            is_unpaced,
            writes: Lane::new(options.write_quota),
            reads: Lane::new(options.read_quota),
        }
    }

    fn lane(&self, kind: RequestKind) -> &Lane {
        if kind.writes() { &self.writes } else { &self.reads }
    }
}

impl RateLimiter for RunRateLimiter {
    fn acquire(&self, kind: RequestKind, weight: usize, stop: &Stop) -> bool {
        let lane = self.lane(kind);
        if self.is_unpaced {
            return !stop.is_raised();
        }
        while !stop.is_raised() {
            let mut window = lane.window.lock().unwrap_or_else(PoisonError::into_inner);
            match window.acquire(self.clock.monotonic(), weight) {
                Ok(()) => return true,
                Err(Blocked::For(wait)) => {
                    drop(window);
                    self.clock.wait(wait, stop);
                }
                Err(Blocked::UntilAnswer) => drop(lane.completed.wait_timeout(window, STOP_CHECK)),
            }
        }
        false
    }

    fn complete(&self, kind: RequestKind, weight: usize) {
        let lane = self.lane(kind);
        let mut window = lane.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.complete(self.clock.monotonic(), weight);
        lane.completed.notify_all();
    }

    fn cancel(&self, kind: RequestKind, weight: usize) {
        let lane = self.lane(kind);
        let mut window = lane.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.cancel(weight);
        lane.completed.notify_all();
    }

    fn throttled(&self, kind: RequestKind, refused: usize, wait: Duration) -> bool {
        if self.is_unpaced {
            return false;
        }
        let now = self.clock.monotonic();
        let throttled = self.lane(kind);
        for lane in [&self.writes, &self.reads] {
            let mut window = lane.window.lock().unwrap_or_else(PoisonError::into_inner);
            if std::ptr::eq(lane, throttled) {
                window.throttled(now, refused, wait);
            } else {
                window.pause(now, wait);
            }
        }
        true
    }
}
