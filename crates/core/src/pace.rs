//! How many requests may leave in a sliding window: a pure count. Time is handed in.
//!
//! The documented limits are 200 writes per app and tenant and 400 per tenant for all apps in 20 seconds, and 2000 reads
//! (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
//!
//! A service also refuses for reasons of its own, so the window shrinks only on evidence that it was overrun:
//!
//! - several of the last answers were refusals, where a refusal with a long wait counts as several: the window shrinks to what
//!   was granted in it;
//! - a single refusal came at a full window: the window shrinks to a little less than was granted in it. Where such refusals go
//!   on although less is asked for, they have another reason: the window is given back, and they count for nothing for a while.
//!
//! Every refusal makes everybody wait for as long as it asks.

use std::collections::VecDeque;
use std::time::Duration;

/// So many windows are waited at most before more is tried for.
const MOST_PATIENCE: u32 = 4;
/// So many of the last answers are looked at.
const RECENT: usize = 32;
/// So many refusals among them show that the window was overrun.
const MANY: usize = 6;
/// A refusal counts as so many where it asks for a long wait: no room for so long is what a full window looks like.
const WEIGHT_OF_LONG: usize = 3;
/// The part of a window from which on a wait is long.
const LONG: u32 = 8;
/// The part of the window that is left at least: a service that is down for a moment refuses everything.
const LEAST: usize = 4;
/// By this part less than was granted is asked for after a single refusal at a full window, and by as much more at the first
/// try.
const PART: usize = 64;
/// After many refusals by this part more, since what was granted between them tells less exactly what is to be had.
const BOLD: usize = 32;
/// So many single refusals in a row that asking for less did not end have another reason.
const UNEXPLAINED: u32 = 3;
/// For so many windows single refusals then count for nothing.
const DEAF: u32 = 8;
/// The part of a window that may leave at once where less is granted than the limit. Requests that leave evenly are refused for
/// a second; those that leave in a burst, until the burst has left the service's window.
const BURST: u32 = 8;

