//! Batches as they are sent, and answers as they come: whole, odd, contradicting themselves, broken.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::SystemTime;

use graph_emulator::{Emulator, Options};
use proptest::prelude::*;

use super::*;
use crate::answer::{Judgement, judge_answer};
use crate::explain::Context;
use crate::request_kind::RequestKind;
use crate::testing::any_json;
use crate::token::Token;

const IDS: [&str; 3] = ["1", "2", "3"];

const BATCH: &str = "40000000-0000-4000-8000-000000000001";
const GUID: &str = "30000000-0000-4000-8000-000000000001";

/// The whole answer of a batch, with a request id.
fn whole(text: &str) -> Result<Answer> {
    let mut headers = HeaderMap::new();
    headers.insert("request-id", HeaderValue::from_static(GUID));
    Ok(Answer {
        status: 200,
        headers,
        body: text.to_owned(),
        token: Token::new("demo-token")?,
        batch: None,
    })
}

fn decoded(text: &str) -> Result<BTreeMap<String, Answer>> {
    decode(&whole(text)?, &IDS, BATCH)
}

/// The status of each id that was answered.
fn statuses(text: &str) -> Result<Vec<(String, u16)>> {
    Ok(decoded(text)?
        .into_iter()
        .map(|(id, answer)| (id, answer.status))
        .collect())
}

fn of(pairs: &[(&str, u16)]) -> Vec<(String, u16)> {
    pairs
        .iter()
        .map(|(id, status)| ((*id).to_owned(), *status))
        .collect()
}

