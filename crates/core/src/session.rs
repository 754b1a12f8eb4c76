//! Sends requests: an attempt, its judgement, a wait, the next attempt, until the answer is final.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use crate::answer::{Judgement, judge};
use crate::attempts::Attempts;
use crate::clock::{Clock, Moment, Stop, new_guid};
use crate::cloud::{Cloud, Endpoint};
use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::journal::{Journal, SentRecord};
use crate::notice::Notice;
use crate::rate_limiter::RateLimiter;
use crate::request_kind::RequestKind;
use crate::retry::{Policy, Retry, Situation};
use crate::status::{Effect, Status};
use crate::token::{SIGNED_IN, Token, TokenFacts};
use crate::transport::{Answer, Outgoing, Sent, Transport};

/// Sends the requests of a call, or of one step of a run.
pub(crate) struct Session<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) policy: Policy,
    pub(crate) timeout: Duration,
    pub(crate) credential: &'a dyn Credential,
    pub(crate) limiter: &'a dyn RateLimiter,
    pub(crate) stop: &'a Stop,
    pub(crate) notice: &'a mut dyn FnMut(Notice),
}

/// One request to the service.
pub(crate) struct Request<'a> {
    pub(crate) kind: RequestKind,
    /// The user, for notices and messages.
    pub(crate) subject: &'a str,
    pub(crate) outgoing: Outgoing<'a>,
    /// The number of requests that it counts as.
    pub(crate) weight: usize,
    /// Names and ids of the users that it acts on, none of whom may be the signed-in user; empty if it only reads.
    pub(crate) acts_on: &'a [&'a str],
    pub(crate) precautions: Option<&'a Precautions<'a>>,
}

/// The conditions that a run sets for sending a request.
#[derive(Default)]
pub(crate) struct Precautions<'a> {
    /// When the inspections began that the request was decided on. None of them may be too old at an attempt, as long as the
    /// service certainly did nothing.
    pub(crate) inspected: Vec<Moment>,
    /// The records that are written into the journal before the first attempt. If that fails, no attempt is made.
    pub(crate) write_ahead: Option<(&'a Journal, Vec<SentRecord>)>,
}

impl Precautions<'_> {
    fn is_stale(&self, now: Moment) -> bool {
        self.inspected
            .iter()
            .any(|at| Policy::is_another_intent(at.age(now)))
    }
}

/// A successful answer, and the request that it answers.
pub(crate) struct Success<'a> {
    pub(crate) answer: &'a Answer,
    pub(crate) token: &'a TokenFacts,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) attempts: &'a Attempts,
    pub(crate) elapsed: Duration,
    pub(crate) now: SystemTime,
}

/// The reason that a request ended without success.
#[derive(Debug)]
pub(crate) enum SendError {
    Failed(Error),
    /// An inspection that it was decided on was too old before an attempt.
    Stale(Error),
}

impl From<Error> for SendError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Failed(error) | SendError::Stale(error) => error,
        }
    }
}

/// The id that identifies a request in the service's logs.
pub(crate) fn client_request_id(given: Option<&str>) -> String {
    given.map_or_else(new_guid, str::to_owned)
}

