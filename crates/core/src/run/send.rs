//! Sending users that are ready: alone, or several in one batch.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use super::context::{RunContext, guarded};
use super::event::Row;
use super::scheduler::ReadyUser;
use crate::action::{Action, Before, LostAnswer};
use crate::answer::{Judgement, judge_answer};
use crate::batch::{self, Part};
use crate::clock::Moment;
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::journal::{ResultRecord, SentRecord};
use crate::reads::slow_down;
use crate::receipt::Receipt;
use crate::request_kind::RequestKind;
use crate::retry::{Policy, Retry};
use crate::session::{Attempts, Request, Session, client_request_id};
use crate::status::{Effect, Outcome, Status};
use crate::transport::Method;

/// What happened before a request that did not leave.
#[derive(Default)]
struct Held {
    /// A look at the devices was too old to act on.
    is_stale: Cell<bool>,
    /// The journal holds the request already.
    is_written: Cell<bool>,
}

/// What the answer to a batch says of one user.
enum PartOutcome {
    Final(Result<Receipt>),
    /// To be sent again alone.
    Again(Error, Retry),
}

impl RunContext {
    /// Sends users, records and tells what became of each.
    pub(super) fn send(&self, ready: Vec<ReadyUser>) {
        let given = self.options.call.client_request_id.as_deref();
        let users = ready.into_iter().map(|ready| (ready, client_request_id(given)));
        // Who was tried before counts attempts of their own.
        let (mut alone, mut together): (Vec<_>, Vec<_>) =
            users.partition(|(ready, _)| ready.tried.as_ref().is_some_and(|tried| tried.count() > 0));
        if together.len() == 1 {
            alone.append(&mut together);
        }
        self.with_session(|session| {
            for (ready, id) in alone {
                let attempts = match &ready.tried {
                    Some(tried) => tried.looked_again(session.clock),
                    None => Attempts::new(session.clock),
                };
                self.send_one(session, ready, &id, attempts);
            }
            if !together.is_empty() {
                self.send_batch(session, together);
            }
        });
    }

    /// One user, from the first attempt or from where a batch left off.
    fn send_one(&self, session: &mut Session<'_>, ready: ReadyUser, id: &str, mut attempts: Attempts) {
        let action = self.action(&ready, id);
        let held = Held::default();
        let is_fresh = || self.is_fresh(&[(&ready, id)], &held);
        let write_ahead = || self.write_ahead(&[(&ready, id)], &held);
        let before = Before {
            is_fresh: Some(&is_fresh),
            write_ahead: Some(&write_ahead),
        };
        let mut result = guarded(|| action.perform(session, &mut attempts, &before));
        if let (true, Err(error)) = (held.is_stale.get(), &result) {
            return self.read_again(vec![ready], &attempts, error, &held);
        }
        if let Err(error) = &mut result
            && action.waits_already(error)
        {
            self.find_queued(session, &ready, &action, error);
        }
        self.sent(ready, result, true);
    }

    /// Users whose look became too old before an attempt. What the journal holds as sent has its end there: it was refused until
    /// then, or never left.
    fn read_again(&self, users: Vec<ReadyUser>, tried: &Attempts, error: &Error, held: &Held) {
        let is_open = error.attempts > 0 || held.is_written.get();
        if let Some(journal) = self.journal.as_ref().filter(|_| is_open) {
            for ready in &users {
                let record = ResultRecord::of_error(&ready.user, ready.id.as_deref(), error);
                if let Err(error) = journal.result(&record) {
                    self.scheduler.end_early(&error);
                }
            }
        }
        self.look_again(users, tried);
    }

    /// A request that waits can be told to be this user's only if it can be nobody else's.
    fn find_queued(
        &self,
        session: &mut Session<'_>,
        ready: &ReadyUser,
        action: &Action<'_>,
        error: &mut Error,
    ) {
        let is_lost = ready.in_doubt || error.effect == Effect::Possible;
        let alone_since = self.scheduler.sends_alone();
        let is_nobody_elses = alone_since.is_some()
            && !self
                .pending_approvals()
                .has_lost_another(ready.id.as_deref(), &ready.user);
        // Asked once the list is there: whoever was sent meanwhile may have a request in it.
        let is_anothers =
            |code: &str| self.scheduler.sends_alone() != alone_since || self.pending_approvals().holds(code);
        let lost = (is_lost && is_nobody_elses).then_some(LostAnswer {
            since: ready.since,
            is_anothers: &is_anothers,
        });
        let found = guarded(|| {
            action.find_queued(session, error, lost);
            Ok(())
        });
        if let Err(panicked) = found {
            *error = panicked;
        }
    }

