//! What a request carries from attempt to attempt.

use std::time::Duration;

use crate::clock::{Clock, Moment};
use crate::error::Error;
use crate::status::Effect;

/// The attempts of a request so far.
#[derive(Clone, Debug)]
pub(crate) struct Attempts {
    started: Duration,
    /// Time that does not count towards the deadline: the caller's code supplied a token, or a run paused all requests.
    pub(crate) paused: Duration,
    pub(crate) first_send: Option<Moment>,
    pub(crate) count: u32,
    /// The effect over all attempts.
    pub(crate) effect: Effect,
    /// Whether a refused token was replaced once.
    pub(crate) is_token_renewed: bool,
    /// Whether the journal holds the request as sent.
    pub(crate) is_journaled: bool,
}

impl Attempts {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        Self {
            started: clock.monotonic(),
            paused: Duration::ZERO,
            first_send: None,
            count: 0,
            effect: Effect::None,
            is_token_renewed: false,
            is_journaled: false,
        }
    }

    /// The attempts of a request that changed nothing so far, after its user was inspected again: the count continues, and
    /// the time starts again.
    pub(crate) fn inspected_again(&self, clock: &dyn Clock) -> Self {
        Self {
            count: self.count,
            is_token_renewed: self.is_token_renewed,
            ..Self::new(clock)
        }
    }

    /// Begins the next request of the same call, which has one deadline for all its requests.
    pub(crate) fn next_request(&mut self) {
        (self.first_send, self.count, self.is_token_renewed) = (None, 0, false);
    }

    /// The attempts of a part of a batch that is sent again by itself, after it was held back for the time `held_back`.
    pub(crate) fn of_part(&self, effect: Effect, held_back: Duration) -> Self {
        Self {
            paused: self.paused + held_back,
            effect: self.effect.or(effect),
            ..self.clone()
        }
    }

    /// Makes the error of the last attempt the error of the whole request.
    pub(crate) fn complete(&self, mut error: Error, client_request_id: &str) -> Error {
        error.effect = error.effect.or(self.effect);
        error.attempts = self.count;
        if self.count > 0 {
            error
                .client_request_id
                .get_or_insert_with(|| client_request_id.to_owned());
        }
        error
    }

    /// The time since the request began, without the time that does not count.
    pub(crate) fn elapsed(&self, clock: &dyn Clock) -> Duration {
        clock
            .monotonic()
            .saturating_sub(self.started)
            .saturating_sub(self.paused)
    }

    /// Adds the time since `from` to the time that does not count.
    pub(crate) fn pause_since(&mut self, from: Duration, clock: &dyn Clock) {
        self.paused += clock.monotonic().saturating_sub(from);
    }
}
