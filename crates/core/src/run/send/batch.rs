//! Several users in one request.

use std::collections::BTreeMap;

use super::{Again, BatchSent, Pending, Sending, Sent, Stale, action, precautions, result_of};
use crate::action::Action;
use crate::answer::{Judgement, judge_answer};
use crate::attempts::Attempts;
use crate::batch::{self, Part};
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::receipt::Receipt;
use crate::request_kind::RequestKind;
use crate::retry::Retry;
use crate::run::context::RunContext;
use crate::run::thread::guarded;
use crate::session::{Request, SendError, Session, Success, client_request_id};
use crate::status::{Effect, Status};
use crate::transport::Answer;

/// What the answer to a batch says of one user.
enum PartOutcome {
    Final(Result<Receipt>),
    /// To be sent again alone.
    Again(Error, Retry),
}

/// Sends several users in one request.
pub(in crate::run) fn together(
    context: &RunContext,
    session: &mut Session<'_>,
    mut users: Vec<Sending>,
) -> BatchSent {
    let mut attempts = Attempts::new(session.clock);
    let parts = guarded(|| send_batch(context, session, &users, &mut attempts));
    for sending in &mut users {
        sending.attempts = attempts.clone();
    }
    match parts {
        Ok(parts) => sort(context, users, parts),
        Err(SendError::Stale(error)) => BatchSent {
            sent: vec![Sent::Stale(Stale {
                users: users.into_iter().map(|sending| sending.ready).collect(),
                attempts,
                error,
            })],
            ..BatchSent::default()
        },
        // One user is refused before anything leaves, such as the person of a new token. The others are not.
        Err(SendError::Failed(error))
            if error.status == Status::InvalidArgument && error.effect == Effect::None =>
        {
            let alone = |sending| Again {
                sending,
                refused: None,
            };
            BatchSent {
                again: users.into_iter().map(alone).collect(),
                ..BatchSent::default()
            }
        }
        Err(SendError::Failed(error)) => {
            let failed = |(at, sending): (usize, Sending)| {
                let mut error = error.clone();
                let was_sent = error.client_request_id.is_some();
                error.client_request_id = was_sent.then_some(sending.client_request_id);
                Sent::Result(result_of(context, sending.ready, Err(error), at == 0))
            };
            BatchSent {
                sent: users.into_iter().enumerate().map(failed).collect(),
                ..BatchSent::default()
            }
        }
    }
}

/// Sends the request of a batch and judges each of its answers.
fn send_batch(
    context: &RunContext,
    session: &mut Session<'_>,
    users: &[Sending],
    attempts: &mut Attempts,
) -> std::result::Result<Vec<PartOutcome>, SendError> {
    let actions: Vec<_> = users
        .iter()
        .map(|sending| action(context, &sending.ready, &sending.client_request_id))
        .collect();
    let numbers: Vec<String> = (0..actions.len()).map(|at| at.to_string()).collect();
    let keys: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let parts: Vec<_> = actions.iter().zip(&keys).map(part).collect();
    let body = batch::encode(&parts);
    let acts_on: Vec<_> = actions
        .iter()
        .flat_map(|action| [action.user, action.target.as_str()])
        .collect();
    let ready: Vec<_> = users.iter().map(|sending| &sending.ready).collect();
    let precautions = precautions(context, &ready, &actions.iter().collect::<Vec<_>>());
    let id = client_request_id(None);
    let request = Request {
        kind: RequestKind::RetireBatch,
        subject: "a batch of users",
        outgoing: batch::outgoing(&body, &id),
        weight: users.len(),
        acts_on: &acts_on,
        precautions: Some(&precautions),
    };
    let mut answers = BTreeMap::new();
    let outcomes = session.send_with_retry(&request, attempts, |success| {
        answers = batch::decode(success.answer, &keys, &id)?;
        let outcome = |(action, key): (&Action<'_>, &&str)| part_outcome(action, answers.get(*key), success);
        Ok(actions.iter().zip(&keys).map(outcome).collect())
    })?;
    session.slow_down(RequestKind::RetireBatch, &answers);
    Ok(outcomes)
}

fn part<'a>((action, key): (&'a Action<'_>, &&str)) -> Part<'a> {
    let mut headers = action.headers();
    headers.push(("client-request-id", action.client_request_id));
    Part {
        id: (*key).to_owned(),
        method: "POST",
        url: action.path(),
        headers,
        body: None,
    }
}

fn part_outcome(action: &Action<'_>, answer: Option<&Answer>, success: &Success<'_>) -> PartOutcome {
    let context = Context {
        kind: RequestKind::Retire,
        token: success.token,
        audience: success.endpoint.cloud().map(crate::Cloud::root),
        user: action.user,
        client_request_id: Some(action.client_request_id),
        now: success.now,
    };
    let id = action.client_request_id;
    match answer.map(|answer| judge_answer(answer, &context)) {
        Some(Judgement::Success(answer)) => {
            PartOutcome::Final(Ok(Receipt::new(answer, success, action.user, id)))
        }
        Some(Judgement::Refused { error, retry })
            if retry == Retry::Later || error.status == Status::Unauthenticated =>
        {
            PartOutcome::Again(error, retry)
        }
        Some(Judgement::Refused { error, .. }) => {
            PartOutcome::Final(Err(success.attempts.complete(error, id)))
        }
        None => PartOutcome::Final(Err(success.attempts.complete(missing(success), id))),
    }
}

/// The error of a user that the answer to a batch does not mention.
fn missing(success: &Success<'_>) -> Error {
    let mut error = Error::new(
        Status::UnexpectedResponse,
        "the answer to a batch does not hold this user, so the devices may or may not be retired; look at them before sending again",
    );
    error.effect = Effect::Possible;
    error.request_id = success.answer.request_id();
    error
}

/// Sorts the users of a batch by what comes next for each.
fn sort(context: &RunContext, users: Vec<Sending>, parts: Vec<PartOutcome>) -> BatchSent {
    let mut sorted = BatchSent::default();
    let mut lacks_some = false;
    for (sending, part) in users.into_iter().zip(parts) {
        match part {
            PartOutcome::Again(error, retry) => sorted.again.push(Again {
                sending,
                refused: Some((error, retry)),
            }),
            PartOutcome::Final(Err(error)) if is_pending_already(context, &sending, &error) => {
                sorted.pending.push(Pending {
                    ready: sending.ready,
                    client_request_id: sending.client_request_id,
                    error,
                });
            }
            PartOutcome::Final(result) => {
                // Of the users that the answer does not mention the first counts for all.
                let is_missing = result.as_ref().is_err_and(|error| error.http_status.is_none());
                let is_counted = is_missing && std::mem::replace(&mut lacks_some, true);
                sorted.sent.push(Sent::Result(result_of(
                    context,
                    sending.ready,
                    result,
                    !is_counted,
                )));
            }
        }
    }
    sorted
}

fn is_pending_already(context: &RunContext, sending: &Sending, error: &Error) -> bool {
    action(context, &sending.ready, &sending.client_request_id).is_pending_already(error)
}