    fn sent(&self, ready: ReadyUser, result: Result<Receipt>, is_first_to_tell: bool) {
        let ReadyUser {
            user,
            id,
            approval_code,
            devices,
            ..
        } = ready;
        let row = match result {
            Ok(receipt) => {
                if approval_code.is_none() {
                    self.scheduler.ungate();
                }
                Row {
                    receipt: Some(receipt),
                    ..Row::new(user, id, Outcome::Accepted)
                }
            }
            Err(error) => Row::of_error(user, id, error),
        };
        let row = Row {
            devices,
            is_first_to_tell,
            ..row
        };
        self.record_result(row, true, None);
    }

    fn action<'a>(&'a self, ready: &'a ReadyUser, id: &'a str) -> Action<'a> {
        let mut action = Action::new(&ready.user, &ready.target, &self.options.call, id);
        action.approval_code = ready.approval_code.as_deref().or(action.approval_code);
        action
    }

    /// Whether no look at the devices is too old to act on.
    fn is_fresh(&self, users: &[(&ReadyUser, &str)], held: &Held) -> bool {
        let now = self.client.options().clock.now();
        let is_old = |at: Moment| Policy::is_another_intent(at.age(now));
        let is_stale = users.iter().any(|(ready, _)| ready.looked.is_some_and(is_old));
        held.is_stale.set(is_stale);
        !is_stale
    }

    /// Writes down what is about to leave.
    fn write_ahead(&self, users: &[(&ReadyUser, &str)], held: &Held) -> Result<()> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let records: Vec<_> = users
            .iter()
            .map(|(ready, id)| SentRecord {
                user: ready.user.clone(),
                id: ready.id.clone(),
                client_request_id: Some((*id).to_owned()),
                approval_code: self.action(ready, id).approval_code.map(str::to_owned),
            })
            .collect();
        held.is_written.set(true);
        journal.sent(&records)
    }

    /// Several users in one request. Each answer inside is judged alone; who has a final one is recorded and told at once, and
    /// who must be sent again is then sent alone.
    fn send_batch(&self, session: &mut Session<'_>, users: Vec<(ReadyUser, String)>) {
        let mut attempts = Attempts::new(session.clock);
        let held = Held::default();
        let parts = match guarded(|| self.batch_answers(session, &mut attempts, &users, &held)) {
            Ok(parts) => parts,
            Err(error) if held.is_stale.get() => {
                let users = users.into_iter().map(|(ready, _)| ready).collect();
                return self.read_again(users, &attempts, &error, &held);
            }
            // One of them is refused before anything leaves, such as the person of a new token: not all are.
            Err(error) if error.status == Status::InvalidArgument && error.effect == Effect::None => {
                for (ready, id) in users {
                    self.send_one(
                        session,
                        ready,
                        &id,
                        attempts.of_part(Effect::None, Duration::ZERO),
                    );
                }
                return;
            }
            Err(error) => {
                for (at, (ready, id)) in users.into_iter().enumerate() {
                    let mut error = error.clone();
                    error.client_request_id = error.client_request_id.take().and(Some(id));
                    self.sent(ready, Err(error), at == 0);
                }
                return;
            }
        };
        let (mut again, mut waiting) = (Vec::new(), Vec::new());
        let mut lacks_some = false;
        for ((ready, id), part) in users.into_iter().zip(parts) {
            match part {
                PartOutcome::Again(error, retry) => again.push((ready, id, error, retry)),
                PartOutcome::Final(Err(error)) if self.action(&ready, &id).waits_already(&error) => {
                    waiting.push((ready, id, error));
                }
                PartOutcome::Final(result) => {
                    let is_lacking = result.as_ref().is_err_and(|error| error.http_status.is_none());
                    let is_told = is_lacking && std::mem::replace(&mut lacks_some, true);
                    self.sent(ready, result, !is_told);
                }
            }
        }
        let answered = session.clock.monotonic();
        for (ready, id, error, retry) in again {
            let held_back = session.clock.monotonic().saturating_sub(answered);
            let attempts = attempts.of_part(error.effect, held_back);
            // A refused token is refused once more, and then another one is asked for.
            let limiter_waits = error.status == Status::Throttled;
            let paused = if error.status == Status::Unauthenticated {
                Ok(())
            } else {
                session.pause(&ready.user, error, retry, limiter_waits, &attempts)
            };
            match paused {
                Ok(()) => self.send_one(session, ready, &id, attempts),
                Err(error) => self.sent(ready, Err(attempts.complete(error, &id)), true),
            }
        }
        for (ready, id, mut error) in waiting {
            self.find_queued(session, &ready, &self.action(&ready, &id), &mut error);
            self.sent(ready, Err(error), true);
        }
    }

    fn batch_answers(
        &self,
        session: &mut Session<'_>,
        attempts: &mut Attempts,
        users: &[(ReadyUser, String)],
        held: &Held,
    ) -> Result<Vec<PartOutcome>> {
        let actions: Vec<_> = users.iter().map(|(ready, id)| self.action(ready, id)).collect();
        let numbers: Vec<String> = (0..actions.len()).map(|at| at.to_string()).collect();
        let parts: Vec<Part<'_>> = actions
            .iter()
            .zip(&numbers)
            .map(|(action, number)| {
                let mut headers = action.headers();
                headers.push(("client-request-id", action.client_request_id));
                Part {
                    id: number.clone(),
                    method: "POST",
                    url: action.path(),
                    headers,
                    body: None,
                }
            })
            .collect();
        let body = batch::encode(&parts);
        let keys: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let acts_on: Vec<_> = actions
            .iter()
            .flat_map(|action| [action.user, action.target.as_str()])
            .collect();
        let sent: Vec<_> = users.iter().map(|(ready, id)| (ready, id.as_str())).collect();
        let is_fresh = || self.is_fresh(&sent, held);
        let write_ahead = || self.write_ahead(&sent, held);
        let id = client_request_id(None);
        let request = Request {
            kind: RequestKind::RetireBatch,
            subject: "a batch of users",
            method: Method::Post,
            target: "/v1.0/$batch",
            headers: &[],
            body: Some(&body),
            weight: users.len(),
            acts_on: &acts_on,
            client_request_id: &id,
            is_fresh: Some(&is_fresh),
            write_ahead: Some(&write_ahead),
        };
        let (clock, endpoint) = (session.clock, session.transport.endpoint().clone());
        let mut answered = BTreeMap::new();
        let found = session.send_with_retry(&request, attempts, |answer, token| {
            answered = batch::decode(answer, &keys, &id)?;
            let facts = token.facts();
            // A part often has no id of its own; that of the batch leads to it.
            let request_id = answer.request_id();
            let judged = actions.iter().zip(&numbers).map(|(action, number)| {
                let Some(answer) = answered.get(number) else {
                    return PartOutcome::Final(Err(missing(action, request_id.clone())));
                };
                let context = Context {
                    kind: RequestKind::Retire,
                    token: &facts,
                    audience: endpoint.cloud().map(crate::Cloud::root),
                    user: action.user,
                    client_request_id: Some(action.client_request_id),
                    now: clock.wall(),
                };
                match judge_answer(answer, &context) {
                    Judgement::Success(answer) => {
                        let mut receipt = Receipt::of(answer, action.user, action.client_request_id);
                        receipt.endpoint = endpoint.unknown_root();
                        receipt.request_id = receipt.request_id.or_else(|| request_id.clone());
                        PartOutcome::Final(Ok(receipt))
                    }
                    Judgement::Refused { error, retry }
                        if retry == Retry::Later || error.status == Status::Unauthenticated =>
                    {
                        PartOutcome::Again(error, retry)
                    }
                    Judgement::Refused { error, .. } => PartOutcome::Final(Err(error)),
                }
            });
            Ok(judged.collect::<Vec<_>>())
        })?;
        slow_down(session, RequestKind::RetireBatch, &answered);
        let (count, elapsed) = (attempts.count(), session.elapsed(attempts));
        Ok(found
            .into_iter()
            .map(|part| match part {
                PartOutcome::Final(Ok(mut receipt)) => {
                    (receipt.attempts, receipt.elapsed) = (count, elapsed);
                    PartOutcome::Final(Ok(receipt))
                }
                PartOutcome::Final(Err(mut error)) => {
                    error.attempts = count;
                    error.effect = error.effect.or(attempts.effect());
                    PartOutcome::Final(Err(error))
                }
                again @ PartOutcome::Again(..) => again,
            })
            .collect())
    }
}

/// A batch was answered without a word about one of its users.
fn missing(action: &Action<'_>, request_id: Option<String>) -> Error {
    let mut error = Error::new(
        Status::UnexpectedResponse,
        "the answer to a batch does not hold this user, so the devices may or may not be retired; look at them before sending again",
    );
    error.effect = Effect::Possible;
    error.request_id = request_id;
    error.client_request_id = Some(action.client_request_id.to_owned());
    error
}
