//! How far a run is.

use std::time::Duration;

use super::event::Progress;
use super::rate::Rate;

const INTERVAL: Duration = Duration::from_secs(1);

/// How many users were given and finished, and how fast.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) given: usize,
    /// Users that came to an outcome, or to a verdict.
    finished: u64,
    rate: Rate,
    /// When the progress was last reported.
    reported: Duration,
}

impl Counts {
    pub(super) fn new(now: Duration) -> Self {
        Self {
            rate: Rate::new(now),
            reported: now,
            ..Self::default()
        }
    }

    /// Counts a user that is finished. The rate counts those alone that took this run time.
    pub(super) fn finish(&mut self, now: Duration, took_time: bool) {
        self.finished += 1;
        if took_time {
            self.rate.count(now);
        }
    }

    /// The time until the progress is to be reported.
    pub(super) fn until_report(&self, now: Duration) -> Duration {
        INTERVAL.saturating_sub(now.saturating_sub(self.reported))
    }

    /// Reports the progress. `duplicates` is how many of the users given were given before, and `has_ended` whether no user
    /// follows.
    pub(super) fn report(&mut self, now: Duration, duplicates: u64, has_ended: bool) -> Progress {
        self.reported = now;
        let given = (self.given as u64).saturating_sub(duplicates);
        let rate = self.rate.per_second(now);
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate need not be exact, and a rate is not negative"
        )]
        let (left, users_per_hour) = (
            given.saturating_sub(self.finished) as f64,
            (rate * 3600.0).round() as u64,
        );
        Progress {
            done: self.finished,
            given,
            users_per_hour,
            remaining: (has_ended && rate > 0.0)
                .then(|| Duration::try_from_secs_f64(left / rate).ok())
                .flatten(),
        }
    }
}
