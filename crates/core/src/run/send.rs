//! Sending users that are ready: alone, or several in one batch.

use std::time::Duration;

use super::board::Ready;
use super::engine::{Engine, guarded};
use super::event::Row;
use crate::action::Action;
use crate::answer::{Judgement, judge_answer};
use crate::batch::{self, Part};
use crate::call::{Call, Progress, Request, client_request_id};
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::journal::SentRecord;
use crate::purpose::Purpose;
use crate::receipt::Receipt;
use crate::retry::Retry;
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
        if let [one] = ready.as_slice() {
            let id = client_request_id(self.options.call.client_request_id.as_deref());
            let result = guarded(|| self.with_call(|call| self.send_one(call, one, &id, None)));
            self.sent(ready, vec![result]);
        } else {
            let results = self.with_call(|call| self.send_batch(call, &ready));
            self.sent(ready, results);
        }
    }

    fn sent(&self, ready: Vec<Ready>, results: Vec<Result<Receipt>>) {
        for (ready, result) in ready.into_iter().zip(results) {
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
    }

    /// One user, from the first attempt or from where a batch left off.
    fn send_one(
        &self,
        call: &mut Call<'_>,
        ready: &Ready,
        id: &str,
        progress: Option<Progress>,
    ) -> Result<Receipt> {
        let action = self.action(ready, id);
        let write_ahead = || self.write_ahead(&[(ready, id)]);
        let mut progress = progress.unwrap_or_else(|| Progress::new(call.clock));
        action.perform(call, &mut progress, Some(&write_ahead))
    }

    fn action<'a>(&'a self, ready: &'a Ready, id: &'a str) -> Action<'a> {
        let mut action = Action::new(&ready.user, &ready.target, &self.options.call, id, ready.since);
        action.approval_code = ready.approval_code.as_deref().or(action.approval_code);
        action.in_doubt = ready.in_doubt;
        action
    }

    /// Writes down what is about to leave.
    fn write_ahead(&self, users: &[(&Ready, &str)]) -> Result<()> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let records: Vec<_> = users
            .iter()
            .map(|(ready, id)| SentRecord {
                user: ready.user.clone(),
                id: ready.id.clone(),
                client_request_id: Some((*id).to_owned()),
                approval_code: ready.approval_code.clone(),
            })
            .collect();
        journal.sent(&records)
    }

    /// Several users in one request. Each answer inside is judged alone, and who must be sent again is sent alone.
    fn send_batch(&self, call: &mut Call<'_>, ready: &[Ready]) -> Vec<Result<Receipt>> {
        let ids: Vec<String> = ready.iter().map(|_| client_request_id(None)).collect();
        let began = call.clock.monotonic();
        let parts = guarded(|| self.batch_answers(call, ready, &ids));
        let parts = match parts {
            Ok(parts) => parts,
            Err(error) => return ready.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut results = Vec::new();
        for ((ready, id), part) in ready.iter().zip(&ids).zip(parts) {
            results.push(match part {
                Judged::Final(result) => result,
                Judged::Again(effect) => {
                    let progress = Progress::after_batch(began, effect);
                    guarded(|| self.send_one(call, ready, id, Some(progress)))
                }
            });
        }
        results
    }

    fn batch_answers(&self, call: &mut Call<'_>, ready: &[Ready], ids: &[String]) -> Result<Vec<Judged>> {
        let actions: Vec<Action<'_>> = ready
            .iter()
            .zip(ids)
            .map(|(ready, id)| {
                let mut action = Action::new(&ready.user, &ready.target, &self.options.call, id, ready.since);
                action.approval_code = ready.approval_code.as_deref();
                action
            })
            .collect();
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
        let users: Vec<_> = ready.iter().zip(ids.iter().map(String::as_str)).collect();
        let write_ahead = || self.write_ahead(&users);
        let id = client_request_id(None);
        let request = Request {
            purpose: Purpose::RetireBatch,
            subject: "a batch of users",
            method: Method::Post,
            target: "/v1.0/$batch",
            headers: &[],
            body: Some(&body),
            weight: ready.len(),
            client_request_id: &id,
            write_ahead: Some(&write_ahead),
        };
        let mut progress = Progress::new(call.clock);
        let (clock, gate, endpoint) = (call.clock, call.gate, call.transport.endpoint().clone());
        let found = call.perform(&request, &mut progress, |answer, token| {
            let mut answers = batch::decode(&answer.body, &keys, token)?;
            let facts = token.facts();
            // A part often has no id or date of its own; those of the batch lead to it.
            let whole = |name: &str| answer.header(name).map(str::to_owned);
            let (request_id, date) = (whole("request-id"), whole("date"));
            let judged = actions.iter().zip(&numbers).map(|(action, number)| {
                let Some(answer) = answers.remove(number) else {
                    return Judged::Final(Err(missing(action, request_id.clone())));
                };
                let context = Context {
                    purpose: Purpose::Retire,
                    token: &facts,
                    audience: endpoint.cloud().map(crate::Cloud::root),
                    user: action.user,
                    now: clock.wall(),
                };
                match judge_answer(&answer, &context) {
                    Judgement::Success(answer) => {
                        let mut receipt = Receipt::of(answer, action.user, action.client_request_id);
                        receipt.endpoint = endpoint.unknown_root();
                        receipt.request_id = receipt.request_id.or_else(|| request_id.clone());
                        receipt.date = receipt.date.or_else(|| date.clone());
                        Judged::Final(Ok(receipt))
                    }
                    Judgement::Refused { error, retry } => {
                        if error.status == Status::Throttled {
                            let wait = error.retry_after.unwrap_or(Duration::from_secs(1));
                            gate.throttled(Purpose::Retire, wait);
                        }
                        match retry {
                            Retry::Later => Judged::Again(error.effect),
                            Retry::Never if error.status == Status::Unauthenticated => {
                                Judged::Again(error.effect)
                            }
                            Retry::Never => Judged::Final(Err(error)),
                        }
                    }
                }
            });
            Ok(judged.collect::<Vec<_>>())
        })?;
        let (attempts, elapsed) = (progress.attempts(), call.elapsed(&progress));
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
                Judged::Again(effect) => Judged::Again(effect.or(progress.effect())),
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
