//! Status line, headers and body of an answer -> what it means: status, effect, whether to try again, what to tell.

use std::time::{Duration, SystemTime};

use crate::body::{self, ErrorBody};
use crate::challenge;
use crate::error::{Error, is_about_the_route};
use crate::explain::{self, Context};
use crate::purpose::Purpose;
use crate::retry::Retry;
use crate::retry_after;
use crate::status::{Effect, Status};
use crate::transport::{Answer, Sent};
use crate::user_id::is_guid;

/// The header that carries the code of a queued request, and the one that asks for it
/// (<https://learn.microsoft.com/intune/intune-service/fundamentals/multi-admin-approval>).
pub(crate) const APPROVAL_CODE: &str = "x-msft-approval-code";
pub(crate) const APPROVAL_JUSTIFICATION: &str = "x-msft-approval-justification";

/// What one attempt came to.
#[derive(Debug)]
pub(crate) enum Judgement<'a> {
    /// What the request was for: of the action HTTP 204, and nothing else.
    Success(&'a Answer),
    /// Anything else.
    Refused { error: Error, retry: Retry },
}

/// Judges one attempt. Attempts and the effect of earlier ones are the caller's to add.
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
    };
    let mut message = context.purpose.message(status);
    if let Some(why) = why {
        message = format!("{message}: {why}");
    }
    let mut error = Error::new(status, message);
    error.effect = only_of_writes(effect, context);
    Judgement::Refused { error, retry }
}

/// A read changes nothing, whatever becomes of its answer.
fn only_of_writes(effect: Effect, context: &Context<'_>) -> Effect {
    if context.purpose.writes() {
        effect
    } else {
        Effect::None
    }
}

/// Judges an answer, which may have come alone or inside a batch.
pub(crate) fn judge_answer<'a>(answer: &'a Answer, context: &Context<'_>) -> Judgement<'a> {
    if context.purpose.is_success(answer.status) {
        return Judgement::Success(answer);
    }
    let request_id = answer.header("request-id").map(str::to_owned);
    let client_request_id = answer.header("client-request-id").map(str::to_owned);
    let body = body::parse(&answer.body);
    let claims = challenge::claims(&answer.headers);
    let approval_code = approval_code(answer, &body);
    let from_graph = body.from_graph || request_id.is_some();
    let status = if from_graph {
        graph_status(
            answer,
            &body,
            context.purpose,
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
        challenged: claims.is_some(),
        approval_code: approval_code.as_deref(),
        context,
    });
    let mut error = Error::new(status, message);
    error.http_status = Some(answer.status);
    error.effect = effect;
    error.retry_after = retry_after(answer, &body, context.now);
    error.request_id = request_id.or(body.request_id);
    error.client_request_id = client_request_id.or(body.client_request_id);
    error.activity_id = body.activity_id;
    error.code = body.code;
    error.inner_code = body.inner_code;
    error.service_message = body.message;
    error.approval_code = approval_code;
    error.claims = claims;
    Judgement::Refused { error, retry }
}

/// The status of an answer in Graph's own form. Codes first; Intune's approval and licence cases differ by message only.
fn graph_status(
    answer: &Answer,
    body: &ErrorBody,
    purpose: Purpose,
    challenged: bool,
    queued: bool,
) -> Status {
    let says = |part: &str| {
        body.message
            .as_deref()
            .is_some_and(|text| text.to_ascii_lowercase().contains(part))
    };
    let code_is = |wanted: &str| {
        [&body.code, &body.inner_code]
            .into_iter()
            .flatten()
            .any(|code| code.eq_ignore_ascii_case(wanted))
    };
    match answer.status {
        400..=499 if queued || code_is("ApprovalRequired") => Status::ApprovalPending,
        400..=499 if says(APPROVAL_JUSTIFICATION) && says("required") => Status::JustificationRequired,
        401 if code_is("Forbidden") && !challenged => Status::PermissionDenied,
        401 => Status::Unauthenticated,
        // Of the code that was sent along, which goes with one user.
        403 if says("approval request") && purpose.writes() => Status::Rejected,
        403 => Status::PermissionDenied,
        400 if says("not applicable to target tenant") => Status::NotLicensed,
        404 if body.message.as_deref().is_some_and(is_about_the_route) => Status::Rejected,
        404 => Status::UserNotFound,
        429 => Status::Throttled,
        400..=499 => Status::Rejected,
        500..=599 => Status::ServiceUnavailable,
        _ => Status::UnexpectedResponse,
    }
}