/// A sliding window that learns from refusals how much of it is really to be had: other apps share the tenant's limit.
#[derive(Debug)]
pub(crate) struct Pace {
    limit: usize,
    window: Duration,
    /// What the service has shown to grant, at most `limit`.
    allowed: usize,
    /// What the next try for more adds to `allowed`.
    step: usize,
    /// After how many clean windows more is tried for. Each try that is refused costs a user a refusal, so they become
    /// rarer as long as they fail.
    patience: u32,
    /// When each answer came: the service counted its request then or before.
    answered: VecDeque<Duration>,
    in_flight: usize,
    /// Nothing leaves before.
    paused_until: Duration,
    /// When `allowed` last changed, or was last found to be too little.
    changed: Duration,
    /// Whether each of the last answers was a refusal.
    recent: VecDeque<bool>,
    /// What is allowed was learned in this pause: what else is refused in it says nothing new.
    has_learned: bool,
    /// More was tried for since `allowed` shrank.
    has_grown: bool,
    /// Single refusals in a row that no growth explains.
    unexplained: u32,
    /// What was allowed before the first of them.
    before: usize,
    /// Until then single refusals count for nothing.
    deaf_until: Duration,
    /// When the next request is due, evenly spread.
    due: Duration,
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
            recent: VecDeque::new(),
            has_learned: false,
            has_grown: false,
            unexplained: 0,
            before: limit,
            deaf_until: Duration::ZERO,
            due: Duration::ZERO,
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
        self.spread(now, weight)?;
        self.in_flight += weight;
        Ok(())
    }

    /// Spreads requests evenly where less is granted than the limit.
    fn spread(&mut self, now: Duration, weight: usize) -> Result<(), Full> {
        if self.allowed == self.limit {
            return Ok(());
        }
        let early = self.due.saturating_sub(now.saturating_add(self.window / BURST));
        if !early.is_zero() {
            return Err(Full::For(early));
        }
        let share = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let spacing = self.window.saturating_mul(share(weight)) / share(self.allowed).max(1);
        self.due = self.due.max(now).saturating_add(spacing);
        Ok(())
    }

    /// So many requests that had left are answered, or will not be.
    pub(crate) fn leave(&mut self, now: Duration, weight: usize) {
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

    /// So many requests that were let go did not leave.
    pub(crate) fn give_back(&mut self, weight: usize) {
        self.in_flight = self.in_flight.saturating_sub(weight);
    }

    /// So many requests of an answer were refused because of too many: everybody waits. What was refused together is one refusal.
    pub(crate) fn throttled(&mut self, now: Duration, refused: usize, wait: Duration) {
        self.answered
            .truncate(self.answered.len().saturating_sub(refused));
        self.recent.pop_back();
        self.forget(now);
        self.learn(now, wait);
        self.pause(now, wait);
        if self.changed == now {
            // Clean time begins behind the pause.
            self.changed = self.paused_until;
        }
    }

    /// What a refusal says of the window.
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
            self.shrink(now, granted.max(self.allowed / LEAST), BOLD);
        } else if is_first && granted * 10 >= self.allowed * 9 && now >= self.deaf_until {
            self.learn_from_one(now, granted);
        }
    }

    /// What a single refusal at a full window says.
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
            self.deaf_until = now.saturating_add(self.window * DEAF);
        }
    }

    fn shrink(&mut self, now: Duration, to: usize, part: usize) {
        self.allowed = to.clamp(1, self.limit);
        self.step = (self.allowed / part).max(1);
        if self.has_grown {
            self.patience = (self.patience * 2).min(MOST_PATIENCE);
        }
        self.has_grown = false;
        self.changed = now;
    }

    /// Nothing leaves for so long.
    pub(crate) fn pause(&mut self, now: Duration, wait: Duration) {
        self.paused_until = self.paused_until.max(now.saturating_add(wait));
    }

    /// What was allowed is used up, for long enough without a refusal: perhaps there is more by now.
    fn grow(&mut self, now: Duration) {
        let clean = now.saturating_sub(self.changed);
        // The try before this one went well.
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

    /// What happened, in milliseconds since the start.
    #[derive(Debug, Default)]
    struct Course {
        granted: Vec<u64>,
        refused: Vec<u64>,
        /// How long the refusals asked to wait.
        waits: Vec<u64>,
    }

    /// A service and its other users.
    struct World<F> {
        quota: usize,
        minutes: u64,
        seed: u64,
        /// So many of 10,000 requests are refused for other reasons.
        noise: u64,
        /// How many a second another app takes of the same quota, and whether it tries until there is room.
        other: F,
        insists: bool,
    }

    impl<F: Fn(u64) -> u64> World<F> {
        /// Sixteen connections, a millisecond at a time. The way there and the way back take 5 to 60 ms.
        fn run(&self, pace: &mut Pace) -> Course {
            let mut server = Server {
                quota: self.quota,
                taken: VecDeque::new(),
            };
            let mut course = Course::default();
            let mut flying: Vec<Flight> = Vec::new();
            let mut others = 0;
            let mut dice = self.seed;
            let mut roll = move |sides: u64| {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (dice >> 33) % sides
            };
            for now in 0..self.minutes * 60_000 {
                let other = (self.other)(now);
                if other > 0 && now % (1000 / other) == 0 {
                    others += 1;
                }
                if others > 0 && (server.take(now).is_ok() || !self.insists) {
                    others -= 1;
                }
                for flight in &mut flying {
                    if flight.arrives == now {
                        flight.refused = if roll(10_000) < self.noise {
                            Some(1000)
                        } else {
                            server.take(now).err()
                        };
                    }
                }
                flying.retain(|flight| {
                    if flight.back != now {
                        return true;
                    }
                    pace.leave(Duration::from_millis(now), 1);
                    if let Some(wait) = flight.refused {
                        course.refused.push(now);
                        course.waits.push(wait);
                        pace.throttled(Duration::from_millis(now), 1, Duration::from_millis(wait));
                    } else {
                        course.granted.push(now);
                    }
                    false
                });
                while flying.len() < 16 && pace.enter(Duration::from_millis(now), 1).is_ok() {
                    let arrives = now + 5 + roll(56);
                    let back = arrives + 5 + roll(56);
                    flying.push(Flight {
                        arrives,
                        back,
                        refused: None,
                    });
                }
            }
            course
        }
    }

    fn simulate(pace: &mut Pace, quota: usize, minutes: u64, other: impl Fn(u64) -> u64) -> Course {
        World {
            quota,
            minutes,
            seed: 1,
            noise: 0,
            other,
            insists: false,
        }
        .run(pace)
    }

    fn between(times: &[u64], from: u64, to: u64) -> usize {
        times.iter().filter(|time| (from..to).contains(*time)).count()
    }

    #[test]
    fn a_quota_of_its_own_is_used_up_and_never_overrun() {
        let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
        let course = simulate(&mut pace, 150, 10, |_| 0);
        assert_eq!(course.refused.len(), 0);
        for minute in 1..10 {
            let used = between(&course.granted, minute * 60_000, (minute + 1) * 60_000);
            assert!(used * 100 >= 450 * 97, "{used} of 450 in minute {minute}");
        }
    }

    #[test]
    fn refusals_for_other_reasons_shrink_nothing() {
        // So many of 10,000, and how much longer than the quota demands it may take, in percent.
        for (noise, most) in [(50, 125), (200, 160)] {
            for seed in 1..=12 {
                let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
                let world = World {
                    quota: 200,
                    minutes: 40,
                    seed,
                    noise,
                    other: |_| 0,
                    insists: false,
                };
                let course = world.run(&mut pace);
                // Some half an hour of the quota, and some minutes of it.
                for users in [13_500_usize, 1_500] {
                    let ideal = users as u64 * WINDOW / 150;
                    let took = course.granted.get(users).copied().unwrap_or(u64::MAX / 1000);
                    assert!(
                        took * 100 <= ideal * most,
                        "{noise} of 10,000, seed {seed}: {took} ms for {users} users, ideal {ideal}"
                    );
                }
            }
        }
    }

    #[test]
    fn it_settles_where_another_app_eats_half() {
        // The quota, how many a second the other app takes from when on, and whether it tries until there is room.
        for (quota, other, from, insists) in [
            (150, 4, 0, false),
            (200, 5, 20_000, false),
            (200, 5, 20_000, true),
        ] {
            for seed in 1..=12 {
                let mut pace = Pace::new(quota, Duration::from_millis(WINDOW));
                let world = World {
                    quota,
                    minutes: 10,
                    seed,
                    noise: 0,
                    other: |now| if now < from { 0 } else { other },
                    insists,
                };
                let course = world.run(&mut pace);
                let (granted, refused) = (
                    between(&course.granted, 120_000, 600_000),
                    between(&course.refused, 120_000, 600_000),
                );
                let rest = (quota - usize::try_from(other * WINDOW / 1000).unwrap()) * 24;
                assert!(refused > 0, "it never tried for more");
                assert!(
                    refused * 100 < (granted + refused) * 2,
                    "seed {seed}: {refused} refused, {granted} granted"
                );
                assert!(
                    granted * 100 >= rest * 95,
                    "{quota}, {insists}, seed {seed}: {granted} granted of {rest}"
                );
            }
        }
    }

    #[test]
    fn a_smaller_quota_is_found_without_long_pauses() {
        for (quota, seed) in [(100, 1), (100, 2), (60, 3), (140, 4), (20, 5)] {
            let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
            let world = World {
                quota,
                minutes: 10,
                seed,
                noise: 0,
                other: |_| 0,
                insists: false,
            };
            let course = world.run(&mut pace);
            let late = course
                .refused
                .iter()
                .zip(&course.waits)
                .filter(|(time, _)| **time > 60_000);
            let longest = late.map(|(_, wait)| *wait).max().unwrap_or_default();
            assert!(longest <= 5_000, "{quota}: a pause of {longest} ms");
            let granted = between(&course.granted, 120_000, 600_000);
            assert!(
                granted * 100 >= quota * 24 * 95,
                "{quota}: {granted} granted of {}",
                quota * 24
            );
            let refused = between(&course.refused, 120_000, 600_000);
            assert!(
                refused * 100 < granted * 2,
                "{quota}: {refused} refused, {granted} granted"
            );
        }
    }

    #[test]
    fn it_comes_back_when_the_other_app_is_gone() {
        let mut pace = Pace::new(150, Duration::from_millis(WINDOW));
        let course = simulate(&mut pace, 150, 10, |now| if now < 120_000 { 5 } else { 0 });
        let used = between(&course.granted, 420_000, 600_000);
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
        for weight in [30, 20] {
            assert_eq!(pace.enter(s(0), weight), Ok(()));
            pace.leave(s(0), weight);
        }
        // Of 50 the last 20 were refused, so 70 of the 100 are left.
        pace.throttled(s(0), 20, s(5));
        assert_eq!(pace.enter(s(5), 71), Err(Full::For(s(15))));
        assert_eq!(pace.enter(s(5), 70), Ok(()));
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
