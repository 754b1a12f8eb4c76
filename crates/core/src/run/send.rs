//! Sending users that are ready: alone, or several in one batch.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use super::board::Ready;
use super::engine::{Engine, guarded};
use super::event::UserResult;
use crate::action::{Action, Before, LostAnswer};
use crate::answer::{Judgement, judge_answer};
use crate::batch::{self, Part};
use crate::call::{Call, Request, Tries, client_request_id};
use crate::clock::Moment;
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::journal::{ResultRecord, SentRecord};
use crate::purpose::Purpose;
use crate::reads::slow_down;
use crate::receipt::Receipt;
use crate::retry::{Policy, Retry};
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
enum Judged {
    Final(Result<Receipt>),
    /// To be sent again alone.
    Again(Error, Retry),
}

impl Engine {
    /// Sends users, records and tells what became of each.
    pub(super) fn send(&self, ready: Vec<Ready>) {
        let given = self.options.call.client_request_id.as_deref();
        let users = ready.into_iter().map(|ready| (ready, client_request_id(given)));
        // Who was tried before counts attempts of their own.
        let (mut alone, mut together): (Vec<_>, Vec<_>) =
            users.partition(|(ready, _)| ready.tried.as_ref().is_some_and(|tried| tried.attempts() > 0));
        if together.len() == 1 {
            alone.append(&mut together);
        }
        self.with_call(|call| {
            for (ready, id) in alone {
                let tries = match &ready.tried {
                    Some(tried) => tried.looked_again(call.clock),
                    None => Tries::new(call.clock),
                };
                self.send_one(call, ready, &id, tries);
            }
            if !together.is_empty() {
                self.send_batch(call, together);
            }
        });
    }

    /// One user, from the first attempt or from where a batch left off.
    fn send_one(&self, call: &mut Call<'_>, ready: Ready, id: &str, mut tries: Tries) {
        let action = self.action(&ready, id);
        let held = Held::default();
        let is_fresh = || self.is_fresh(&[(&ready, id)], &held);
        let write_ahead = || self.write_ahead(&[(&ready, id)], &held);
        let before = Before {
            is_fresh: Some(&is_fresh),
            write_ahead: Some(&write_ahead),
        };
        let mut result = guarded(|| action.perform(call, &mut tries, &before));
        if let (true, Err(error)) = (held.is_stale.get(), &result) {
            return self.read_again(vec![ready], &tries, error, &held);
        }
        if let Err(error) = &mut result
            && action.waits_already(error)
        {
            self.find_queued(call, &ready, &action, error);
        }
        self.sent(ready, result, true);
    }

    /// Users whose look became too old before an attempt. What the journal holds as sent has its end there: it was refused until
    /// then, or never left.
    fn read_again(&self, users: Vec<Ready>, tried: &Tries, error: &Error, held: &Held) {
        let is_open = error.attempts > 0 || held.is_written.get();
        if let Some(journal) = self.journal.as_ref().filter(|_| is_open) {
            for ready in &users {
                let record = ResultRecord::of_error(&ready.user, ready.id.as_deref(), error);
                if let Err(error) = journal.result(&record) {
                    self.board.end_early(&error);
                }
            }
        }
        self.look_again(users, tried);
    }

    /// A request that waits can be told to be this user's only if it can be nobody else's.
    fn find_queued(&self, call: &mut Call<'_>, ready: &Ready, action: &Action<'_>, error: &mut Error) {
        let is_lost = ready.in_doubt || error.effect == Effect::Possible;
        let alone_since = self.board.sends_alone();
        let is_nobody_elses =
            alone_since.is_some() && !self.queue().has_lost_another(ready.id.as_deref(), &ready.user);
        // Asked once the list is there: whoever was sent meanwhile may have a request in it.
        let is_anothers = |code: &str| self.board.sends_alone() != alone_since || self.queue().holds(code);
        let lost = (is_lost && is_nobody_elses).then_some(LostAnswer {
            since: ready.since,
            is_anothers: &is_anothers,
        });
        let found = guarded(|| {
            action.find_queued(call, error, lost);
            Ok(())
        });
        if let Err(panicked) = found {
            *error = panicked;
        }
    }

    fn sent(&self, ready: Ready, result: Result<Receipt>, is_first_to_tell: bool) {
        let Ready {
            user,
            id,
            approval_code,
            devices,
            ..
        } = ready;
        let row = match result {
            Ok(receipt) => {
                if approval_code.is_none() {
                    self.board.ungate();
                }
                UserResult {
                    receipt: Some(receipt),
                    ..UserResult::new(user, id, Outcome::Accepted)
                }
            }
            Err(error) => UserResult::of_error(user, id, error),
        };
        let row = UserResult {
            devices,
            is_first_to_tell,
            ..row
        };
        self.settle(row, true, None);
    }

