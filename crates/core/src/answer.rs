//! Judges an answer by status line, headers and body: its status, its effect, whether to try again, and its message.

use std::time::{Duration, SystemTime};

use crate::absence;
use crate::body::{self, ErrorBody};
use crate::challenge;
use crate::error::Error;
use crate::error_scope::is_about_the_route;
use crate::explain::{self, Context};
use crate::request_kind::RequestKind;
use crate::retry::Retry;
use crate::status::{Effect, Status};
use crate::text::quoted;
use crate::transport::{Answer, Sent};
use crate::user_id::is_guid;

/// The header that carries the code of a queued request, and the one that requests approval
/// (<https://learn.microsoft.com/intune/intune-service/fundamentals/multi-admin-approval>).
pub(crate) const APPROVAL_CODE: &str = "x-msft-approval-code";
pub(crate) const APPROVAL_JUSTIFICATION: &str = "x-msft-approval-justification";

/// The result of one attempt.
#[derive(Debug)]
pub(crate) enum Judgement<'a> {
    /// The request succeeded. For the action that is HTTP 204 alone.
    Success(&'a Answer),
    /// Anything else.
    Refused { error: Error, retry: Retry },
}

/// Judges one attempt. The caller adds the number of attempts and the effect of earlier ones.
pub(crate) fn judge<'a>(sent: &'a Sent, context: &Context<'_>) -> Judgement<'a> {
    let (status, effect, retry, why) = match sent {
        Sent::Answer(answer) => return judge_answer(answer, context),
        Sent::Never { why, permanent } => {
            let retry = if *permanent { Retry::Never } else { Retry::Later };
            (Status::ConnectionFailed, Effect::None, retry, Some(why))
        }
        Sent::TimedOut => (Status::Timeout, Effect::Possible, Retry::Later, None),
        Sent::Lost { why } => (Status::Interrupted, Effect::Possible, Retry::Later, Some(why)),
        Sent::Garbled { why } => (
            Status::UnexpectedResponse,
            Effect::Possible,
            Retry::Never,
            Some(why),
        ),
        Sent::Interrupted => (Status::Cancelled, Effect::Possible, Retry::Never, None),
    };
    let mut message = explain::general(context.kind, status);
    if let Some(why) = why {
        message = format!("{message}: {why}");
    }
    let mut error = Error::new(status, message);
    error.effect = only_of_writes(effect, context);
    Judgement::Refused { error, retry }
}

/// A read has no effect, with or without an answer.
fn only_of_writes(effect: Effect, context: &Context<'_>) -> Effect {
    if context.kind.writes() {
        effect
    } else {
        Effect::None
    }
}

/// Judges an answer, which may have come alone or inside a batch.
pub(crate) fn judge_answer<'a>(answer: &'a Answer, context: &Context<'_>) -> Judgement<'a> {
    let is_success = context.kind.is_success(answer.status);
    let body = if is_success {
        ErrorBody::default()
    } else {
        body::parse(&answer.body)
    };
    if let Some(error) = of_another_request(answer, &body, context) {
        return Judgement::Refused {
            error: error.shown_by(answer),
            retry: Retry::Never,
        };
    }
    if is_success {
        return Judgement::Success(answer);
    }
    let claims = challenge::claims(&answer.headers);
    let approval_code = approval_code(answer, &body);
    let from_graph = is_from_graph(answer, &body);
    let status = if from_graph {
        graph_status(
            answer,
            &body,
            context.kind,
            claims.is_some(),
            approval_code.is_some(),
        )
    } else {
        foreign_status(answer.status)
    };
    let effect = only_of_writes(effect(status, answer.status, from_graph), context);
    let retry = match answer.status {
        429 | 500 | 502 | 503 | 504 => Retry::Later,
        _ => Retry::Never,
    };
    let message = explain::message(&explain::Case {
        status,
        http_status: answer.status,
        from_graph,
        body: &body,
        location: answer.header("location"),
        challenged: claims.is_some(),
        approval_code: approval_code.as_deref(),
        context,
    });
    let mut error = Error::new(status, message);
    error.http_status = Some(answer.status);
    error.effect = effect;
    error.retry_after = retry_after(answer, &body, context.now);
    error.request_id = answer
        .request_id()
        .or_else(|| body.request_id.clone().filter(|id| is_guid(id)));
    error.client_request_id = ours(answer, context).next().map(str::to_owned);
    body.copy_to(&mut error);
    error.approval_code = approval_code;
    error.claims = claims;
    Judgement::Refused {
        error: error.shown_by(answer),
        retry,
    }
}

