//! Sending users that are ready: alone, or several in one batch.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::board::Ready;
use super::engine::{Engine, guarded};
use super::event::Row;
use crate::action::{Action, LostAnswer};
use crate::answer::{Judgement, judge_answer};
use crate::batch::{self, Part};
use crate::call::{Call, Progress, Request, client_request_id};
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::journal::SentRecord;
use crate::purpose::Purpose;
use crate::reads::slow_down;
use crate::receipt::Receipt;
use crate::retry::{Policy, Retry};
use crate::status::{Effect, Outcome, Status};
use crate::transport::Method;

/// What the answer to a batch says of one user.
enum Judged {
    Final(Result<Receipt>),
    /// To be sent again alone.
    Again(Effect),
}

impl Engine {
    /// Sends users, records and tells what became of each.
    pub(super) fn send(&self, ready: Vec<Ready>) {
        let given = self.options.call.client_request_id.as_deref();
        let mut users: Vec<_> = ready
            .into_iter()
            .map(|ready| (ready, client_request_id(given)))
            .collect();
        self.with_call(|call| {
            if users.len() > 1 {
                return self.send_batch(call, users);
            }
            if let Some((ready, id)) = users.pop() {
                self.send_one(call, ready, &id, Progress::new(call.clock));
            }
        });
    }

    /// One user, from the first attempt or from where a batch left off.
    fn send_one(&self, call: &mut Call<'_>, ready: Ready, id: &str, mut progress: Progress) {
        let action = self.action(&ready, id);
        let is_stale = Cell::new(false);
        let write_ahead = || self.write_ahead(&[(&ready, id)], &is_stale);
        let mut result = guarded(|| action.perform(call, &mut progress, Some(&write_ahead)));
        if is_stale.get() {
            return self.look_again(vec![ready]);
        }
        if let Err(error) = &mut result
            && action.waits_already(error)
        {
            self.find_queued(call, &ready, &action, error);
        }
        self.sent(ready, result);
    }