/// The status of an answer that something else gave: its refusals are not Graph's.
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
    let header = answer
        .header("retry-after")
        .and_then(|text| retry_after::parse(text, now));
    header.or_else(|| {
        body.retry_after
            .as_deref()
            .and_then(|text| retry_after::parse(text, now))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::purpose::Purpose;
    use crate::token::TokenFacts;

    fn judged(purpose: Purpose, status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<Error> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                map.insert(*name, value);
            }
        }
        let answer = Answer {
            status,
            headers: map,
            body: body.to_owned(),
        };
        let context = Context {
            purpose,
            token: &TokenFacts::default(),
            audience: None,
            user: "adele@contoso.com",
            now: SystemTime::UNIX_EPOCH,
        };
        match judge(&Sent::Answer(answer), &context) {
            Judgement::Success(_) => None,
            Judgement::Refused { error, .. } => Some(error),
        }
    }

    fn status_and_effect(status: u16, headers: &[(&'static str, &str)], body: &str) -> (Status, Effect) {
        judged(Purpose::Retire, status, headers, body)
            .map_or((Status::Ok, Effect::None), |error| (error.status, error.effect))
    }

    #[test]
    fn graphs_own_no_and_somebody_elses() {
        let graph = [("request-id", "20000000-0000-4000-8000-000000000001")];
        for (http_status, own, foreign) in [
            (
                200,
                (Status::UnexpectedResponse, Effect::Possible),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                202,
                (Status::UnexpectedResponse, Effect::Possible),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                302,
                (Status::UnexpectedResponse, Effect::Possible),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                400,
                (Status::Rejected, Effect::None),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                401,
                (Status::Unauthenticated, Effect::None),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                403,
                (Status::PermissionDenied, Effect::None),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                404,
                (Status::UserNotFound, Effect::None),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                408,
                (Status::Rejected, Effect::Possible),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                409,
                (Status::Rejected, Effect::Possible),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                412,
                (Status::Rejected, Effect::None),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                424,
                (Status::Rejected, Effect::Possible),
                (Status::UnexpectedResponse, Effect::Possible),
            ),
            (
                429,
                (Status::Throttled, Effect::None),
                (Status::Throttled, Effect::None),
            ),
            (
                500,
                (Status::ServiceUnavailable, Effect::Possible),
                (Status::ServiceUnavailable, Effect::Possible),
            ),
            (
                502,
                (Status::ServiceUnavailable, Effect::Possible),
                (Status::ServiceUnavailable, Effect::Possible),
            ),
            (
                503,
                (Status::ServiceUnavailable, Effect::None),
                (Status::ServiceUnavailable, Effect::Possible),
            ),
            (
                504,
                (Status::ServiceUnavailable, Effect::Possible),
                (Status::ServiceUnavailable, Effect::Possible),
            ),
        ] {
            assert_eq!(
                status_and_effect(http_status, &graph, ""),
                own,
                "own {http_status}"
            );
            assert_eq!(
                status_and_effect(http_status, &[], "<html>blocked</html>"),
                foreign,
                "foreign {http_status}"
            );
        }
        assert_eq!(status_and_effect(204, &[], ""), (Status::Ok, Effect::None));
    }

    proptest! {
        #[test]
        fn nothing_but_204_claims_success(http_status in 200_u16..600, body in "\\PC{0,100}", request_id in "[a-z0-9-]{0,36}") {
            let accepted = judged(Purpose::Retire, http_status, &[("request-id", &request_id)], &body).is_none();
            prop_assert_eq!(accepted, http_status == 204);
        }

        #[test]
        fn what_is_only_read_leaves_no_doubt(http_status in 200_u16..600, body in "\\PC{0,100}", request_id in "[a-z0-9-]{0,36}") {
            if let Some(error) = judged(Purpose::ReadDevices, http_status, &[("request-id", &request_id)], &body) {
                prop_assert_eq!(error.effect, Effect::None);
                prop_assert!(!error.message.contains("before sending again"));
            }
        }
    }
}
