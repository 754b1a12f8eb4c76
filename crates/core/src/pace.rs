//! How many requests may leave in a sliding window: a pure count. Time is handed in.
//!
//! The documented limits are 200 writes per app and tenant and 400 per tenant for all apps in 20 seconds, and 2000 reads
//! (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).

use std::collections::VecDeque;
use std::time::Duration;

/// So many windows are waited at most before more is tried for.
const MOST_PATIENCE: u32 = 4;

/// A sliding window that learns from refusals how much of it is really to be had: other apps share the tenant's limit.
#[derive(Debug)]
pub(crate) struct Pace {
    limit: usize,
    window: Duration,
    /// What the service has shown to grant, at most `limit`.
    allowed: usize,
    /// What the next try for more adds to `allowed`.
    step: usize,
    /// After how many clean windows more is tried for. Each try that is refused costs somebody a refusal, so they become
    /// rarer as long as they fail.
    patience: u32,
    /// When each answer came: the service counted its request then or before.
    answered: VecDeque<Duration>,
    in_flight: usize,
    /// Nothing leaves before.
    paused_until: Duration,
    /// When `allowed` last changed, or was last found to be too little.
    changed: Duration,
}

/// Why nothing may leave now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Ask again after so long.
    For(Duration),
    /// Ask again once a request in flight has its answer.
    UntilAnswer,
}