    fn action<'a>(&'a self, ready: &'a Ready, id: &'a str) -> Action<'a> {
        let mut action = Action::new(&ready.user, &ready.target, &self.options.call, id);
        action.approval_code = ready.approval_code.as_deref().or(action.approval_code);
        action
    }

    /// Whether no look at the devices is too old to act on.
    fn is_fresh(&self, users: &[(&Ready, &str)], held: &Held) -> bool {
        let now = self.client.options().clock.now();
        let is_old = |at: Moment| Policy::is_another_intent(at.age(now));
        let is_stale = users.iter().any(|(ready, _)| ready.looked.is_some_and(is_old));
        held.is_stale.set(is_stale);
        !is_stale
    }

    /// Writes down what is about to leave.
    fn write_ahead(&self, users: &[(&Ready, &str)], held: &Held) -> Result<()> {
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
    fn send_batch(&self, call: &mut Call<'_>, users: Vec<(Ready, String)>) {
        let mut tries = Tries::new(call.clock);
        let held = Held::default();
        let parts = match guarded(|| self.batch_answers(call, &mut tries, &users, &held)) {
            Ok(parts) => parts,
            Err(error) if held.is_stale.get() => {
                let users = users.into_iter().map(|(ready, _)| ready).collect();
                return self.read_again(users, &tries, &error, &held);
            }
            // One of them is refused before anything leaves, such as the person of a new token: not all are.
            Err(error) if error.status == Status::InvalidArgument && error.effect == Effect::None => {
                for (ready, id) in users {
                    self.send_one(call, ready, &id, tries.of_part(Effect::None, Duration::ZERO));
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
                Judged::Again(error, retry) => again.push((ready, id, error, retry)),
                Judged::Final(Err(error)) if self.action(&ready, &id).waits_already(&error) => {
                    waiting.push((ready, id, error));
                }
                Judged::Final(result) => {
                    let is_lacking = result.as_ref().is_err_and(|error| error.http_status.is_none());
                    let is_told = is_lacking && std::mem::replace(&mut lacks_some, true);
                    self.sent(ready, result, !is_told);
                }
            }
        }
        let answered = call.clock.monotonic();
        for (ready, id, error, retry) in again {
            let held_back = call.clock.monotonic().saturating_sub(answered);
            let tries = tries.of_part(error.effect, held_back);
            // A refused token is refused once more, and then another one is asked for.
            let gate_waits = error.status == Status::Throttled;
            let paused = if error.status == Status::Unauthenticated {
                Ok(())
            } else {
                call.pause(&ready.user, error, retry, gate_waits, &tries)
            };
            match paused {
                Ok(()) => self.send_one(call, ready, &id, tries),
                Err(error) => self.sent(ready, Err(tries.complete(error, &id)), true),
            }
        }
        for (ready, id, mut error) in waiting {
            self.find_queued(call, &ready, &self.action(&ready, &id), &mut error);
            self.sent(ready, Err(error), true);
        }
    }

    fn batch_answers(
        &self,
        call: &mut Call<'_>,
        tries: &mut Tries,
        users: &[(Ready, String)],
        held: &Held,
    ) -> Result<Vec<Judged>> {
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
            purpose: Purpose::RetireBatch,
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
        let (clock, endpoint) = (call.clock, call.transport.endpoint().clone());
        let mut answered = BTreeMap::new();
        let found = call.perform(&request, tries, |answer, token| {
            answered = batch::decode(answer, &keys, &id)?;
            let facts = token.facts();
            // A part often has no id of its own; that of the batch leads to it.
            let request_id = answer.request_id();
            let judged = actions.iter().zip(&numbers).map(|(action, number)| {
                let Some(answer) = answered.get(number) else {
                    return Judged::Final(Err(missing(action, request_id.clone())));
                };
                let context = Context {
                    purpose: Purpose::Retire,
                    token: &facts,
                    audience: endpoint.cloud().map(crate::Cloud::root),
                    user: action.user,
                    client_request_id: Some(action.client_request_id),
                    now: clock.wall(),
                };
                match judge_answer(answer, &context) {
                    Judgement::Success(answer) => {
                        let mut receipt = Receipt::of(answer, action.user, action.client_request_id);
                        receipt.custom_endpoint = endpoint.unknown_root();
                        receipt.request_id = receipt.request_id.or_else(|| request_id.clone());
                        Judged::Final(Ok(receipt))
                    }
                    Judgement::Refused { error, retry }
                        if retry == Retry::Later || error.status == Status::Unauthenticated =>
                    {
                        Judged::Again(error, retry)
                    }
                    Judgement::Refused { error, .. } => Judged::Final(Err(error)),
                }
            });
            Ok(judged.collect::<Vec<_>>())
        })?;
        slow_down(call, Purpose::RetireBatch, &answered);
        let (attempts, elapsed) = (tries.attempts(), call.elapsed(tries));
        Ok(found
            .into_iter()
            .map(|part| match part {
                Judged::Final(Ok(mut receipt)) => {
                    (receipt.attempts, receipt.elapsed) = (attempts, elapsed);
                    Judged::Final(Ok(receipt))
                }
                Judged::Final(Err(mut error)) => {
                    error.attempts = attempts;
                    error.effect = error.effect.or(tries.effect());
                    Judged::Final(Err(error))
                }
                again @ Judged::Again(..) => again,
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
