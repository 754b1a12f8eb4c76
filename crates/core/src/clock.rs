//! Time and randomness, passed in so that tests can control them; and the one flag that asks work to stop.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// The longest time that a wait continues before it checks the [`Stop`] flag again.
pub(crate) const STOP_CHECK: Duration = Duration::from_millis(50);

/// The clock of retries and waits. The default is the system's; tests pass their own with
/// [`ClientOptions::clock`](crate::ClientOptions::clock).
pub trait Clock: Send + Sync {
    /// Time since a fixed moment; never goes back.
    fn monotonic(&self) -> Duration;
    /// The time of day, with which HTTP dates are compared.
    fn wall(&self) -> SystemTime;
    /// The time by both clocks, to compute ages with.
    fn now(&self) -> Moment {
        Moment {
            monotonic: self.monotonic(),
            wall: self.wall(),
        }
    }
    /// Waits for `duration`, or until `stop` is raised.
    fn wait(&self, duration: Duration, stop: &Stop);
    /// A random number in `0.0..1.0`, to spread retries.
    fn jitter(&self) -> f64;
}

/// A moment by both clocks. Neither alone is enough to compute an age: the monotonic clock stands still while a laptop
/// sleeps or a virtual machine is paused, and the time of day can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time since a fixed moment, of [`Clock::monotonic`].
    pub monotonic: Duration,
    /// The time of day, of [`Clock::wall`].
    pub wall: SystemTime,
}

impl Moment {
    /// How long ago it was: the larger of the two clocks' answers. If the time of day went back meanwhile, however little,
    /// the age is unknown, so it counts as longer than any limit.
    pub(crate) fn age(self, now: Self) -> Duration {
        let by_monotonic = now.monotonic.saturating_sub(self.monotonic);
        let by_wall = now.wall.duration_since(self.wall);
        by_wall.map_or(Duration::MAX, |by_wall| by_wall.max(by_monotonic))
    }
}

/// Returns whether a waiting call should end now: see [`Client::with_interrupt`](crate::Client::with_interrupt).
pub type Interrupt = Arc<dyn Fn() -> bool + Send + Sync>;

/// A flag that asks work to stop. Raising it is one atomic store, so any thread and a signal handler may do it.
#[derive(Clone, Default)]
pub struct Stop {
    raised: Arc<AtomicBool>,
    interrupt: Option<Interrupt>,
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.raised).finish()
    }
}

impl Stop {
    /// A stop that also counts as raised once `interrupt` returns true.
    pub(crate) fn with_interrupt(interrupt: Option<Interrupt>) -> Self {
        Self {
            interrupt,
            ..Self::default()
        }
    }

    /// The function that may end the wait for an answer. The flag alone does not: a request in flight is awaited.
    pub(crate) fn interrupt(&self) -> Option<&Interrupt> {
        self.interrupt.as_ref()
    }

    /// Raises the flag.
    pub fn raise(&self) {
        self.raised.store(true, Ordering::SeqCst);
    }

    /// Whether the flag was raised.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst) || self.interrupt.as_ref().is_some_and(|interrupt| interrupt())
    }
}

/// The system's clock and randomness; the only place of this crate that uses them.
#[derive(Debug)]
pub(crate) struct SystemClock {
    origin: Instant,
}

#[allow(clippy::disallowed_methods)]
impl SystemClock {
    pub(crate) fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

#[allow(clippy::disallowed_methods)]
impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn wait(&self, duration: Duration, stop: &Stop) {
        let until = Instant::now() + duration;
        while !stop.is_raised() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(STOP_CHECK));
        }
    }

    fn jitter(&self) -> f64 {
        let [a, b, c, d, ..] = random_bytes();
        f64::from(u32::from_le_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
    }
}

/// A new random GUID (version 4).
pub(crate) fn new_guid() -> String {
    let mut bytes = random_bytes();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

/// Random bytes from the TLS provider, which is linked anyway. If the system has none, ids repeat and retries are not
/// spread, but nothing fails: neither is a secret.
fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    let _ = rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_guids_and_differ() {
        let (one, other) = (new_guid(), new_guid());
        assert!(crate::user_id::is_guid(&one), "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn an_age_is_what_the_clock_says_that_went_further() {
        const S: fn(u64) -> Duration = Duration::from_secs;
        let at = |monotonic, wall| Moment {
            monotonic: S(monotonic),
            wall: SystemTime::UNIX_EPOCH + S(1000) + wall,
        };
        let then = at(10, S(0));
        for (now, age) in [
            (at(10, S(0)), S(0)),
            (at(70, S(60)), S(60)),
            (at(11, S(8 * 3600)), S(8 * 3600)),
            (at(400, S(0)), S(390)),
            (at(0, S(5)), S(5)),
        ] {
            assert_eq!(then.age(now), age, "{now:?}");
        }
        let step = Duration::from_nanos(1);
        assert_eq!(at(10, step).age(at(11, S(0))), Duration::MAX);
        assert_eq!(at(10, S(8 * 3600)).age(at(11, S(0))), Duration::MAX);
    }

    #[test]
    fn a_raised_stop_ends_a_wait() {
        let stop = Stop::default();
        stop.raise();
        SystemClock::new().wait(Duration::from_secs(3600), &stop);
    }
}
