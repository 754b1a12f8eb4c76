//! How fast users are done, over the last minute.

use std::collections::VecDeque;
use std::time::Duration;

const MINUTE: u64 = 60;

/// Counts of the last minute, a second each. Pauses count as time.
#[derive(Debug, Default)]
pub(super) struct Rate {
    started: Duration,
    /// Each second in which a user was finished, and how many.
    seconds: VecDeque<(u64, u64)>,
}

impl Rate {
    pub(super) fn new(started: Duration) -> Self {
        Self {
            started,
            seconds: VecDeque::new(),
        }
    }

    pub(super) fn count(&mut self, now: Duration) {
        let second = now.as_secs();
        match self.seconds.back_mut() {
            Some((last, count)) if *last >= second => *count += 1,
            _ => self.seconds.push_back((second, 1)),
        }
        while self
            .seconds
            .front()
            .is_some_and(|(oldest, _)| oldest + MINUTE < second)
        {
            self.seconds.pop_front();
        }
    }

    /// Users a second: over the last sixty whole seconds, or since the run began if that is less.
    pub(super) fn per_second(&self, now: Duration) -> f64 {
        let second = now.as_secs();
        let minute = second.saturating_sub(MINUTE)..second;
        let is_young = self.started.as_secs() >= minute.start;
        let counted = self
            .seconds
            .iter()
            .filter(|(at, _)| is_young || minute.contains(at));
        let over = if is_young {
            now.saturating_sub(self.started)
        } else {
            Duration::from_secs(MINUTE)
        };
        #[allow(clippy::cast_precision_loss, reason = "a rate need not be exact")]
        let count = counted.map(|(_, count)| count).sum::<u64>() as f64;
        count / over.as_secs_f64().max(0.001)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_millis(1500);

    fn at(seconds: u64) -> Duration {
        START + Duration::from_secs(seconds)
    }

    /// The rate after `seconds`, where `done` says how many are done in each.
    fn rate(seconds: u64, done: impl Fn(u64) -> u64) -> f64 {
        let mut rate = Rate::new(START);
        for second in 0..seconds {
            for _ in 0..done(second) {
                rate.count(at(second));
            }
        }
        rate.per_second(at(seconds))
    }

    #[test]
    fn users_before_the_last_minute_do_not_count() {
        let is_about =
            |rate: f64, wanted: f64| assert!((rate / wanted - 1.0).abs() < 0.04, "{rate}, not {wanted}");
        is_about(rate(30, |_| 7), 7.0);
        is_about(rate(600, |_| 7), 7.0);
        is_about(rate(600, |second| if second < 300 { 100 } else { 3 }), 3.0);
        // Bursts as a sliding window grants them, and the pauses between them.
        is_about(rate(600, |second| if second % 20 == 0 { 150 } else { 0 }), 7.5);
        assert!(
            rate(600, |second| if second < 500 { 7 } else { 0 }) == 0.0,
            "a pause of more than a minute"
        );
    }

    #[test]
    fn nothing_grows_with_the_run() {
        let mut rate = Rate::new(START);
        for second in 0..10_000 {
            rate.count(at(second));
        }
        assert!(rate.seconds.len() <= 61, "{}", rate.seconds.len());
    }

    /// Users of a run that is paced by a window of 150 in 20 seconds, and whose quota falls to a third in the middle.
    #[test]
    fn in_the_second_half_of_a_run_the_estimate_holds() {
        for (quota, falls_to) in [(150, 150), (150, 50), (50, 150)] {
            let (half, all) = (3000_u64, 6000_u64);
            let mut rate = Rate::new(START);
            let (mut done, mut second) = (0, 0);
            let mut estimates = Vec::new();
            while done < all {
                let quota = if done < half { quota } else { falls_to };
                // What is free leaves at once, with the beginning of each window.
                let now = if second % 20 == 0 {
                    quota.min(all - done)
                } else {
                    0
                };
                for _ in 0..now {
                    rate.count(at(second));
                }
                done += now;
                second += 1;
                if done > half {
                    #[allow(clippy::cast_precision_loss, reason = "an estimate")]
                    estimates.push((second, (all - done) as f64 / rate.per_second(at(second))));
                }
            }
            // A minute after the change, and before the last windows, whose end depends on what is left and not on a rate.
            let changed = estimates.first().map_or(0, |(second, _)| second + 60);
            for (at, estimate) in &estimates {
                let left = second - at;
                if *at < changed || left < 60 {
                    continue;
                }
                #[allow(clippy::cast_precision_loss, reason = "an estimate")]
                let off = (estimate / left as f64 - 1.0).abs();
                assert!(
                    off < 0.35,
                    "{quota}, {falls_to}: {estimate} s at {at} s, in truth {left} s"
                );
            }
        }
    }
}
