//! The pace of a run: one sliding window for writes and one for reads, shared by its threads.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::options::{Quota, RunOptions};
use crate::call::Gate;
use crate::clock::{Clock, LOOK, Stop};
use crate::pace::{Full, Pace};
use crate::purpose::Purpose;

/// The gate of a run. A run of one user is a call: there is nobody to pace, and it waits by itself, within its deadline.
pub(super) struct Pacer {
    clock: Arc<dyn Clock>,
    alone: bool,
    writes: Lane,
    reads: Lane,
}

struct Lane {
    pace: Mutex<Pace>,
    left: Condvar,
}

impl Lane {
    fn new(quota: Quota) -> Self {
        Self {
            pace: Mutex::new(Pace::new(quota.requests, quota.window)),
            left: Condvar::new(),
        }
    }
}

impl Pacer {
    pub(super) fn new(clock: Arc<dyn Clock>, options: &RunOptions, alone: bool) -> Self {
        Self {
            clock,
            alone,
            writes: Lane::new(options.write_quota),
            reads: Lane::new(options.read_quota),
        }
    }

    fn lane(&self, purpose: Purpose) -> &Lane {
        if purpose.writes() {
            &self.writes
        } else {
            &self.reads
        }
    }
}

impl Gate for Pacer {
    fn enter(&self, purpose: Purpose, weight: usize, stop: &Stop) -> bool {
        let lane = self.lane(purpose);
        if self.alone {
            return !stop.is_raised();
        }
        while !stop.is_raised() {
            let mut pace = lane.pace.lock().unwrap_or_else(PoisonError::into_inner);
            match pace.enter(self.clock.monotonic(), weight) {
                Ok(()) => return true,
                Err(Full::For(wait)) => {
                    drop(pace);
                    self.clock.wait(wait, stop);
                }
                Err(Full::UntilAnswer) => drop(lane.left.wait_timeout(pace, LOOK)),
            }
        }
        false
    }

    fn leave(&self, purpose: Purpose, weight: usize) {
        let lane = self.lane(purpose);
        let mut pace = lane.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.leave(self.clock.monotonic(), weight);
        lane.left.notify_all();
    }

    fn give_back(&self, purpose: Purpose, weight: usize) {
        let lane = self.lane(purpose);
        let mut pace = lane.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.give_back(weight);
        lane.left.notify_all();
    }

    fn throttled(&self, purpose: Purpose, refused: usize, wait: Duration) -> bool {
        if self.alone {
            return false;
        }
        let now = self.clock.monotonic();
        let throttled = self.lane(purpose);
        for lane in [&self.writes, &self.reads] {
            let mut pace = lane.pace.lock().unwrap_or_else(PoisonError::into_inner);
            if std::ptr::eq(lane, throttled) {
                pace.throttled(now, refused, wait);
            } else {
                pace.pause(now, wait);
            }
        }
        true
    }
}
