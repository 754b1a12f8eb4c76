//! Named answers in forms that have been observed, for faults.

use serde_json::json;

use crate::bodies::{self, graph_error, http_sys_page, intune_message};
use crate::reply::{Call, JSON, Reply};

/// The names a fault's `fixture` can have.
pub(crate) const NAMES: &[&str] = &[
    "approval_412",
    "batch_html",
    "batch_wrong_ids",
    "code_with_blanks",
    "empty",
    "graph_empty_message",
    "graph_no_inner_error",
    "graph_no_client_request_id",
    "graph_throttled",
    "html_411",
    "html_503",
    "html_proxy_403",
    "intune_double_nested",
    "intune_nested_400",
    "intune_nested_429",
    "intune_nested_500",
    "intune_plain_text",
    "legacy_odata_error",
    "numeric_code",
    "oauth_error",
    "plain_cdn",
    "snake_case_code",
    "truncated_json",
    "two_concatenated_json",
    "xml_odata_error",
];

/// The fixture called `name`, one of [`NAMES`].
pub(crate) fn named(name: &str, call: &Call) -> Reply {
    foreign(name).unwrap_or_else(|| {
        let reply = intune(name, call).or_else(|| graph(name, call));
        reply.unwrap_or_else(|| Reply::empty(500)).said_by_graph(call)
    })
}

/// Answers of something that is not Graph: no request id.
fn foreign(name: &str) -> Option<Reply> {
    const HTML: &str = "text/html; charset=us-ascii";
    Some(match name {
        "empty" => Reply::empty(502),
        "html_411" => length_required(),
        "html_503" => Reply::text(
            503,
            HTML,
            http_sys_page(
                "Service Unavailable",
                "HTTP Error 503. The service is unavailable.",
            ),
        ),
        "html_proxy_403" => Reply::text(
            403,
            "text/html",
            "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>\
             <p>The proxy policy of your organization blocks this page.</p></body></html>",
        ),
        "oauth_error" => Reply::json(
            401,
            &json!({
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.\r\n\
                    Trace ID: e1000000-0000-4000-8000-000000000001\r\n\
                    Correlation ID: e2000000-0000-4000-8000-000000000001\r\nTimestamp: 2024-01-02 03:04:05Z",
                "error_codes": [7_000_215],
                "timestamp": "2024-01-02 03:04:05Z",
                "trace_id": "e1000000-0000-4000-8000-000000000001",
                "correlation_id": "e2000000-0000-4000-8000-000000000001",
                "error_uri": "https://login.microsoftonline.com/error?code=7000215",
            }),
        ),
        "plain_cdn" => Reply::text(
            504,
            "text/plain",
            "An error occurred while processing your request.\n\
             Reference #00.00000000.0000000000.00000000\n\n\
             https://errors.edgesuite.net/00.00000000.0000000000.00000000",
        ),
        _ => return None,
    })
}

/// Answers of Intune, handed on by Graph.
fn intune(name: &str, call: &Call) -> Option<Reply> {
    let error = |status, code, message| Reply::intune_error(status, call, code, message);
    let json = |status, body: String| Reply::text(status, JSON, body);
    Some(match name {
        "intune_double_nested" => json(401, bodies::intune_double_nested(call)),
        "intune_nested_400" => error(400, "BadRequest", "An error has occurred"),
        "intune_nested_429" => error(429, "TooManyRequests", "An error has occurred"),
        "intune_nested_500" => error(
            500,
            "InternalServerError",
            "An internal server error has occurred",
        ),
        "intune_plain_text" => Reply::json(
            400,
            &json!({"Message": format!(
                "An error has occurred - Operation ID (for customer support): \
                 00000000-0000-0000-0000-000000000000 - Activity ID: {} - Url: \
                 https://fef.emulator00.manage.microsoft.com/ - CustomApiErrorPhrase: ",
                call.client_request_id(),
            )}),
        ),
        "truncated_json" => {
            let message = intune_message(call, "An error has occurred", "{}");
            let whole = graph_error(call, "InternalServerError", &message);
            json(500, whole[..whole.len() / 2].to_owned())
        }
        "xml_odata_error" => Reply::text(
            400,
            "application/xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><ODataError><ErrorCode>BadRequest</ErrorCode>\
                 <Message>{}</Message></ODataError>",
                intune_message(call, "An error has occurred", "{}")
                    .replace('&', "&amp;")
                    .replace('<', "&lt;"),
            ),
        ),
        _ => return None,
    })
}

