//! One request: send, judge, wait, send again, until there is an answer to tell.

use std::time::Duration;

use crate::answer::{Judgement, judge};
use crate::clock::{Clock, Moment, Stop, new_guid};
use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::notice::Notice;
use crate::purpose::Purpose;
use crate::retry::{Policy, Retry, Situation};
use crate::status::{Effect, Status};
use crate::token::{SIGNED_IN, Token};
use crate::transport::{Answer, Method, Outgoing, Transport};

/// What each attempt passes on its way: the pace of a run. A single call has [`Open`].
pub(crate) trait Gate {
    /// Waits until `weight` requests may leave; false if `stop` was raised instead.
    fn enter(&self, purpose: Purpose, weight: usize, stop: &Stop) -> bool;
    /// An attempt that entered has its answer, or will have none.
    fn leave(&self, purpose: Purpose, weight: usize);
    /// An attempt that entered was not made.
    fn give_back(&self, purpose: Purpose, weight: usize);
    /// The service refused so many requests and asked everybody to slow down. True if the gate does that waiting; else the call
    /// waits by itself.
    fn throttled(&self, purpose: Purpose, refused: usize, wait: Duration) -> bool;
}

/// No pace.
pub(crate) struct Open;

impl Gate for Open {
    fn enter(&self, _: Purpose, _: usize, stop: &Stop) -> bool {
        !stop.is_raised()
    }
    fn leave(&self, _: Purpose, _: usize) {}
    fn give_back(&self, _: Purpose, _: usize) {}
    fn throttled(&self, _: Purpose, _: usize, _: Duration) -> bool {
        false
    }
}

/// What a call works with.
pub(crate) struct Call<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) policy: Policy,
    pub(crate) timeout: Duration,
    pub(crate) credential: &'a dyn Credential,
    pub(crate) gate: &'a dyn Gate,
    pub(crate) stop: &'a Stop,
    pub(crate) notice: &'a mut dyn FnMut(Notice),
}

/// What is asked of the service.
pub(crate) struct Request<'a> {
    pub(crate) purpose: Purpose,
    /// The user, for notices and messages.
    pub(crate) subject: &'a str,
    pub(crate) method: Method,
    /// Path and query below the root, the version included.
    pub(crate) target: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: Option<&'a str>,
    /// How many requests it counts as.
    pub(crate) weight: usize,
    /// Names and ids of those it acts on, none of whom may be the signed-in person; empty if it only reads.
    pub(crate) acts_on: &'a [&'a str],
    pub(crate) client_request_id: &'a str,
    /// Asked before each attempt while the service did nothing for certain: whether what the request was decided on still
    /// holds. If not, it ends there.
    pub(crate) is_fresh: Option<&'a dyn Fn() -> bool>,
    /// Done before the first attempt; if it fails, none is made.
    pub(crate) write_ahead: Option<&'a dyn Fn() -> Result<()>>,
}

/// What is carried from attempt to attempt.
#[derive(Clone, Debug)]
pub(crate) struct Tries {
    started: Duration,
    /// Time that was not the service's to answer for: the caller's code supplied a token, or a run held everybody back.
    paused: Duration,
    first_send: Option<Moment>,
    attempts: u32,
    effect: Effect,
    renewed: bool,
}