fn part(id: &str, method: &'static str, url: &str) -> Part<'static> {
    Part {
        id: id.to_owned(),
        method,
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
    }
}

#[test]
fn a_write_has_a_content_type_and_a_body_and_a_read_has_neither() -> std::result::Result<(), serde_json::Error>
{
    let mut own = part("3", "POST", "/c");
    own.headers = vec![
        ("content-type", "application/json; charset=utf-8"),
        ("client-request-id", "x"),
    ];
    own.body = Some(json!({"a": [1]}));
    let text = encode(&[part("1", "GET", "/a?$select=id"), part("2", "POST", "/b"), own]);
    let sent: Value = serde_json::from_str(&text)?;
    assert_eq!(
        sent,
        json!({"requests": [
            {"id": "1", "method": "GET", "url": "/a?$select=id"},
            {"id": "2", "method": "POST", "url": "/b", "headers": {"Content-Type": "application/json"}, "body": {}},
            {"id": "3", "method": "POST", "url": "/c",
                "headers": {"content-type": "application/json; charset=utf-8", "client-request-id": "x"}, "body": {"a": [1]}},
        ]})
    );
    Ok(())
}

#[test]
fn answers_in_any_order_under_their_ids() -> Result<()> {
    for (text, expected) in [
        (
            r#"{"responses":[{"id":"2","status":404},{"id":"1","status":204}]}"#,
            of(&[("1", 204), ("2", 404)]),
        ),
        (r#"{"responses":[{"id":2,"status":204}]}"#, of(&[("2", 204)])),
        (r#"{"responses":[]}"#, of(&[])),
        // An id that is answered twice is unknown.
        (
            r#"{"responses":[{"id":"1","status":204},{"id":"1","status":204},{"id":"2","status":204}]}"#,
            of(&[("2", 204)]),
        ),
        (
            r#"{"responses":[{"id":"1","status":503},{"id":1,"status":204}]}"#,
            of(&[]),
        ),
        (
            r#"{"responses":[{"id":"1","status":"?"},{"id":"1","status":204}]}"#,
            of(&[]),
        ),
        (
            r#"{"responses":[{"id":"1","status":204},{"id":"1","status":503},{"id":"1","status":204}]}"#,
            of(&[]),
        ),
        // The answer to no part.
        (
            r#"{"responses":[{"id":"4","status":204},{"id":"","status":204},{"id":null,"status":204},{"status":204},7,null]}"#,
            of(&[]),
        ),
        // No status.
        (
            r#"{"responses":[{"id":"1"},{"id":"2","status":"204"},{"id":"3","status":204.5}]}"#,
            of(&[]),
        ),
        (
            r#"{"responses":[{"id":"1","status":99},{"id":"2","status":600},{"id":"3","status":-204}]}"#,
            of(&[]),
        ),
        (r#"{"responses":[{"id":"1","status":65740}]}"#, of(&[])),
    ] {
        assert_eq!(statuses(text)?, expected, "{text}");
    }
    Ok(())
}

#[test]
fn a_broken_batch_has_no_answers() {
    let html = r#"{"responses":[{"id":"1","status":204},{"id":"2","status":503,"body":<!DOCTYPE HTML><HTML></HTML>}]}"#;
    for text in [
        html,
        "",
        "<html>blocked</html>",
        "null",
        "[]",
        "{}",
        r#"{"responses":null}"#,
        r#"{"responses":{"id":"1","status":204}}"#,
        r#"{"responses":[{"id":"1","status":204}]"#,
        r#"{"responses":[{"id":"1","status":204}]}{"error":{}}"#,
    ] {
        let error = decoded(text).expect_err(text);
        assert_eq!(
            (error.status, error.effect),
            (Status::UnexpectedResponse, Effect::Possible),
            "{text}"
        );
    }
}

#[test]
fn bodies_and_headers_as_if_they_had_come_alone() -> Result<()> {
    let answer = |headers: Value, body: Value| {
        let text =
            json!({"responses": [{"id": "1", "status": 500, "headers": headers, "body": body}]}).to_string();
        decoded(&text).map(|found| found.into_values().next().expect("one answer"))
    };
    let body =
        |kind: &str, body: Value| answer(json!({"content-TYPE": kind}), body).map(|answer| answer.body);
    let html = STANDARD.encode("<html>no</html>");
    let object = STANDARD.encode(r#"{"error":{}}"#);
    assert_eq!(body("application/json", json!({"a": [1]}))?, r#"{"a":[1]}"#);
    assert_eq!(body("application/json", Value::Null)?, "");
    assert_eq!(body("application/json", json!(object))?, r#"{"error":{}}"#);
    assert_eq!(body("application/json", json!("abcd"))?, "\"abcd\"");
    assert_eq!(body("text/html", json!(html))?, "<html>no</html>");
    assert_eq!(
        body("text/html", json!("<html>plain</html>"))?,
        "<html>plain</html>"
    );
    assert_eq!(body("image/png", json!("/w=="))?, "/w==");
    assert_eq!(answer(Value::Null, json!(html))?.body, "<html>no</html>");

    let headers = json!({
        "Retry-After": 7, "request-id": " r1 ", "x-list": ["a", 2, {}, true], "x-object": {}, "x-null": null,
        "bad name": "x", "x-bad": "a\nb", "": "x"
    });
    let answer = answer(headers, Value::Null)?;
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(answer.header("request-id"), Some("r1"));
    assert_eq!(
        answer.headers.get_all("x-list").iter().collect::<Vec<_>>(),
        ["a", "2", "true"]
    );
    assert_eq!(answer.headers.len(), 5);
    Ok(())
}

#[test]
fn more_headers_than_a_map_can_hold() -> Result<()> {
    let headers: serde_json::Map<String, Value> = (0..40_000).map(|n| (format!("x-{n}"), json!(n))).collect();
    let text = json!({"responses": [{"id": "1", "status": 204, "headers": headers}]}).to_string();
    assert_eq!(statuses(&text)?, of(&[("1", 204)]));
    Ok(())
}

#[test]
fn a_token_inside_base64_is_taken_out() -> Result<()> {
    let echo = STANDARD.encode("Authorization: Bearer demo-token");
    let text = json!({"responses": [{"id": "1", "status": 400, "body": echo}]}).to_string();
    let found = decoded(&text)?;
    assert_eq!(found["1"].body, "Authorization: Bearer [token]");
    Ok(())
}

#[test]
fn parts_are_judged_as_single_answers() -> Result<()> {
    let text = r#"{"responses":[
        {"id":"1","status":204,"headers":{"request-id":"r1"}},
        {"id":"2","status":429,"headers":{"Retry-After":"0.249"},"body":{"error":{"code":"TooManyRequests","message":"Slow down"}}},
        {"id":"3","status":403,"headers":{},"body":{"error":{"code":"Forbidden","message":"No"}}}]}"#;
    let facts = Token::new("demo-token")?.facts();
    let context = Context {
        kind: RequestKind::Retire,
        token: &facts,
        audience: None,
        user: "adele@contoso.com",
        client_request_id: None,
        now: SystemTime::UNIX_EPOCH,
    };
    let mut judged = Vec::new();
    for answer in decoded(text)?.into_values() {
        judged.push(match judge_answer(&answer, &context) {
            Judgement::Success(answer) => (Status::Ok, answer.header("request-id").map(str::to_owned), None),
            Judgement::Refused { error, .. } => (error.status, error.code.clone(), error.retry_after),
        });
    }
    assert_eq!(
        judged,
        [
            (Status::Ok, Some("r1".into()), None),
            (
                Status::Throttled,
                Some("TooManyRequests".into()),
                Some(std::time::Duration::from_millis(249))
            ),
            (Status::PermissionDenied, Some("Forbidden".into()), None),
        ]
    );
    Ok(())
}

#[test]
fn the_emulator_accepts_a_batch_and_its_answers_are_decoded()
-> std::result::Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start(Options::default())?;
    let body = encode(&[
        part(
            "1",
            "POST",
            "/users/10000000-0000-4000-8000-000000000001/removeAllDevicesFromManagement",
        ),
        part(
            "2",
            "POST",
            "/users/10000000-0000-4000-8000-999999999999/removeAllDevicesFromManagement",
        ),
        part(
            "3",
            "GET",
            "/users/10000000-0000-4000-8000-000000000001?$select=id",
        ),
    ]);
    let mut stream = TcpStream::connect(emulator.endpoint().trim_start_matches("http://"))?;
    write!(
        stream,
        "POST /v1.0/$batch HTTP/1.0\r\nAuthorization: Bearer demo-token\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, text) = answer.split_once("\r\n\r\n").ok_or("no head")?;
    let found = decoded(text)?;
    let statuses: Vec<u16> = found.values().map(|answer| answer.status).collect();
    assert_eq!(statuses, [204, 404, 200], "{text}");
    assert!(found["2"].body.contains("Request_ResourceNotFound"), "{text}");
    assert!(
        found["3"]
            .body
            .contains(r#""id":"10000000-0000-4000-8000-000000000001""#),
        "{text}"
    );
    Ok(())
}

proptest! {
    #[test]
    fn never_panics_and_never_claims_what_the_text_does_not_say(document in any_json(), ids in prop::collection::vec(0_u16..5, 0..6), odd in prop::collection::vec(any_json(), 0..3)) {
        let mut responses: Vec<Value> = ids.iter().map(|id| json!({"id": id.to_string(), "status": 200 + id})).collect();
        responses.extend(odd);
        for document in [document, json!({"responses": responses})] {
            let text = document.to_string();
            for (id, answer) in decoded(&text).unwrap_or_default() {
                let said: Vec<Option<u64>> = document["responses"].as_array().into_iter().flatten()
                    .filter(|response| id_of(response).as_ref() == Some(&id))
                    .map(|response| response["status"].as_u64())
                    .collect();
                prop_assert_eq!(said, [Some(u64::from(answer.status))], "{} of {}", id, text);
                prop_assert!(IDS.contains(&id.as_str()));
            }
        }
    }

    #[test]
    fn a_cut_batch_claims_nothing(cut in any::<prop::sample::Index>()) {
        let text = r#"{"responses":[{"id":"1","status":204},{"id":"2","status":204,"headers":{"a":"b"}},{"id":"3","status":204}]}"#;
        prop_assert!(decoded(&text[..cut.index(text.len())]).is_err());
    }
}
