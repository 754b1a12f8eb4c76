//! How answers of the service and of others are judged.

use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderValue};

use super::*;
use crate::request_kind::RequestKind;
use crate::token::{Token, TokenFacts};

const OURS: &str = "40000000-0000-4000-8000-00000000000a";
const GUID: &str = "20000000-0000-4000-8000-000000000001";
const BODY: &str = r#"{"error":{"code":"x","message":"no"}}"#;

fn judged(kind: RequestKind, status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<Error> {
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
        token: Token::new("demo-token").ok()?,
        batch: None,
    };
    let context = Context {
        kind,
        token: &TokenFacts::default(),
        audience: None,
        user: "adele@contoso.com",
        client_request_id: Some(OURS),
        now: SystemTime::UNIX_EPOCH,
    };
    match judge(&Sent::Answer(answer), &context) {
        Judgement::Success(_) => None,
        Judgement::Refused { error, .. } => Some(error),
    }
}

fn status_and_effect(status: u16, headers: &[(&'static str, &str)], body: &str) -> (Status, Effect) {
    judged(RequestKind::Retire, status, headers, body)
        .map_or((Status::Ok, Effect::None), |error| (error.status, error.effect))
}

#[test]
fn refusals_of_graph_and_of_others() {
    use Effect::{None as No, Possible as Maybe};
    use Status::{Rejected, ServiceUnavailable, Throttled, UnexpectedResponse};
    let graph = [("request-id", GUID)];
    let odd = (UnexpectedResponse, Maybe);
    let failing = (ServiceUnavailable, Maybe);
    for (http_status, own, foreign) in [
        (200, odd, odd),
        (202, odd, odd),
        (302, odd, odd),
        (400, (Rejected, No), odd),
        (401, (Status::Unauthenticated, No), odd),
        (403, (Status::PermissionDenied, No), odd),
        (404, (Status::UserNotFound, No), odd),
        (408, (Rejected, Maybe), odd),
        (409, (Rejected, Maybe), odd),
        (412, (Rejected, No), odd),
        (424, (Rejected, Maybe), odd),
        (429, (Throttled, No), (Throttled, No)),
        (500, failing, failing),
        (502, failing, failing),
        (503, (ServiceUnavailable, No), failing),
        (504, failing, failing),
    ] {
        let inside = format!(r#"{{"error":{{"code":"x","innerError":{{"request-id":"{GUID}"}}}}}}"#);
        let quoted = serde_json::Value::from(BODY).to_string();
        for (headers, body) in [(&graph[..], BODY), (&[], &inside), (&graph, &quoted)] {
            let judged = status_and_effect(http_status, headers, body);
            assert_eq!(judged, own, "own {http_status} {body}");
        }
        for (id, body) in [
            (None, "<html>blocked</html>"),
            (None, BODY),
            (Some(GUID), ""),
            (Some(GUID), "<html>blocked</html>"),
            (Some(GUID), r#"{"status":"blocked"}"#),
            (Some(GUID), &BODY[..20]),
            (Some("|a1b2."), BODY),
            (Some("7"), BODY),
            (Some("|a1b2."), "<html>upstream timed out</html>"),
        ] {
            let headers: Vec<_> = id.into_iter().map(|id| ("request-id", id)).collect();
            let judged = status_and_effect(http_status, &headers, body);
            assert_eq!(judged, foreign, "foreign {http_status} {id:?} {body}");
        }
    }
    assert_eq!(status_and_effect(204, &[], ""), (Status::Ok, Effect::None));
}

#[test]
fn an_id_that_is_no_guid_is_not_shown_as_the_services() {
    for (id, shown) in [(GUID, Some(GUID)), ("|a1b2.", None), ("7", None)] {
        let error = judged(RequestKind::Retire, 503, &[("request-id", id)], BODY).expect("an error");
        assert_eq!(error.request_id.as_deref(), shown);
        let body = format!(r#"{{"error":{{"code":"x","innerError":{{"request-id":"{id}"}}}}}}"#);
        let error = judged(RequestKind::Retire, 503, &[], &body).expect("an error");
        assert_eq!(error.request_id.as_deref(), shown);
    }
}

#[test]
fn the_answer_to_another_request_does_not_count() {
    const THEIRS: &str = "40000000-0000-4000-8000-00000000000b";
    let upper = OURS.to_uppercase();
    let inside =
        |id: &str| format!(r#"{{"error":{{"code":"x","innerError":{{"client-request-id":"{id}"}}}}}}"#);
    for http_status in [200, 204, 400, 404, 429, 503] {
        for (headers, body) in [
            (
                vec![("client-request-id", THEIRS), ("request-id", GUID)],
                inside(OURS),
            ),
            (
                vec![("client-request-id", "7"), ("request-id", GUID)],
                BODY.to_owned(),
            ),
            (vec![("request-id", GUID)], inside(THEIRS)),
        ] {
            // A success has no error inside.
            for kind in [RequestKind::Retire, RequestKind::ReadUser] {
                if headers.len() == 1 && kind.is_success(http_status) {
                    continue;
                }
                let error = judged(kind, http_status, &headers, &body).expect("an error");
                let effect = if kind.writes() {
                    Effect::Possible
                } else {
                    Effect::None
                };
                assert_eq!((error.status, error.effect), (Status::UnexpectedResponse, effect));
                assert_eq!(error.client_request_id.as_deref(), Some(OURS));
                let theirs = if headers.len() == 1 { THEIRS } else { headers[0].1 };
                assert!(
                    error.message.contains(OURS) && error.message.contains(theirs),
                    "{}",
                    error.message
                );
            }
        }
        for headers in [
            vec![],
            vec![("client-request-id", OURS)],
            vec![("client-request-id", &upper)],
        ] {
            let judged = judged(RequestKind::Retire, http_status, &headers, BODY);
            assert!(judged.is_none_or(|error| !error.message.contains("another request")));
        }
    }
}

#[test]
fn only_the_services_own_words_prove_that_a_device_is_gone() {
    let not_there = r#"{"error":{"code":"ResourceNotFound","message":"Resource 'x' does not exist."}}"#;
    let hidden = r#"{"error":{"code":"ResourceNotFound","message":"Resource does not contain a tag allowed by the current role."}}"#;
    let other = r#"{"error":{"code":"UnknownError","message":"Tenant is being migrated"}}"#;
    let route =
        r#"{"error":{"code":"ResourceNotFound","message":"Resource not found for the segment 'x'."}}"#;
    for (id, body, status, words) in [
        (GUID, not_there, Status::UserNotFound, "the device does not exist"),
        (
            GUID,
            hidden,
            Status::Rejected,
            "the service hides the device from this sign-in (scope tags)",
        ),
        (
            GUID,
            other,
            Status::Rejected,
            "does not say whether the device is gone",
        ),
        (GUID, route, Status::Rejected, ""),
        (GUID, "", Status::UnexpectedResponse, ""),
        ("7", not_there, Status::UnexpectedResponse, ""),
        (
            "7",
            "<html>not from your network</html>",
            Status::UnexpectedResponse,
            "",
        ),
    ] {
        let error = judged(RequestKind::ReadDevice, 404, &[("request-id", id)], body).expect("an error");
        assert_eq!(error.status, status, "{body}");
        assert!(error.message.contains(words), "{}", error.message);
    }
}

#[test]
fn no_field_holds_the_token_or_what_cannot_be_seen() {
    let body = r#"{"error":{"code":"demo-token","message":"demo\u002dtoken \u202edemo\\u002dtoken","innerError":{"code":"demo\u200b-token","request-id":"demo-token"}}}"#;
    let headers = [
        ("request-id", "demo-token"),
        ("www-authenticate", "Bearer claims=\"eyJ4IjoiZGVtby10b2tlbiJ9\""),
        ("location", "https://x/?demo-token"),
    ];
    for http_status in [200, 302, 400, 401, 403, 404, 409, 429, 503] {
        for kind in [
            RequestKind::Retire,
            RequestKind::ReadUser,
            RequestKind::ReadDevice,
        ] {
            let error = judged(kind, http_status, &headers, body);
            let text = format!("{error:?}");
            assert!(!text.contains("demo") && !text.contains("\u{202e}"), "{text}");
        }
    }
}

#[test]
fn a_date_to_wait_for_is_compared_with_the_services_clock() {
    let wait = "Sun, 06 Nov 1994 08:49:38 GMT";
    for (date, seconds) in [
        (Some("Sun, 06 Nov 1994 08:49:37 GMT"), 1),
        (Some("soon"), 784_111_778),
        (None, 784_111_778),
    ] {
        let mut headers = vec![("retry-after", wait)];
        headers.extend(date.map(|date| ("date", date)));
        let error = judged(RequestKind::Retire, 503, &headers, BODY).expect("an error");
        assert_eq!(error.retry_after, Some(Duration::from_secs(seconds)), "{date:?}");
    }
}

proptest! {
    #[test]
    fn nothing_but_204_claims_success(http_status in 200_u16..600, body in "\\PC{0,100}", request_id in "[a-z0-9-]{0,36}") {
        let accepted = judged(RequestKind::Retire, http_status, &[("request-id", &request_id)], &body).is_none();
        prop_assert_eq!(accepted, http_status == 204);
    }

    #[test]
    fn a_read_leaves_no_doubt(http_status in 200_u16..600, body in "\\PC{0,100}", request_id in "[a-z0-9-]{0,36}") {
        if let Some(error) = judged(RequestKind::ReadDevices, http_status, &[("request-id", &request_id)], &body) {
            prop_assert_eq!(error.effect, Effect::None);
            prop_assert!(!error.message.contains("before sending again"));
        }
    }
}