/// Whether an answer is Graph's own: an error as Graph or Intune writes it, together with a request id that is a GUID.
/// Either alone proves nothing: gateways write JSON, and older .NET calls its own correlation id `Request-Id`, too.
fn is_from_graph(answer: &Answer, body: &ErrorBody) -> bool {
    let of_batch = answer.batch.as_ref().and_then(|batch| batch.request_id.as_ref());
    let has_id = answer.request_id().is_some() || of_batch.is_some();
    let id_inside = body.request_id.as_deref().is_some_and(is_guid);
    (body.from_graph && (has_id || id_inside)) || (body.from_sign_in && has_id)
}

/// The ids that an answer may have as `client-request-id`: the id of the request, and the id of its batch.
fn ours<'a>(answer: &'a Answer, context: &'a Context<'_>) -> impl Iterator<Item = &'a str> {
    let of_batch = answer
        .batch
        .as_ref()
        .map(|batch| batch.client_request_id.as_str());
    context.client_request_id.into_iter().chain(of_batch)
}

/// The error of an answer that belongs to another request: the service returns the `client-request-id` of the request. Then
/// the outcome of this request is unknown, and the answer does not count.
fn of_another_request(answer: &Answer, body: &ErrorBody, context: &Context<'_>) -> Option<Error> {
    let returned = answer
        .header("client-request-id")
        .or(body.client_request_id.as_deref())?;
    let sent: Vec<_> = ours(answer, context).collect();
    if sent.is_empty() || sent.iter().any(|id| id.eq_ignore_ascii_case(returned)) {
        return None;
    }
    let next = if context.kind.writes() {
        "look at the user's devices before sending again"
    } else {
        "read again"
    };
    let mut error = Error::new(
        Status::UnexpectedResponse,
        format!(
            "the answer belongs to another request: it is for client-request-id {}, and {} was sent; {next}, and look for a proxy that mixes answers up",
            quoted(returned),
            sent[0]
        ),
    );
    error.http_status = Some(answer.status);
    error.effect = only_of_writes(Effect::Possible, context);
    error.request_id = answer.request_id();
    error.client_request_id = Some(sent[0].to_owned());
    Some(error)
}

/// The status of an answer in Graph's own form. Codes first; Intune's approval and licence cases differ by message only.
fn graph_status(
    answer: &Answer,
    body: &ErrorBody,
    kind: RequestKind,
    challenged: bool,
    queued: bool,
) -> Status {
    match answer.status {
        400..=499 if queued || body.code_is("ApprovalRequired") => Status::ApprovalPending,
        400..=499 if body.says(APPROVAL_JUSTIFICATION) && body.says("required") => {
            Status::JustificationRequired
        }
        401 if body.code_is("Forbidden") && !challenged => Status::PermissionDenied,
        401 => Status::Unauthenticated,
        // As after a 401, a new token that meets the claims helps.
        403 if challenged => Status::Unauthenticated,
        // The refusal is about the code that was sent, which belongs to one user.
        403 if body.says("approval request") && kind.writes() => Status::Rejected,
        403 => Status::PermissionDenied,
        400 if body.says("not applicable to target tenant") => Status::NotLicensed,
        404 if body.message.as_deref().is_some_and(is_about_the_route) => Status::Rejected,
        // A device that is gone is final, so only the service's own words count as proof.
        404 if kind == RequestKind::ReadDevice && !absence::is_shown(body) => Status::Rejected,
        404 => Status::UserNotFound,
        429 => Status::Throttled,
        400..=499 => Status::Rejected,
        500..=599 => Status::ServiceUnavailable,
        _ => Status::UnexpectedResponse,
    }
}

/// The status of an answer that did not come from Graph.
fn foreign_status(http_status: u16) -> Status {
    match http_status {
        429 => Status::Throttled,
        500..=599 => Status::ServiceUnavailable,
        _ => Status::UnexpectedResponse,
    }
}

fn effect(status: Status, http_status: u16, from_graph: bool) -> Effect {
    match (status, http_status) {
        (Status::ServiceUnavailable, 503) if from_graph => Effect::None,
        (Status::ServiceUnavailable | Status::UnexpectedResponse, _)
        | (Status::Rejected, 408 | 409 | 424) => Effect::Possible,
        _ => Effect::None,
    }
}

/// The code of a queued request: the header, or the GUID in the message.
fn approval_code(answer: &Answer, body: &ErrorBody) -> Option<String> {
    if !(400..500).contains(&answer.status) {
        return None;
    }
    let from_message = || {
        let (_, rest) = body.message.as_deref()?.split_once("x-msft-approval-code: ")?;
        rest.get(..36)
    };
    answer
        .header(APPROVAL_CODE)
        .or_else(from_message)
        .filter(|code| is_guid(code))
        .map(str::to_owned)
}

fn retry_after(answer: &Answer, body: &ErrorBody, now: SystemTime) -> Option<Duration> {
    [answer.header("retry-after"), body.retry_after.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|written| answer.retry_after(written, now))
}

#[cfg(test)]
mod tests;