/// Graph's own answers.
fn graph(name: &str, call: &Call) -> Option<Reply> {
    let error = |status, code, message| Reply::error(status, call, code, message);
    let json = |status, body: String| Reply::text(status, JSON, body);
    Some(match name {
        "approval_412" => error(
            412,
            "BadRequest",
            &format!("Approval Required. x-msft-approval-code: {FIXTURE_APPROVAL_CODE}"),
        )
        .with("x-msft-approval-code", FIXTURE_APPROVAL_CODE),
        "batch_html" => json(
            200,
            format!(
                "{{\"responses\":[{{\"id\":\"1\",\"status\":204,\"headers\":{{}}}},{{\"id\":\"2\",\"status\":503,\
                 \"headers\":{{\"Content-Type\":\"text/html; charset=us-ascii\"}},\"body\":{}}}]}}",
                http_sys_page(
                    "Service Unavailable",
                    "HTTP Error 503. The service is unavailable."
                ),
            ),
        ),
        "batch_wrong_ids" => Reply::json(
            200,
            &json!({"responses": [{"id": "not-asked-for", "status": 204, "headers": {}}]}),
        ),
        "code_with_blanks" => error(400, "No method match route template", NO_ROUTE),
        "graph_empty_message" => error(504, "UnknownError", ""),
        "graph_no_inner_error" => Reply::json(
            503,
            &json!({"error": {
                "code": "MailboxInfoStale",
                "message": "Target resource is currently on backend 'Unknown'",
            }}),
        ),
        "graph_no_client_request_id" => Reply::json(
            503,
            &json!({"error": {
                "code": "serviceNotAvailable",
                "message": "Service unavailable",
                "innerError": {"request-id": call.request_id, "date": "2020-01-02T03:04:05"},
            }}),
        ),
        "graph_throttled" => error(429, "TooManyRequests", "Too many requests."),
        "legacy_odata_error" => Reply::json(
            403,
            &json!({"odata.error": {
                "code": "Authorization_RequestDenied",
                "message": {"lang": "en", "value": "Insufficient privileges to complete the operation."},
            }}),
        ),
        "numeric_code" => error(
            401,
            "40001",
            "The request does not contain a valid authentication token.",
        ),
        "snake_case_code" => error(
            403,
            "authorization_error",
            "Failed to authorize, token doesn't have the required permissions.",
        ),
        "two_concatenated_json" => {
            let tail = graph_error(
                call,
                "UnknownError",
                "An error occurred while the answer was being written.",
            );
            json(200, format!("{{\"value\":[{{\"id\":\"1\"}}]}}{tail}"))
        }
        _ => return None,
    })
}

pub(crate) const NO_ROUTE: &str = "No OData route exists that match template \
    ~/singleton/navigation/key/navigation/key with http verb GET.";
const FIXTURE_APPROVAL_CODE: &str = "a0000000-0000-4000-8000-0000000000ff";

/// What http.sys answers to a write that names no length.
pub(crate) fn length_required() -> Reply {
    Reply::text(
        411,
        "text/html; charset=us-ascii",
        http_sys_page(
            "Length Required",
            "HTTP Error 411. The request must be chunked or have a content length.",
        ),
    )
}

/// What Graph says with a status of which no more is known.
pub(crate) fn of_status(call: &Call, status: u16) -> Reply {
    match status {
        ..=399 => Reply::empty(status),
        401 => Reply::error(
            status,
            call,
            "InvalidAuthenticationToken",
            "Access token validation failure.",
        ),
        403 => Reply::intune_error(status, call, "Forbidden", "An error has occurred"),
        404 => Reply::error(
            status,
            call,
            "Request_ResourceNotFound",
            "Resource does not exist.",
        ),
        429 => Reply::intune_error(status, call, "TooManyRequests", "An error has occurred"),
        500 => Reply::intune_error(
            status,
            call,
            "InternalServerError",
            "An internal server error has occurred",
        ),
        502 => Reply::error(status, call, "BadGateway", "Bad gateway"),
        503 => Reply::error(status, call, "serviceNotAvailable", "Service unavailable"),
        504 => Reply::error(status, call, "UnknownError", ""),
        409 => Reply::error(status, call, "Conflict", "Conflict"),
        412 => Reply::error(status, call, "PreconditionFailed", "Precondition failed"),
        _ => Reply::error(status, call, "BadRequest", "The request cannot be carried out."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_fixture() {
        let call = Call::default();
        for &name in NAMES {
            let reply = named(name, &call);
            assert_eq!(reply.body.is_empty(), name == "empty", "{name}");
        }
        assert!(named("no-such", &call).body.is_empty());
    }
}
