//! Scripted faults, down to TCP.

mod common;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use common::{ADELE, DIEGO, GOOD, Outcome, Stage, nested, retire_request};
use serde_json::{Value, json};

const ADELES: &str = "adele@contoso.com";

/// Sends the action on a connection of its own and reads until its end.
fn to_the_end(stage: &Stage) -> std::io::Result<String> {
    let mut connection = stage.connect()?;
    connection.send(&retire_request(ADELE, GOOD, ""))?;
    connection.rest()
}

fn acted(stage: &Stage) -> Result<bool, Box<dyn std::error::Error>> {
    let states = stage.device_states(ADELES)?;
    let last = stage.log()?.pop().ok_or("nothing logged")?;
    let acted = states.iter().all(|state| state == "retireIssued");
    assert_eq!(last["acted"], acted);
    Ok(acted)
}

#[test]
fn a_status_speaks_as_graph_does_and_does_not_act() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"status": 503, "headers": {"Retry-After": 7}}]))?;
    let answer = stage.retire(ADELE, GOOD)?;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
    assert_eq!(answer.error()?.0, "serviceNotAvailable");
    assert!(answer.header("request-id").is_some());
    assert!(!acted(&stage)?);
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204, "the fault is used up");
    Ok(())
}

#[test]
fn a_body_is_an_answer_of_something_in_between() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(
        &json!([{"status": 502, "body": "<p>proxy</p>", "headers": {"Content-Type": "text/html"}}]),
    )?;
    let answer = stage.retire(ADELE, GOOD)?;
    assert_eq!((answer.status, answer.body.as_str()), (502, "<p>proxy</p>"));
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(answer.header("request-id"), None);
    Ok(())
}

#[test]
fn json_and_act_together() -> Outcome {
    let stage = Stage::new()?;
    let error = json!({"code": "x", "message": "y", "innerError": {"request-id": "its-own"}});
    stage.faults(&json!({"status": 500, "json": {"error": error}, "act": true}))?;
    let answer = stage.retire(ADELE, GOOD)?;
    assert_eq!((answer.status, answer.error()?.0.as_str()), (500, "x"));
    assert_eq!(answer.header("request-id"), Some("its-own"));
    assert!(acted(&stage)?);
    Ok(())
}

#[test]
fn headers_alone_change_the_usual_answer() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"headers": {"x-more": ["1", "2"], "request-id": null, "Date": null}}]))?;
    let answer = stage.retire(ADELE, GOOD)?;
    assert_eq!(answer.status, 204);
    assert!(answer.head.contains("x-more: 1\r\nx-more: 2\r\n"));
    assert_eq!((answer.header("request-id"), answer.header("date")), (None, None));
    assert!(acted(&stage)?);
    Ok(())
}

#[test]
fn faults_wait_for_their_target_and_their_times() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"match": DIEGO, "status": 500, "times": 2}, {"status": 503}]))?;
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 503);
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204);
    let states = [
        stage.retire(DIEGO, GOOD)?.status,
        stage.retire(DIEGO, GOOD)?.status,
    ];
    assert_eq!(states, [500, 500]);
    assert_eq!(stage.retire(DIEGO, GOOD)?.status, 204);
    assert_eq!(stage.state()?["faults_left"], 0);
    Ok(())
}

#[test]
fn a_reset_breaks_the_connection_before_or_after_acting() -> Outcome {
    for (when, acts) in [("before", false), ("after", true)] {
        let stage = Stage::new()?;
        stage.faults(&json!([{"reset": when}]))?;
        let error = to_the_end(&stage).err().ok_or("the connection ended in peace")?;
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(acted(&stage)?, acts, "{when}");
        assert_eq!(stage.log()?[0]["status"], Value::Null);
    }
    Ok(())
}

#[test]
fn a_close_ends_the_connection_in_peace() -> Outcome {
    for (when, acts) in [("before", false), ("after", true)] {
        let stage = Stage::new()?;
        stage.faults(&json!([{"close": when}]))?;
        assert_eq!(to_the_end(&stage)?, "");
        assert_eq!(acted(&stage)?, acts, "{when}");
    }
    Ok(())
}

#[test]
fn a_truncated_body_keeps_its_full_length_in_the_head() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"status": 500, "body": "0123456789", "truncate": 4}]))?;
    let text = to_the_end(&stage)?;
    assert!(
        text.contains("Content-Length: 10\r\n") && text.ends_with("\r\n\r\n0123"),
        "{text}"
    );

    stage.faults(&json!([{"truncate": 20}]))?;
    let mut connection = stage.connect()?;
    connection.send(&format!(
        "GET /v1.0/users/{ADELE} HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\n\r\n"
    ))?;
    let text = connection.rest()?;
    let body = text.split("\r\n\r\n").nth(1).ok_or("no body")?;
    assert_eq!(body.len(), 20);
    Ok(())
}

