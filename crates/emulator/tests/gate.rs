//! Requests held back, and waiting for what happens.

mod common;

use common::{ADELE, DIEGO, GOOD, Outcome, Stage, retire_request};
use serde_json::{Value, json};

fn counts(stage: &Stage, query: &str) -> Result<Value, Box<dyn std::error::Error>> {
    stage.manage("GET", &format!("wait?{query}"), &Value::Null)
}

#[test]
fn requests_wait_before_or_after_acting() -> Outcome {
    for (point, acted) in [("arrived", 0), ("acted", 1)] {
        let stage = Stage::new()?;
        stage.manage(
            "POST",
            "hold",
            &json!({"match": "removeAll", "after": 1, "point": point}),
        )?;
        assert_eq!(stage.retire(DIEGO, GOOD)?.status, 204, "the first goes through");
        let mut held = stage.connect()?;
        held.send(&retire_request(ADELE, GOOD, ""))?;
        let at = counts(&stage, "held=1")?;
        assert_eq!(at["reached"], true);
        assert_eq!(at["counts"]["actions"], 1 + acted);
        assert_eq!(at["counts"]["in_flight"], 1);
        assert_eq!(counts(&stage, "idle=true&seconds=0.05")?["reached"], false);
        assert_eq!(
            stage.get(&format!("/v1.0/users/{ADELE}"), GOOD)?.status,
            200,
            "others go on"
        );
        stage.manage("POST", "release", &json!({}))?;
        assert_eq!(held.answer()?.status, 204);
        assert_eq!(counts(&stage, "idle=true&held=0&actions=2")?["reached"], true);
        assert_eq!(stage.retire(ADELE, GOOD)?.status, 204, "none is held any more");
    }
    Ok(())
}

#[test]
fn what_has_arrived_can_be_lost() -> Outcome {
    let stage = Stage::new()?;
    stage.manage("POST", "hold", &json!({}))?;
    let mut held = stage.connect()?;
    held.send(&retire_request(ADELE, GOOD, ""))?;
    counts(&stage, "held=1")?;
    stage.manage("POST", "release", &json!({"lose": true}))?;
    let error = held.answer().err().map(|error| error.kind());
    assert_eq!(error, Some(std::io::ErrorKind::ConnectionReset));
    let counts = &counts(&stage, "idle=true")?["counts"];
    assert_eq!((&counts["requests"], &counts["attempts"]), (&json!(0), &json!(0)));
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204, "the next one is not lost");
    Ok(())
}

#[test]
fn a_release_can_hold_later_requests() -> Outcome {
    let stage = Stage::new()?;
    stage.manage("POST", "hold", &json!({}))?;
    let mut first = stage.connect()?;
    first.send(&retire_request(ADELE, GOOD, ""))?;
    counts(&stage, "held=1")?;
    stage.manage("POST", "release", &json!({"hold": {"match": DIEGO}}))?;
    assert_eq!(first.answer()?.status, 204);
    let mut second = stage.connect()?;
    second.send(&retire_request(DIEGO, GOOD, ""))?;
    assert_eq!(counts(&stage, "held=1&actions=1")?["reached"], true);
    stage.manage("POST", "release", &json!({}))?;
    assert_eq!(second.answer()?.status, 204);
    let bad = stage.manage_raw("POST", "release", r#"{"hold": []}"#)?;
    assert_eq!(bad.status, 400);
    Ok(())
}

#[test]
fn a_reset_releases_held_requests() -> Outcome {
    let stage = Stage::new()?;
    stage.manage("POST", "hold", &json!({}))?;
    let mut held = stage.connect()?;
    held.send(&retire_request(ADELE, GOOD, ""))?;
    counts(&stage, "held=1")?;
    stage.manage("POST", "reset", &json!({}))?;
    assert_eq!(held.answer()?.status, 204);
    assert_eq!(counts(&stage, "idle=true")?["counts"]["held"], 0);
    Ok(())
}

#[test]
fn a_batch_is_held_for_one_of_its_users() -> Outcome {
    let stage = Stage::new()?;
    stage.manage("POST", "hold", &json!({"match": DIEGO, "point": "acted"}))?;
    let body = |user: &str| {
        json!({"requests": [{"id": "1", "method": "GET", "url": format!("/users/{user}")}]}).to_string()
    };
    let request = |user: &str| {
        let body = body(user);
        format!(
            "POST /v1.0/$batch HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    assert_eq!(stage.send(&request(ADELE))?.status, 200);
    let mut held = stage.connect()?;
    held.send(&request(DIEGO))?;
    assert_eq!(counts(&stage, "held=1")?["reached"], true);
    stage.manage("POST", "release", &json!({}))?;
    assert_eq!(held.answer()?.status, 200);
    Ok(())
}

#[test]
fn nonsense_is_refused() -> Outcome {
    let stage = Stage::new()?;
    for hold in [r#"{"point":"never"}"#, r#"{"until":1}"#, "[]"] {
        assert_eq!(stage.manage_raw("POST", "hold", hold)?.status, 400, "{hold}");
    }
    for query in ["held=x", "nothing=1", "seconds=1e9"] {
        assert_eq!(
            stage.manage_raw("GET", &format!("wait?{query}"), "")?.status,
            400,
            "{query}"
        );
    }
    assert_eq!(stage.manage_raw("GET", "log?since=x", "")?.status, 400);
    Ok(())
}