    /// A request that waits can be told to be this user's only if it can be nobody else's.
    fn find_queued(&self, call: &mut Call<'_>, ready: &Ready, action: &Action<'_>, error: &mut Error) {
        let is_lost = ready.in_doubt || error.effect == Effect::Possible;
        let is_nobody_elses =
            self.board.is_sending_one() && !self.queue().has_lost_another(ready.id.as_deref(), &ready.user);
        let is_anothers = |code: &str| self.queue().holds(code);
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

    fn sent(&self, ready: Ready, result: Result<Receipt>) {
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
                Row {
                    receipt: Some(receipt),
                    ..Row::new(user, id, Outcome::Accepted)
                }
            }
            Err(error) => Row::of_error(user, id, error),
        };
        self.settle(Row { devices, ..row }, true, None);
    }

    fn action<'a>(&'a self, ready: &'a Ready, id: &'a str) -> Action<'a> {
        let mut action = Action::new(&ready.user, &ready.target, &self.options.call, id);
        action.approval_code = ready.approval_code.as_deref().or(action.approval_code);
        action
    }

    /// Writes down what is about to leave; refuses that if the devices were looked at too long ago, which `is_stale` then
    /// tells.
    fn write_ahead(&self, users: &[(&Ready, &str)], is_stale: &Cell<bool>) -> Result<()> {
        let now = self.client.options().clock.monotonic();
        is_stale.set(users.iter().any(|(ready, _)| {
            ready
                .looked
                .is_some_and(|at| Policy::is_another_intent(now.saturating_sub(at)))
        }));
        if is_stale.get() {
            return Err(Error::new(Status::Internal, "the look at the devices is too old"));
        }
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
        journal.sent(&records)
    }

    /// Several users in one request. Each answer inside is judged alone; who has a final one is recorded and told at once, and
    /// who must be sent again is then sent alone.
    fn send_batch(&self, call: &mut Call<'_>, users: Vec<(Ready, String)>) {
        let mut progress = Progress::new(call.clock);
        let is_stale = Cell::new(false);
        let parts = match guarded(|| self.batch_answers(call, &mut progress, &users, &is_stale)) {
            Ok(parts) => parts,
            Err(_) if is_stale.get() => {
                return self.look_again(users.into_iter().map(|(ready, _)| ready).collect());
            }
            Err(error) => {
                for (ready, id) in users {
                    let mut error = error.clone();
                    error.client_request_id = error.client_request_id.take().and(Some(id));
                    self.sent(ready, Err(error));
                }
                return;
            }
        };
        let (mut again, mut waiting) = (Vec::new(), Vec::new());
        for ((ready, id), part) in users.into_iter().zip(parts) {
            match part {
                Judged::Again(effect) => again.push((ready, id, effect)),
                Judged::Final(Err(error)) if self.action(&ready, &id).waits_already(&error) => {
                    waiting.push((ready, id, error));
                }
                Judged::Final(result) => self.sent(ready, result),
            }
        }
        let answered = call.clock.monotonic();
        for (ready, id, effect) in again {
            let held_back = call.clock.monotonic().saturating_sub(answered);
            self.send_one(call, ready, &id, progress.of_part(effect, held_back));
        }
        for (ready, id, mut error) in waiting {
            self.find_queued(call, &ready, &self.action(&ready, &id), &mut error);
            self.sent(ready, Err(error));
        }
    }

    fn batch_answers(
        &self,
        call: &mut Call<'_>,
        progress: &mut Progress,
        users: &[(Ready, String)],
        is_stale: &Cell<bool>,
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
        let write_ahead = || self.write_ahead(&sent, is_stale);
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
            write_ahead: Some(&write_ahead),
        };
        let (clock, endpoint) = (call.clock, call.transport.endpoint().clone());
        let mut answered = BTreeMap::new();
        let found = call.perform(&request, progress, |answer, token| {
            answered = batch::decode(&answer.body, &keys, token)?;
            let facts = token.facts();
            // A part often has no id or date of its own; those of the batch lead to it.
            let whole = |name: &str| answer.header(name).map(str::to_owned);
            let (request_id, date) = (whole("request-id"), whole("date"));
            let judged = actions.iter().zip(&numbers).map(|(action, number)| {
                let Some(answer) = answered.get(number) else {
                    return Judged::Final(Err(missing(action, request_id.clone())));
                };
                let context = Context {
                    purpose: Purpose::Retire,
                    token: &facts,
                    audience: endpoint.cloud().map(crate::Cloud::root),
                    user: action.user,
                    now: clock.wall(),
                };
                match judge_answer(answer, &context) {
                    Judgement::Success(answer) => {
                        let mut receipt = Receipt::of(answer, action.user, action.client_request_id);
                        receipt.endpoint = endpoint.unknown_root();
                        receipt.request_id = receipt.request_id.or_else(|| request_id.clone());
                        receipt.date = receipt.date.or_else(|| date.clone());
                        Judged::Final(Ok(receipt))
                    }
                    Judgement::Refused { error, retry } => match retry {
                        Retry::Later => Judged::Again(error.effect),
                        Retry::Never if error.status == Status::Unauthenticated => {
                            Judged::Again(error.effect)
                        }
                        Retry::Never => Judged::Final(Err(error)),
                    },
                }
            });
            Ok(judged.collect::<Vec<_>>())
        })?;
        slow_down(call, Purpose::RetireBatch, &answered);
        let (attempts, elapsed) = (progress.attempts(), call.elapsed(progress));
        Ok(found
            .into_iter()
            .map(|part| match part {
                Judged::Final(Ok(mut receipt)) => {
                    (receipt.attempts, receipt.elapsed) = (attempts, elapsed);
                    Judged::Final(Ok(receipt))
                }
                Judged::Final(Err(mut error)) => {
                    error.attempts = attempts;
                    error.effect = error.effect.or(progress.effect());
                    Judged::Final(Err(error))
                }
                again @ Judged::Again(_) => again,
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
