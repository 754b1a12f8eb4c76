//! Bodies in every shape that has been seen, cut, quoted and odd.

use proptest::prelude::*;

use super::*;
use crate::text::MAX_TEXT;

const FIXTURES: &str = include_str!("../../tests/fixtures/error-bodies.jsonl");

#[test]
fn every_real_shape() -> Result<(), serde_json::Error> {
    for line in FIXTURES.lines() {
        let row: Value = serde_json::from_str(line)?;
        let kind = &row["kind"];
        let found = parse(row["body"].as_str().unwrap_or_default());
        let expect = &row["expect"];
        let same = |name: &str, found: &Option<String>| {
            assert_eq!(found.as_deref(), expect[name].as_str(), "{name} of {kind}");
        };
        same("code", &found.code);
        same("inner_code", &found.inner_code);
        same("request_id", &found.request_id);
        same("client_request_id", &found.client_request_id);
        same("activity_id", &found.activity_id);
        same("message", &found.message);
        same("retry_after", &found.retry_after);
        assert_eq!(
            found.from_graph,
            expect["from_graph"].as_bool().unwrap_or_default(),
            "from_graph of {kind}"
        );
    }
    Ok(())
}

#[test]
fn nothing_can_write_lines_of_its_own_into_a_log() {
    let found = parse(r#"{"error":{"code":"a\nb","innerError":{"code":"c\u0007d","request-id":"e\rf"}}}"#);
    assert_eq!(found.code.as_deref(), Some("a b"));
    assert_eq!(found.inner_code.as_deref(), Some("c d"));
    assert_eq!(found.request_id.as_deref(), Some("e f"));
    let long = parse(&format!(
        r#"{{"error":{{"code":"{}","message":"{}"}}}}"#,
        "x".repeat(9999),
        "\u{8a9e}".repeat(999)
    ));
    assert_eq!(long.code.map(|code| code.len()), Some(MAX_TEXT + 4));
    assert!(
        long.message
            .is_some_and(|text| text.starts_with('\u{8a9e}') && text.ends_with(" ..."))
    );
}

#[test]
fn an_error_in_quotes_is_read() {
    let error = r#"{"error":{"code":"ResourceNotFound","message":"x","innerError":{"message":"a tag"}}}"#;
    let once = Value::from(error).to_string();
    let twice = Value::from(once.clone()).to_string();
    for text in [error.to_owned(), once, twice] {
        let found = parse(&text);
        assert!(found.from_graph, "{text}");
        assert_eq!(found.code.as_deref(), Some("ResourceNotFound"), "{text}");
        assert_eq!(found.inner_message.as_deref(), Some("a tag"), "{text}");
    }
    assert_eq!(parse(r#""blocked""#).message.as_deref(), Some("blocked"));
    assert!(!parse(&"\"".repeat(99)).from_graph);
}

#[test]
fn a_body_is_parsed_up_to_a_limit() {
    let long = format!(r#"{{"a":[{}0],"error":{{"code":"x"}}}}"#, "0,".repeat(MAX_BODY));
    assert!(!parse(&long).from_graph);
    assert!(!parse(&"\u{e9}".repeat(MAX_BODY)).from_graph);
}

proptest! {
    #[test]
    fn never_panics_for_any_body(body in "\\PC{0,200}|[{}\\[\\]\":,a-zA-Z<>/\\\\ ]{0,200}") {
        let _ = parse(&body);
    }

    #[test]
    fn a_cut_body_never_panics(line in 0..FIXTURES.lines().count(), cut in 0.0_f64..1.0) {
        let line = FIXTURES.lines().nth(line).unwrap_or_default();
        let row: Value = serde_json::from_str(line).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let body = row["body"].as_str().unwrap_or_default();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let cut: String = body.chars().take((body.chars().count() as f64 * cut) as usize).collect();
        let _ = parse(&cut);
    }
}