#[test]
fn raw_bytes_are_sent_as_they_are() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"raw": "HTTP/1.1 204 No Content\r\nbroken"}]))?;
    assert_eq!(to_the_end(&stage)?, "HTTP/1.1 204 No Content\r\nbroken");
    assert!(!acted(&stage)?);
    Ok(())
}

#[test]
fn a_hang_answers_nothing_and_delays_no_other_request() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"hang": true}]))?;
    let mut hanging = stage.connect()?;
    hanging.send(&retire_request(ADELE, GOOD, ""))?;
    while stage.log()?.is_empty() {}
    assert_eq!(stage.retire(DIEGO, GOOD)?.status, 204);
    assert_eq!(stage.log()?[0]["status"], Value::Null);
    assert_eq!(stage.device_states(ADELES)?, ["managed", "managed"]);
    drop(stage);
    assert_eq!(
        hanging.rest()?,
        "",
        "the end of the emulator is the end of the hang"
    );
    Ok(())
}

#[test]
fn a_delay_acts_first_and_answers_late() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"delay_ms": 300}]))?;
    let start = Instant::now();
    let mut connection = stage.connect()?;
    connection.send(&retire_request(ADELE, GOOD, ""))?;
    while stage.log()?.is_empty() {}
    assert_eq!(stage.device_states(ADELES)?, ["retireIssued", "retireIssued"]);
    assert_eq!(connection.answer()?.status, 204);
    assert!(start.elapsed() >= Duration::from_millis(300));
    Ok(())
}

#[test]
fn the_end_does_not_wait_for_a_delay() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"delay_ms": 600_000}]))?;
    let mut connection = stage.connect()?;
    connection.send(&retire_request(ADELE, GOOD, ""))?;
    while stage.log()?.is_empty() {}
    drop(stage);
    assert_eq!(connection.rest()?, "");
    Ok(())
}

#[test]
fn fixtures_have_the_forms_met_in_the_wild() -> Outcome {
    let stage = Stage::new()?;
    let names = stage.manage("GET", "fixtures", &Value::Null)?;
    for name in names.as_array().ok_or("no names")? {
        stage.faults(&json!([{"fixture": name}]))?;
        let answer = stage.retire(ADELE, GOOD)?;
        let name = name.as_str().unwrap_or_default();
        let json = answer.json();
        match name {
            "html_411" | "html_503" | "html_proxy_403" | "plain_cdn" | "empty" => {
                assert!(json.is_err() && answer.header("request-id").is_none(), "{name}");
            }
            "truncated_json" | "two_concatenated_json" | "xml_odata_error" | "batch_html" => {
                assert!(json.is_err() && answer.header("request-id").is_some(), "{name}");
            }
            "intune_nested_400" | "intune_nested_429" | "intune_nested_500" => {
                assert_eq!(nested(&answer.error()?.1)?["_version"], 3, "{name}");
                assert!(name.ends_with(&answer.status.to_string()));
            }
            "intune_double_nested" => assert_eq!(nested(&answer.error()?.1)?["ErrorCode"], "Forbidden"),
            "graph_no_inner_error" => assert_eq!(json?["error"].get("innerError"), None),
            "oauth_error" => assert_eq!(json?["error_codes"][0], 7_000_215),
            "legacy_odata_error" => assert!(json?["odata.error"]["code"].is_string()),
            _ => assert!(json?.is_object(), "{name}"),
        }
    }
    assert_eq!(stage.state()?["counts"]["actions"], 0);
    Ok(())
}

#[test]
fn mistakes_in_faults_are_reported() -> Outcome {
    let stage = Stage::new()?;
    for (fault, message) in [
        (json!({"stauts": 500}), "unknown part of a fault: \\\"stauts\\\""),
        (json!({"fixture": "nothing"}), "fixture"),
        (json!({"reset": "now"}), "reset"),
        (json!({"times": 0}), "times"),
        (json!({"delay_ms": 5, "act": false}), "act"),
        (json!([1]), "a fault is a JSON object"),
    ] {
        let answer = stage.manage_raw("POST", "faults", &fault.to_string())?;
        assert_eq!(answer.status, 400, "{fault}");
        assert!(answer.body.contains(message), "{}", answer.body);
    }
    assert_eq!(stage.state()?["faults_left"], 0);
    Ok(())
}
