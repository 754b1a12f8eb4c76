//! Decides whether and when to send again: a pure function. Time and chance are parameters.

use std::time::Duration;

use crate::options::ClientOptions;
use crate::status::Effect;

/// The longest time after the first send in which a request that may have been applied is sent again. A retry must not
/// retire a replacement phone that was enrolled later.
const SAME_INTENT: Duration = Duration::from_secs(5 * 60);

/// An attempt begins only if at least this part of the deadline is left, since it needs time to be answered.
const LEAST_LEFT: u32 = 20;

/// Whether another attempt may follow an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// The answer is final.
    Never,
    /// The failure may pass: throttling, a failing service, a lost or missing connection.
    Later,
}

/// The state of a request after an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    pub(crate) retry: Retry,
    /// The number of attempts so far.
    pub(crate) attempts: u32,
    /// The effect over all attempts so far.
    pub(crate) effect: Effect,
    pub(crate) retry_after: Option<Duration>,
    /// The time since the request began.
    pub(crate) elapsed: Duration,
    /// The time since the first bytes may have left.
    pub(crate) since_first_send: Duration,
    /// A random number in `0.0..1.0`.
    pub(crate) jitter: f64,
}

/// The limits of a decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) max_attempts: u32,
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
    pub(crate) deadline: Duration,
}

impl Policy {
    pub(crate) fn new(options: &ClientOptions, deadline: Option<Duration>) -> Self {
        Self {
            max_attempts: options.max_attempts,
            base: options.backoff_base,
            cap: options.backoff_cap,
            deadline: deadline.unwrap_or(options.deadline),
        }
    }

    /// The wait before the next attempt, or `None` to stop now. A wait is not begun if it would exceed the deadline or
    /// leave no time for the attempt.
    pub(crate) fn wait(&self, now: &Situation) -> Option<Duration> {
        if now.retry == Retry::Never || now.attempts >= self.max_attempts {
            return None;
        }
        let wait = now
            .retry_after
            .unwrap_or_else(|| self.backoff(now.attempts, now.jitter));
        let answered_by = now
            .elapsed
            .saturating_add(wait)
            .saturating_add(self.deadline / LEAST_LEFT);
        if answered_by > self.deadline {
            return None;
        }
        if now.effect == Effect::Possible
            && Self::is_another_intent(now.since_first_send.saturating_add(wait))
        {
            return None;
        }
        Some(wait)
    }

    /// Whether a request that may have been applied so long ago must not be sent again before the devices are read.
    pub(crate) fn is_another_intent(since_first_send: Duration) -> bool {
        since_first_send >= SAME_INTENT
    }

    /// The exponential backoff with full jitter: between 0 and `base * 2^(attempts - 1)`, at most `cap`.
    pub(crate) fn backoff(&self, attempts: u32, jitter: f64) -> Duration {
        let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base
            .saturating_mul(factor)
            .min(self.cap)
            .mul_f64(jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn policy() -> Policy {
        Policy::new(&ClientOptions::default(), None)
    }

    fn after(attempts: u32) -> Situation {
        Situation {
            retry: Retry::Later,
            attempts,
            effect: Effect::None,
            retry_after: None,
            elapsed: S(0),
            since_first_send: S(0),
            jitter: 0.5,
        }
    }

    #[test]
    fn backoff_doubles_up_to_the_cap() {
        let waits: Vec<_> = (1..5).map(|attempts| policy().wait(&after(attempts))).collect();
        assert_eq!(waits, [Some(S(1) / 2), Some(S(1)), Some(S(2)), Some(S(4))]);
        let patient = Policy {
            max_attempts: 100,
            deadline: S(1000),
            ..policy()
        };
        assert_eq!(patient.wait(&after(40)), Some(S(30)));
        assert_eq!(patient.wait(&after(99)), Some(S(30)));
    }

    #[test]
    fn attempts_run_out() {
        assert_eq!(policy().wait(&after(5)), None);
        assert_eq!(
            Policy {
                max_attempts: 1,
                ..policy()
            }
            .wait(&after(1)),
            None
        );
        assert_eq!(
            policy().wait(&Situation {
                retry: Retry::Never,
                ..after(1)
            }),
            None
        );
    }

    #[test]
    fn retry_after_is_honoured_or_the_call_stops() {
        let asked = |seconds| Situation {
            retry_after: Some(S(seconds)),
            elapsed: S(10),
            ..after(1)
        };
        assert_eq!(policy().wait(&asked(0)), Some(S(0)));
        assert_eq!(policy().wait(&asked(180)), Some(S(180)));
        assert_eq!(policy().wait(&asked(290)), None);
        assert_eq!(
            policy().wait(&Situation {
                retry_after: Some(Duration::MAX),
                ..after(1)
            }),
            None
        );
    }

    #[test]
    fn a_request_that_may_have_been_applied_is_not_sent_again_late() {
        let patient = Policy {
            deadline: S(3600),
            ..policy()
        };
        let late = Situation {
            since_first_send: S(299),
            elapsed: S(299),
            retry_after: Some(S(1)),
            ..after(1)
        };
        assert_eq!(patient.wait(&late), Some(S(1)));
        assert_eq!(
            patient.wait(&Situation {
                effect: Effect::Possible,
                ..late
            }),
            None
        );
    }

    proptest! {
        #[test]
        fn no_wait_overshoots(attempts in 0_u32..200, elapsed in 0_u64..400, retry_after in proptest::option::of(0_u64..1000), jitter in -1.0_f64..2.0) {
            let now = Situation { elapsed: S(elapsed), retry_after: retry_after.map(S), jitter, ..after(attempts) };
            if let Some(wait) = policy().wait(&now) {
                prop_assert!(now.elapsed + wait < policy().deadline);
                prop_assert!(retry_after.is_some() || wait <= policy().cap);
            }
        }
    }
}
