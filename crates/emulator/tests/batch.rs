//! `$batch`.

mod common;

use std::error::Error;

use common::{ACTION, ADELE, Answer, DIEGO, GOOD, Outcome, Stage};
use serde_json::{Value, json};

fn send(stage: &Stage, requests: &Value) -> std::io::Result<Answer> {
    let body = json!({"requests": requests}).to_string();
    stage.send(&format!(
        "POST /v1.0/$batch HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn write(id: &str, user: &str) -> Value {
    json!({
        "id": id,
        "method": "POST",
        "url": format!("/users/{user}/{ACTION}"),
        "headers": {"Content-Type": "application/json"},
        "body": {},
    })
}

fn response(answer: &Answer, id: &str) -> Result<Value, Box<dyn Error>> {
    let json = answer.json()?;
    let responses = json["responses"].as_array().ok_or("no responses")?;
    Ok(responses
        .iter()
        .find(|response| response["id"] == id)
        .ok_or("no such response")?
        .clone())
}

#[test]
fn each_request_is_judged_alone() -> Outcome {
    let stage = Stage::new()?;
    let read = json!({"id": "r", "method": "GET", "url": format!("/users/{DIEGO}/managedDevices")});
    let answer = send(
        &stage,
        &json!([write("a", ADELE), write("b", "missing@contoso.com"), read]),
    )?;
    assert_eq!(answer.status, 200);
    let accepted = response(&answer, "a")?;
    assert_eq!(
        (accepted["status"].as_u64(), accepted.get("body")),
        (Some(204), None)
    );
    let missing = response(&answer, "b")?;
    assert_eq!(missing["status"], 404);
    assert_eq!(missing["body"]["error"]["code"], "Request_ResourceNotFound");
    assert_eq!(
        response(&answer, "r")?["body"]["value"][0]["managementState"],
        "managed"
    );
    assert_eq!(
        answer.json()?["responses"][0]["id"],
        "r",
        "the order is not that of the requests"
    );

    assert_eq!(
        stage.device_states("adele@contoso.com")?,
        ["retireIssued", "retireIssued"]
    );
    let entry = &stage.log()?[0];
    assert_eq!(entry["requests"][0]["user"], ADELE);
    assert_eq!(entry["requests"][0]["acted"], true);
    assert_eq!(entry["requests"][1]["acted"], false);
    Ok(())
}

#[test]
fn a_write_without_body_or_content_type_refuses_the_whole_batch() -> Outcome {
    let stage = Stage::new()?;
    for missing in ["headers", "body"] {
        let mut bad = write("bad", DIEGO);
        bad.as_object_mut().ok_or("no object")?.remove(missing);
        let answer = send(&stage, &json!([write("good", ADELE), bad]))?;
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.error()?.1,
            "Write request id : bad does not contain Content-Type header or body."
        );
    }
    assert_eq!(stage.state()?["counts"]["actions"], 0);
    Ok(())
}

#[test]
fn twenty_is_the_limit_and_ids_are_unique() -> Outcome {
    let stage = Stage::new()?;
    let many = |count: usize| {
        json!(
            (0..count)
                .map(|n| write(&n.to_string(), "lee@contoso.com"))
                .collect::<Vec<_>>()
        )
    };
    assert_eq!(send(&stage, &many(20))?.status, 200);
    assert_eq!(send(&stage, &many(21))?.status, 400);
    assert_eq!(send(&stage, &many(0))?.status, 400);
    assert_eq!(
        send(&stage, &json!([write("1", ADELE), write("1", DIEGO)]))?.status,
        400
    );
    assert_eq!(stage.state()?["counts"]["actions"], 20);
    Ok(())
}

#[test]
fn the_quota_counts_every_write_in_a_batch() -> Outcome {
    let stage = Stage::with(&json!({"quota": {"writes": 1, "seconds": 600}}))?;
    let answer = send(&stage, &json!([write("1", ADELE), write("2", DIEGO)]))?;
    assert_eq!(answer.status, 200);
    assert_eq!(response(&answer, "1")?["status"], 204);
    let refused = response(&answer, "2")?;
    assert_eq!(refused["status"], 429);
    assert!(refused["headers"]["Retry-After"].is_string());
    Ok(())
}

#[test]
fn faults_can_hit_one_request_of_a_batch() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([
        {"in_batch": true, "match": DIEGO, "status": 429, "headers": {"Retry-After": "0.249"}},
        {"in_batch": true, "match": "lee", "fixture": "html_503"},
    ]))?;
    let answer = send(&stage, &json!([write("1", ADELE), write("2", DIEGO)]))?;
    assert_eq!(response(&answer, "1")?["status"], 204);
    assert_eq!(response(&answer, "2")?["headers"]["Retry-After"], "0.249");
    assert_eq!(stage.device_states("diego@contoso.com")?, ["managed"]);

    let broken = send(&stage, &json!([write("1", ADELE), write("2", "lee@contoso.com")]))?;
    assert!(broken.json().is_err(), "HTML in place of a JSON value");
    assert!(broken.body.contains("\"status\":503") && broken.body.contains("\"body\":<!DOCTYPE"));
    Ok(())
}

#[test]
fn nonsense_is_refused() -> Outcome {
    let stage = Stage::new()?;
    let head = format!("POST /v1.0/$batch HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\n");
    assert_eq!(
        stage.send(&format!("{head}Content-Length: 1\r\n\r\n{{"))?.status,
        400
    );
    assert_eq!(
        stage
            .send(&format!("{head}Content-Length: 2\r\n\r\n{{}}"))?
            .status,
        400
    );
    let nested = json!([{"id": "1", "method": "GET", "url": "/$batch"}]);
    assert_eq!(response(&send(&stage, &nested)?, "1")?["status"], 400);
    Ok(())
}
