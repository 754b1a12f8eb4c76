//! A sliding window that limits how many requests may leave: a pure function of times that are passed in.
//!
//! The documented limits are 200 writes per app and tenant and 400 per tenant for all apps in 20 seconds, and 2000 reads
//! (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
//!
//! A service also refuses for other reasons, so the window shrinks only on evidence that it was overrun:
//!
//! - Several of the last answers were refusals, where a refusal with a long wait counts as several. The window shrinks to what was
//!   granted in it.
//! - A single refusal came at a full window. The window shrinks to a little less than was granted in it. If such refusals continue
//!   although fewer requests leave, they have another reason: the window is restored, and single refusals are ignored for a while.
//!
//! Every refusal pauses all requests for as long as it asks.

use std::collections::VecDeque;
use std::time::Duration;

/// The most windows to wait before the window grows.
const MAX_PATIENCE: u32 = 4;
/// The number of answers that are remembered.
const RECENT: usize = 32;
/// So many refusals among them show that the window was overrun.
const MANY: usize = 6;
/// A refusal that asks for a long wait counts as so many: a full window has no room for a long time.
const WEIGHT_OF_LONG: usize = 3;
/// A wait of more than this part of the window is long.
const LONG: u32 = 8;
/// The window keeps at least this part: a service that is down for a moment refuses everything.
const LEAST: usize = 4;
/// After a single refusal at a full window it shrinks to less than was granted by this part, and first grows by as much.
const PART: usize = 64;
/// After many refusals it first grows by this part, since what was granted between them is a worse estimate.
const PART_AFTER_MANY: usize = 32;
/// So many single refusals in a row that fewer requests did not end have another reason.
const UNEXPLAINED: u32 = 3;
/// Single refusals are then ignored for so many windows.
const IGNORED: u32 = 8;
/// Where less is granted than the limit, this part of a window may leave at once. Requests that leave evenly are refused for a
/// second; those that leave in a burst, until the burst has left the service's window.
const BURST: u32 = 8;

/// A sliding window that learns from refusals how much is really granted: other apps share the tenant's limit.
#[derive(Debug)]
pub(crate) struct SlidingWindow {
    limit: usize,
    window: Duration,
    /// What the service was seen to grant, at most `limit`.
    allowed: usize,
    /// What the next growth adds to `allowed`.
    step: usize,
    /// After how many windows without a refusal the window grows. Each growth that fails costs a refusal, so they become rarer.
    patience: u32,
    /// When each answer came: the service counted its request then or before.
    answered: VecDeque<Duration>,
    in_flight: usize,
    /// No request leaves before this time.
    paused_until: Duration,
    /// When `allowed` last changed.
    changed: Duration,
    /// Whether each of the last answers was a refusal.
    recent: VecDeque<bool>,
    /// The window shrank in this pause. Further refusals in it are no new evidence.
    has_learned: bool,
    /// The window has grown since it shrank.
    has_grown: bool,
    /// Single refusals in a row that no growth explains.
    unexplained: u32,
    /// What was allowed before the first of them.
    before: usize,
    /// Single refusals are ignored until this time.
    ignored_until: Duration,
    /// When the next request is due, evenly spread.
    due: Duration,
}

/// Why no request may leave now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// Try again after so long.
    For(Duration),
    /// Try again once a request in flight has its answer.
    UntilAnswer,
}

impl SlidingWindow {
    pub(crate) fn new(limit: usize, window: Duration) -> Self {
        Self {
            limit,
            window,
            allowed: limit,
            step: 1,
            patience: 1,
            answered: VecDeque::new(),
            in_flight: 0,
            paused_until: Duration::ZERO,
            changed: Duration::ZERO,
            recent: VecDeque::new(),
            has_learned: false,
            has_grown: false,
            unexplained: 0,
            before: limit,
            ignored_until: Duration::ZERO,
            due: Duration::ZERO,
        }
    }

    /// Lets `weight` requests leave, or returns when to try again.
    pub(crate) fn acquire(&mut self, now: Duration, weight: usize) -> Result<(), Blocked> {
        if now < self.paused_until {
            return Err(Blocked::For(self.paused_until.saturating_sub(now)));
        }
        self.forget(now);
        let used = self.answered.len() + self.in_flight;
        if used > 0 && used + weight > self.allowed {
            self.grow(now);
        }
        if used > 0 && used + weight > self.allowed {
            let oldest = self.answered.front().copied();
            return Err(oldest.map_or(Blocked::UntilAnswer, |oldest| {
                Blocked::For(oldest.saturating_add(self.window).saturating_sub(now))
            }));
        }
        self.spread(now, weight)?;
        self.in_flight += weight;
        Ok(())
    }

