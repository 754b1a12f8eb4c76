//! Paces a run: one sliding window for writes and one for reads, and a number of connections, shared by its threads.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
    connections: Connections,
    writes: Lane,
    reads: Lane,
}

/// The connections of a run. It has more threads, which prepare users and record results meanwhile.
struct Connections {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Connections {
    /// Waits until a connection is free, and takes it. Returns false if `stop` was raised instead.
    fn take(&self, stop: &Stop) -> bool {
        let mut free = self.free();
        while !stop.is_raised() {
            if *free > 0 {
                *free -= 1;
                return true;
            }
            let waited = self.freed.wait_timeout(free, STOP_CHECK);
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    fn put(&self) {
        *self.free() += 1;
        self.freed.notify_one();
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
            connections: Connections {
                free: Mutex::new(options.connections),
                freed: Condvar::new(),
            },
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
        while self.connections.take(stop) {
            if self.is_unpaced {
                return true;
            }
            let mut window = lane.window.lock().unwrap_or_else(PoisonError::into_inner);
            let Err(blocked) = window.acquire(self.clock.monotonic(), weight) else {
                return true;
            };
            // Another request, of the other kind, may use the connection meanwhile.
            self.connections.put();
            match blocked {
                Blocked::For(wait) => {
                    drop(window);
                    self.clock.wait(wait, stop);
                }
                Blocked::UntilAnswer => drop(lane.completed.wait_timeout(window, STOP_CHECK)),
            }
        }
        false
    }

    fn complete(&self, kind: RequestKind, weight: usize) {
        self.connections.put();
        let lane = self.lane(kind);
        let mut window = lane.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.complete(self.clock.monotonic(), weight);
        lane.completed.notify_all();
    }

    fn cancel(&self, kind: RequestKind, weight: usize) {
        self.connections.put();
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