impl Pace {
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
        }
    }

    /// Lets `weight` requests leave, or says when to ask again.
    pub(crate) fn enter(&mut self, now: Duration, weight: usize) -> Result<(), Full> {
        if now < self.paused_until {
            return Err(Full::For(self.paused_until.saturating_sub(now)));
        }
        self.forget(now);
        let used = self.answered.len() + self.in_flight;
        if used > 0 && used + weight > self.allowed {
            self.grow(now);
        }
        if used > 0 && used + weight > self.allowed {
            let oldest = self.answered.front().copied();
            return Err(oldest.map_or(Full::UntilAnswer, |oldest| {
                Full::For(oldest.saturating_add(self.window).saturating_sub(now))
            }));
        }
        self.in_flight += weight;
        Ok(())
    }

    /// So many requests that had left are answered, or will not be.
    pub(crate) fn leave(&mut self, now: Duration, weight: usize) {
        self.in_flight = self.in_flight.saturating_sub(weight);
        self.answered.extend(std::iter::repeat_n(now, weight));
    }

    /// So many requests that were let go did not leave.
    pub(crate) fn give_back(&mut self, weight: usize) {
        self.in_flight = self.in_flight.saturating_sub(weight);
    }

    /// So many of the answers were refusals because of too many requests: everybody waits, and from then on no more leave in a
    /// window than were granted in this one. What was refused together counts as one refusal.
    pub(crate) fn throttled(&mut self, now: Duration, refused: usize, wait: Duration) {
        self.answered
            .truncate(self.answered.len().saturating_sub(refused));
        if now >= self.paused_until {
            self.forget(now);
            let granted = self.answered.len();
            self.allowed = granted.max(self.allowed / 2).clamp(1, self.limit);
            self.step = 1;
            self.patience = (self.patience * 2).min(MOST_PATIENCE);
            self.changed = now;
        }
        self.pause(now, wait);
    }

    /// Nothing leaves for so long.
    pub(crate) fn pause(&mut self, now: Duration, wait: Duration) {
        self.paused_until = self.paused_until.max(now.saturating_add(wait));
    }

    /// What was allowed is used up, for long enough without a refusal: perhaps there is more by now.
    fn grow(&mut self, now: Duration) {
        let clean = now.saturating_sub(self.changed.max(self.paused_until));
        // The try before this one went well.
        let patience = if self.step > 1 { 1 } else { self.patience };
        if self.allowed < self.limit && clean > self.window * patience {
            self.allowed = (self.allowed + self.step).min(self.limit);
            self.step *= 2;
            self.patience = patience;
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
mod tests {
    use super::*;

    const WINDOW: u64 = 20_000;

    /// A service that counts a request when it arrives, in a window that slides.
    struct Server {
        quota: usize,
        taken: VecDeque<u64>,
    }

    impl Server {
        /// How long to wait, if there is no room.
        fn take(&mut self, now: u64) -> Result<(), u64> {
            while self.taken.front().is_some_and(|oldest| now - oldest >= WINDOW) {
                self.taken.pop_front();
            }
            if self.taken.len() < self.quota {
                self.taken.push_back(now);
                return Ok(());
            }
            let oldest = self.taken.front().copied().unwrap_or(now);
            Err((oldest + WINDOW - now).div_ceil(1000).max(1) * 1000)
        }
    }

    /// A request on its way, in milliseconds.
    struct Flight {
        arrives: u64,
        back: u64,
        /// How long to wait, if it was refused.
        refused: Option<u64>,
    }

    #[derive(Debug, Default)]
    struct Told {
        granted: Vec<u64>,
        refused: Vec<u64>,
    }

    /// Sixteen connections for some minutes, a millisecond at a time. The way there and the way back take 5 to 60 ms.
    /// `other` is how many a second another app takes of the same quota.
    fn simulate(pace: &mut Pace, quota: usize, minutes: u64, other: impl Fn(u64) -> u64) -> Told {
        let mut server = Server {
            quota,
            taken: VecDeque::new(),
        };
        let mut told = Told::default();
        let mut flying: Vec<Flight> = Vec::new();
        let mut dice = 1_u64;
        let mut roll = || {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            5 + (dice >> 33) % 56
        };
        for now in 0..minutes * 60_000 {
            if other(now) > 0 && now % (1000 / other(now)) == 0 {
                let _ = server.take(now);
            }
            for flight in &mut flying {
                if flight.arrives == now {
                    flight.refused = server.take(now).err();
                }
            }
            flying.retain(|flight| {
                if flight.back != now {
                    return true;
                }
                pace.leave(Duration::from_millis(now), 1);
                if let Some(wait) = flight.refused {
                    told.refused.push(now);
                    pace.throttled(Duration::from_millis(now), 1, Duration::from_millis(wait));
                } else {
                    told.granted.push(now);
                }
                false
            });
            while flying.len() < 16 && pace.enter(Duration::from_millis(now), 1).is_ok() {
                let arrives = now + roll();
                let back = arrives + roll();
                flying.push(Flight {
                    arrives,
                    back,
                    refused: None,
                });
            }
        }
        told
    }

    fn between(times: &[u64], from: u64, to: u64) -> usize {
        times.iter().filter(|time| (from..to).contains(*time)).count()
    }

    #[test]
    fn a_quota_of_its_own_is_used_up_and_never_overrun() {
        let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
        let told = simulate(&mut pace, 150, 10, |_| 0);
        assert_eq!(told.refused.len(), 0);
        for minute in 1..10 {
            let used = between(&told.granted, minute * 60_000, (minute + 1) * 60_000);
            assert!(used * 100 >= 450 * 97, "{used} of 450 in minute {minute}");
        }
    }

    #[test]
    fn it_settles_where_another_app_eats_half() {
        let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
        // 3.75 a second are 75 in a window.
        let told = simulate(&mut pace, 150, 10, |_| 4);
        let (granted, refused) = (
            between(&told.granted, 120_000, 600_000),
            between(&told.refused, 120_000, 600_000),
        );
        assert!(refused > 0, "it never tried for more");
        assert!(
            refused * 100 < (granted + refused) * 2,
            "{refused} refused, {granted} granted"
        );
        assert!(granted * 100 > 70 * 24 * 85, "{granted} granted");
    }

    #[test]
    fn it_comes_back_when_the_other_app_is_gone() {
        let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
        let told = simulate(&mut pace, 150, 10, |now| if now < 120_000 { 5 } else { 0 });
        let used = between(&told.granted, 420_000, 600_000);
        assert!(
            used * 100 >= 150 * 9 * 95,
            "{used} of 1350 in the last three minutes"
        );
    }

    #[test]
    fn a_full_window_says_when_to_ask_again() {
        let s = Duration::from_secs;
        let mut pace = Pace::new(2, s(20));
        assert_eq!(pace.enter(s(0), 2), Ok(()));
        assert_eq!(pace.enter(s(1), 1), Err(Full::UntilAnswer));
        pace.leave(s(5), 2);
        assert_eq!(pace.enter(s(6), 1), Err(Full::For(s(19))));
        assert_eq!(pace.enter(s(25), 1), Ok(()));
        pace.leave(s(25), 1);
        pace.throttled(s(25), 1, s(7));
        assert_eq!(pace.enter(s(26), 1), Err(Full::For(s(6))));
    }

    #[test]
    fn what_is_given_back_takes_no_room() {
        let s = Duration::from_secs;
        let mut pace = Pace::new(1, s(20));
        assert_eq!(pace.enter(s(0), 1), Ok(()));
        assert_eq!(pace.enter(s(0), 1), Err(Full::UntilAnswer));
        pace.give_back(1);
        assert_eq!(pace.enter(s(0), 1), Ok(()));
    }

    #[test]
    fn what_was_refused_together_took_no_room() {
        let s = Duration::from_secs;
        let mut pace = Pace::new(100, s(20));
        for weight in [21, 20] {
            assert_eq!(pace.enter(s(0), weight), Ok(()));
            pace.leave(s(0), weight);
        }
        // Of 41 the last 20 were refused, so half of the quota is tried from now on, and 21 of that are used.
        pace.throttled(s(0), 20, s(5));
        assert_eq!(pace.enter(s(5), 30), Err(Full::For(s(15))));
        assert_eq!(pace.enter(s(5), 29), Ok(()));
    }

    #[test]
    fn more_at_once_than_is_allowed_leaves_alone() {
        let s = Duration::from_secs;
        let mut pace = Pace::new(5, s(20));
        assert_eq!(pace.enter(s(0), 20), Ok(()));
        assert_eq!(pace.enter(s(0), 1), Err(Full::UntilAnswer));
        pace.leave(s(1), 20);
        assert_eq!(pace.enter(s(20), 20), Err(Full::For(s(1))));
        assert_eq!(pace.enter(s(21), 20), Ok(()));
    }
}