    /// Spreads requests evenly where less is granted than the limit.
    fn spread(&mut self, now: Duration, weight: usize) -> Result<(), Blocked> {
        if self.allowed == self.limit {
            return Ok(());
        }
        let early = self.due.saturating_sub(now.saturating_add(self.window / BURST));
        if !early.is_zero() {
            return Err(Blocked::For(early));
        }
        let share = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let spacing = self.window.saturating_mul(share(weight)) / share(self.allowed).max(1);
        self.due = self.due.max(now).saturating_add(spacing);
        Ok(())
    }

    /// `weight` requests that had left are answered, or will not be.
    pub(crate) fn complete(&mut self, now: Duration, weight: usize) {
        self.in_flight = self.in_flight.saturating_sub(weight);
        self.answered.extend(std::iter::repeat_n(now, weight));
        self.remember(false, 1);
    }

    fn remember(&mut self, was_refused: bool, times: usize) {
        self.recent.extend(std::iter::repeat_n(was_refused, times));
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }

    /// `weight` requests that were let go did not leave.
    pub(crate) fn cancel(&mut self, weight: usize) {
        self.in_flight = self.in_flight.saturating_sub(weight);
    }

    /// The service refused so many requests of one answer as too many: all requests pause. They count as one refusal.
    pub(crate) fn throttled(&mut self, now: Duration, refused: usize, wait: Duration) {
        self.answered
            .truncate(self.answered.len().saturating_sub(refused));
        self.recent.pop_back();
        self.forget(now);
        self.learn(now, wait);
        self.pause(now, wait);
        if self.changed == now {
            // The time without a refusal begins after the pause.
            self.changed = self.paused_until;
        }
    }

    /// Learns from a refusal.
    fn learn(&mut self, now: Duration, wait: Duration) {
        let is_first = now >= self.paused_until;
        if is_first {
            self.has_learned = false;
        } else if self.has_learned {
            return;
        }
        let is_long = wait > self.window / LONG;
        self.remember(true, if is_long { WEIGHT_OF_LONG } else { 1 });
        let granted = self.answered.len();
        if self.recent.iter().filter(|was_refused| **was_refused).count() >= MANY {
            self.recent.clear();
            self.has_learned = true;
            self.unexplained = 0;
            self.shrink(now, granted.max(self.allowed / LEAST), PART_AFTER_MANY);
        } else if is_first && granted * 10 >= self.allowed * 9 && now >= self.ignored_until {
            self.learn_from_one(now, granted);
        }
    }

    /// Learns from a single refusal at a full window.
    fn learn_from_one(&mut self, now: Duration, granted: usize) {
        if self.has_grown {
            self.unexplained = 0;
        } else {
            if self.unexplained == 0 {
                self.before = self.allowed;
            }
            self.unexplained += 1;
        }
        if self.unexplained < UNEXPLAINED {
            self.shrink(now, granted - granted / PART, PART);
        } else {
            self.unexplained = 0;
            self.allowed = self.before;
            self.ignored_until = now.saturating_add(self.window * IGNORED);
        }
    }

    fn shrink(&mut self, now: Duration, to: usize, part: usize) {
        self.allowed = to.clamp(1, self.limit);
        self.step = (self.allowed / part).max(1);
        if self.has_grown {
            self.patience = (self.patience * 2).min(MAX_PATIENCE);
        }
        self.has_grown = false;
        self.changed = now;
    }

    /// Pauses all requests for so long.
    pub(crate) fn pause(&mut self, now: Duration, wait: Duration) {
        self.paused_until = self.paused_until.max(now.saturating_add(wait));
    }

    /// Grows, if what is allowed was used up for long enough without a refusal.
    fn grow(&mut self, now: Duration) {
        let clean = now.saturating_sub(self.changed);
        // The growth before this one succeeded.
        let patience = if self.has_grown { 1 } else { self.patience };
        if self.allowed < self.limit && clean > self.window * patience {
            self.allowed = (self.allowed + self.step).min(self.limit);
            self.step *= 2;
            self.patience = patience;
            self.has_grown = true;
            self.changed = now;
        }
    }

    fn forget(&mut self, now: Duration) {
        while self
            .answered
            .front()
            .is_some_and(|oldest| now.saturating_sub(*oldest) >= self.window)
        {
            self.answered.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