impl Tries {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        Self {
            started: clock.monotonic(),
            paused: Duration::ZERO,
            first_send: None,
            attempts: 0,
            effect: Effect::None,
            renewed: false,
        }
    }

    /// Where a request stands that did nothing so far, once what it was decided on was looked at again: its attempts count on,
    /// its time begins anew.
    pub(crate) fn looked_again(&self, clock: &dyn Clock) -> Self {
        Self {
            attempts: self.attempts,
            renewed: self.renewed,
            ..Self::new(clock)
        }
    }

    /// Of the next request of the same call: one deadline for all.
    pub(crate) fn next_request(&mut self) {
        (self.first_send, self.attempts, self.renewed) = (None, 0, false);
    }

    /// Where a part of the request stands that is sent again alone, after it was held back for so long.
    pub(crate) fn of_part(&self, effect: Effect, held_back: Duration) -> Self {
        Self {
            paused: self.paused + held_back,
            effect: self.effect.or(effect),
            ..self.clone()
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Over all attempts so far.
    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    /// The error of the last attempt as that of the whole call.
    pub(crate) fn complete(&self, mut error: Error, client_request_id: &str) -> Error {
        error.effect = error.effect.or(self.effect);
        error.attempts = self.attempts;
        if self.attempts > 0 {
            error
                .client_request_id
                .get_or_insert_with(|| client_request_id.to_owned());
        }
        error
    }

    fn elapsed(&self, clock: &dyn Clock) -> Duration {
        clock
            .monotonic()
            .saturating_sub(self.started)
            .saturating_sub(self.paused)
    }
}

/// The id that a call is found by in the service's logs.
pub(crate) fn client_request_id(given: Option<&str>) -> String {
    given.map_or_else(new_guid, str::to_owned)
}

impl Call<'_> {
    /// Sends until it is answered with success and `accept` can read the answer, or it is final that it will not be.
    pub(crate) fn perform<T>(
        &mut self,
        request: &Request<'_>,
        tries: &mut Tries,
        mut accept: impl FnMut(&Answer, &Token) -> Result<T>,
    ) -> Result<T> {
        self.attempts(request, tries, &mut accept)
            .map_err(|error| tries.complete(error, request.client_request_id))
    }

    /// Since the call began, without the time that the caller or a run took.
    pub(crate) fn elapsed(&self, tries: &Tries) -> Duration {
        tries.elapsed(self.clock)
    }

    fn attempts<T>(
        &mut self,
        request: &Request<'_>,
        tries: &mut Tries,
        accept: &mut impl FnMut(&Answer, &Token) -> Result<T>,
    ) -> Result<T> {
        let asked = self.clock.monotonic();
        let token = self.credential.token();
        tries.paused += self.clock.monotonic().saturating_sub(asked);
        let mut token = token?;
        loop {
            let facts = token.facts();
            facts.is_for(self.transport.endpoint().cloud())?;
            if request.acts_on.iter().any(|user| facts.is_person(user)) {
                return Err(Error::invalid_argument(SIGNED_IN));
            }
            self.enter(request, tries)?;
            let timeout = self
                .timeout
                .min(self.policy.deadline.saturating_sub(tries.elapsed(self.clock)))
                .max(Duration::from_millis(1));
            tries.attempts += 1;
            (self.notice)(Notice::Sending {
                user: request.subject.to_owned(),
                attempt: tries.attempts,
                client_request_id: request.client_request_id.to_owned(),
            });
            tries.first_send.get_or_insert_with(|| self.clock.now());
            let sent = self.transport.send(
                &Outgoing {
                    method: request.method,
                    target: request.target,
                    headers: request.headers,
                    client_request_id: request.client_request_id,
                    body: request.body,
                },
                &token,
                timeout,
                self.stop.interrupt(),
            );
            self.gate.leave(request.purpose, request.weight);
            let context = Context {
                purpose: request.purpose,
                token: &facts,
                audience: self.transport.endpoint().cloud().map(crate::Cloud::root),
                user: request.subject,
                client_request_id: Some(request.client_request_id),
                now: self.clock.wall(),
            };
            let (mut error, retry) = match judge(&sent, &context) {
                Judgement::Success(answer) => match accept(answer, &token) {
                    Ok(value) => return Ok(value),
                    // A write whose answer cannot be read may have been applied; what is only read can be asked for again.
                    Err(error) if request.purpose.writes() => (error, Retry::Never),
                    Err(mut error) => {
                        error.effect = Effect::None;
                        (error, Retry::Later)
                    }
                },
                Judgement::Refused { error, retry } => (error, retry),
            };
            tries.effect = tries.effect.or(error.effect);
            if error.status == Status::Unauthenticated && !tries.renewed {
                tries.renewed = true;
                match self.renewed(&token, error.claims.as_deref(), tries) {
                    Ok(Some(new)) => token = new,
                    Ok(None) => return Err(error),
                    Err(cause) => {
                        error.message = format!("{}; no new token: {cause}", error.message);
                        return Err(error);
                    }
                }
                continue;
            }
            self.wait(request, error, retry, tries)?;
        }
    }

    /// Passes the gate, unless the call was asked to stop, or may not be made any more once it is its turn.
    fn enter(&self, request: &Request<'_>, tries: &mut Tries) -> Result<()> {
        let asked = self.clock.monotonic();
        if !self.gate.enter(request.purpose, request.weight, self.stop) {
            let mut message = Status::Cancelled.message().to_owned();
            if tries.effect == Effect::Possible {
                message +=
                    "; an attempt before may have been applied, so look at the user's devices, or resume";
            }
            return Err(Error::new(Status::Cancelled, message));
        }
        let now = self.clock.now();
        tries.paused += now.monotonic.saturating_sub(asked);
        admit(request, tries, now).inspect_err(|_| self.gate.give_back(request.purpose, request.weight))
    }

    /// Another token, if there is one and it is not the refused one again.
    fn renewed(&self, refused: &Token, claims: Option<&str>, tries: &mut Tries) -> Result<Option<Token>> {
        let asked = self.clock.monotonic();
        let token = self.credential.renew(refused, claims);
        tries.paused += self.clock.monotonic().saturating_sub(asked);
        Ok(token?.filter(|token| token != refused))
    }

    /// Waits for the next attempt, or gives the error back as final.
    fn wait(&mut self, request: &Request<'_>, error: Error, retry: Retry, tries: &Tries) -> Result<()> {
        let mut gate_waits = false;
        if error.status == Status::Throttled {
            let asked = error
                .retry_after
                .unwrap_or_else(|| self.policy.backoff(tries.attempts, self.clock.jitter()));
            // A wait that no call would wait for is no pause, but the end.
            gate_waits =
                asked < self.policy.deadline && self.gate.throttled(request.purpose, request.weight, asked);
        }
        self.pause(request.subject, error, retry, gate_waits, tries)
    }

    /// The same, where the gate is known to do the waiting, or not.
    pub(crate) fn pause(
        &mut self,
        subject: &str,
        error: Error,
        retry: Retry,
        gate_waits: bool,
        tries: &Tries,
    ) -> Result<()> {
        let now = self.clock.now();
        let asked = error.retry_after;
        let wait = self.policy.wait(&Situation {
            retry,
            attempts: tries.attempts,
            effect: tries.effect,
            retry_after: if gate_waits { Some(Duration::ZERO) } else { asked },
            elapsed: tries.elapsed(self.clock),
            since_first_send: tries.first_send.unwrap_or(now).age(now),
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
}

/// Whether it may be made, now that it is its turn.
fn admit(request: &Request<'_>, tries: &Tries, now: Moment) -> Result<()> {
    let since = tries.first_send.map(|sent| sent.age(now));
    if tries.effect == Effect::Possible {
        if since.is_some_and(Policy::is_another_intent) {
            return Err(Error::new(
                Status::Interrupted,
                "an earlier attempt may have been applied and is too long ago to repeat; look at the user's devices",
            ));
        }
        return Ok(());
    }
    fresh(request)?;
    match request.write_ahead {
        Some(write_ahead) if tries.first_send.is_none() => {
            write_ahead()?;
            // That took a disk its time, or the machine slept over it.
            fresh(request)
        }
        _ => Ok(()),
    }
}

/// Whether what it was decided on still holds.
fn fresh(request: &Request<'_>) -> Result<()> {
    if request.is_fresh.is_some_and(|is_fresh| !is_fresh()) {
        return Err(Error::new(
            Status::Cancelled,
            "the look at the devices became too old before an attempt; they are read again",
        ));
    }
    Ok(())
}