impl<'a> Session<'a> {
    /// Sends until the service answers with success and `parse` can read the answer, or until a failure is final.
    pub(crate) fn send_with_retry<T>(
        &mut self,
        request: &Request<'_>,
        attempts: &mut Attempts,
        mut parse: impl FnMut(&Success<'_>) -> Result<T>,
    ) -> std::result::Result<T, SendError> {
        let id = request.outgoing.client_request_id;
        self.attempt(request, attempts, &mut parse)
            .map_err(|error| match error {
                SendError::Failed(error) => SendError::Failed(attempts.complete(error, id)),
                SendError::Stale(error) => SendError::Stale(attempts.complete(error, id)),
            })
    }

    fn attempt<T>(
        &mut self,
        request: &Request<'_>,
        attempts: &mut Attempts,
        parse: &mut impl FnMut(&Success<'_>) -> Result<T>,
    ) -> std::result::Result<T, SendError> {
        let asked = self.clock.monotonic();
        let token = self.credential.token();
        attempts.pause_since(asked, self.clock);
        let mut token = token?;
        loop {
            let facts = token.facts();
            facts.is_for(self.transport.endpoint().cloud())?;
            if request.acts_on.iter().any(|user| facts.is_person(user)) {
                return Err(Error::invalid_argument(SIGNED_IN).into());
            }
            let slot = self.acquire(request, attempts)?;
            let sent = self.send(request, &token, attempts, slot);
            let context = self.context(request, &facts);
            let (error, retry) = match judge(&sent, &context) {
                Judgement::Refused { error, retry } => (error, retry),
                Judgement::Success(answer) => {
                    let success = Success {
                        answer,
                        token: &facts,
                        endpoint: self.transport.endpoint(),
                        attempts,
                        elapsed: attempts.elapsed(self.clock),
                        now: context.now,
                    };
                    match parse(&success) {
                        Ok(value) => return Ok(value),
                        Err(error) => unreadable(request.kind, error),
                    }
                }
            };
            attempts.effect = attempts.effect.or(error.effect);
            if error.status == Status::Unauthenticated && !attempts.is_token_renewed {
                token = self.renew(&token, error, attempts)?;
            } else {
                self.wait(request, error, retry, attempts)?;
            }
        }
    }

    /// Waits for the rate limiter and takes the precautions of the request.
    fn acquire(
        &self,
        request: &Request<'_>,
        attempts: &mut Attempts,
    ) -> std::result::Result<Slot<'a>, SendError> {
        let asked = self.clock.monotonic();
        if !self.limiter.acquire(request.kind, request.weight, self.stop) {
            let mut message = Status::Cancelled.message().to_owned();
            if attempts.effect == Effect::Possible {
                message +=
                    "; an earlier attempt may have been applied, so look at the user's devices, or resume";
            }
            return Err(Error::new(Status::Cancelled, message).into());
        }
        let slot = Slot {
            limiter: self.limiter,
            kind: request.kind,
            weight: request.weight,
            is_sent: false,
        };
        let now = self.clock.now();
        attempts.paused += now.monotonic.saturating_sub(asked);
        self.take_precautions(request, attempts, now)?;
        Ok(slot)
    }

    fn take_precautions(
        &self,
        request: &Request<'_>,
        attempts: &mut Attempts,
        now: Moment,
    ) -> std::result::Result<(), SendError> {
        if attempts.effect == Effect::Possible {
            let age = attempts.first_send.map(|sent| sent.age(now));
            if age.is_some_and(Policy::is_another_intent) {
                return Err(Error::new(
                    Status::Interrupted,
                    "an earlier attempt may have been applied and is too long ago to repeat; look at the user's devices",
                )
                .into());
            }
            return Ok(());
        }
        let Some(precautions) = request.precautions else {
            return Ok(());
        };
        if precautions.is_stale(now) {
            return Err(stale());
        }
        if let Some((journal, records)) = &precautions.write_ahead
            && attempts.first_send.is_none()
        {
            attempts.is_journaled = true;
            journal.sent(records)?;
            // Writing can take time, and the machine may have slept meanwhile.
            if precautions.is_stale(self.clock.now()) {
                return Err(stale());
            }
        }
        Ok(())
    }

    /// Makes one attempt.
    fn send(
        &mut self,
        request: &Request<'_>,
        token: &Token,
        attempts: &mut Attempts,
        mut slot: Slot<'_>,
    ) -> Sent {
        let left = self.policy.deadline.saturating_sub(attempts.elapsed(self.clock));
        let timeout = self.timeout.min(left).max(Duration::from_millis(1));
        attempts.count += 1;
        (self.notice)(Notice::Sending {
            user: request.subject.to_owned(),
            attempt: attempts.count,
            client_request_id: request.outgoing.client_request_id.to_owned(),
        });
        attempts.first_send.get_or_insert_with(|| self.clock.now());
        slot.is_sent = true;
        self.transport
            .send(&request.outgoing, token, timeout, self.stop.interrupt())
    }

    fn context<'b>(&'b self, request: &'b Request<'_>, token: &'b TokenFacts) -> Context<'b> {
        Context {
            kind: request.kind,
            token,
            audience: self.transport.endpoint().cloud().map(Cloud::root),
            user: request.subject,
            client_request_id: Some(request.outgoing.client_request_id),
            now: self.clock.wall(),
        }
    }

    /// Returns another token than the refused one, or the refusal if there is none.
    fn renew(&self, refused: &Token, mut error: Error, attempts: &mut Attempts) -> Result<Token> {
        attempts.is_token_renewed = true;
        let asked = self.clock.monotonic();
        let renewed = self.credential.renew(refused, error.claims.as_deref());
        attempts.pause_since(asked, self.clock);
        match renewed {
            Ok(Some(token)) if token != *refused => Ok(token),
            Ok(_) => Err(error),
            Err(cause) => {
                error.message = format!("{}; no new token: {cause}", error.message);
                Err(error)
            }
        }
    }

    /// Waits for the next attempt, or returns the error as final.
    fn wait(&mut self, request: &Request<'_>, error: Error, retry: Retry, attempts: &Attempts) -> Result<()> {
        let mut limiter_waits = false;
        if error.status == Status::Throttled {
            let asked = error
                .retry_after
                .unwrap_or_else(|| self.policy.backoff(attempts.count, self.clock.jitter()));
            // A wait that is longer than any call's does not pause the run, but ends it.
            limiter_waits =
                asked < self.policy.deadline && self.limiter.throttled(request.kind, request.weight, asked);
        }
        self.pause(request.subject, error, retry, limiter_waits, attempts)
    }

    /// Waits for the next attempt. `limiter_waits` says whether the limiter waits on behalf of all requests.
    pub(crate) fn pause(
        &mut self,
        subject: &str,
        error: Error,
        retry: Retry,
        limiter_waits: bool,
        attempts: &Attempts,
    ) -> Result<()> {
        let now = self.clock.now();
        let asked = error.retry_after;
        let wait = self.policy.wait(&Situation {
            retry,
            attempts: attempts.count,
            effect: attempts.effect,
            retry_after: if limiter_waits {
                Some(Duration::ZERO)
            } else {
                asked
            },
            elapsed: attempts.elapsed(self.clock),
            since_first_send: attempts.first_send.unwrap_or(now).age(now),
            jitter: self.clock.jitter(),
        });
        let Some(wait) = wait else {
            return Err(error);
        };
        (self.notice)(Notice::Waiting {
            user: subject.to_owned(),
            status: error.status,
            http_status: error.http_status,
            request_id: error.request_id.clone(),
            wait: if wait.is_zero() {
                asked.unwrap_or(wait)
            } else {
                wait
            },
        });
        self.clock.wait(wait, self.stop);
        Ok(())
    }

    /// Slows all requests down if parts of a batch were refused as too many: once, for the longest time that was asked for.
    pub(crate) fn slow_down(&self, kind: RequestKind, parts: &BTreeMap<String, Answer>) {
        let refused: Vec<_> = parts.values().filter(|part| part.status == 429).collect();
        if refused.is_empty() {
            return;
        }
        let asked = refused
            .iter()
            .filter_map(|part| part.retry_after(part.header("retry-after")?, self.clock.wall()));
        let wait = asked
            .max()
            .unwrap_or_else(|| self.policy.backoff(1, self.clock.jitter()))
            .min(self.policy.deadline);
        self.limiter.throttled(kind, refused.len(), wait);
    }
}

/// What the limiter granted to one attempt. It is given back when this is dropped, also after a panic.
struct Slot<'a> {
    limiter: &'a dyn RateLimiter,
    kind: RequestKind,
    weight: usize,
    is_sent: bool,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if self.is_sent {
            self.limiter.complete(self.kind, self.weight);
        } else {
            self.limiter.cancel(self.kind, self.weight);
        }
    }
}

/// The failure of a successful answer that cannot be read. A write may have been applied; a read can be repeated.
fn unreadable(kind: RequestKind, mut error: Error) -> (Error, Retry) {
    if kind.writes() {
        return (error, Retry::Never);
    }
    error.effect = Effect::None;
    (error, Retry::Later)
}

fn stale() -> SendError {
    SendError::Stale(Error::new(
        Status::Cancelled,
        "the device list is older than 5 minutes; reading it again",
    ))
}
