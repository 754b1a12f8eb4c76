//! What the emulator reports about itself, and how a test sets the scene.

mod common;

use common::{ADELE, GOOD, Outcome, Stage, retire_request};
use serde_json::{Value, json};

#[test]
fn the_log_has_everything_except_the_token() -> Outcome {
    let stage = Stage::new()?;
    stage.retire_with(
        ADELE,
        GOOD,
        "X-Odd-Case: Yes\r\nX-Odd-Case: again\r\nProxy-Authorization: secret\r\n",
    )?;
    stage.get("/v1.0/users/missing@contoso.com?$select=id", "expired-token")?;
    let log = stage.log()?;
    let first = &log[0];
    assert_eq!(first["method"], "POST");
    assert_eq!(
        first["target"],
        format!("/v1.0/users/{ADELE}/removeAllDevicesFromManagement")
    );
    assert_eq!(first["user"], ADELE);
    assert_eq!(first["headers"]["x-odd-case"], "Yes, again");
    assert_eq!(first["headers"]["authorization_kind"], "good");
    assert_eq!(first["authorization_kind"], "good");
    assert_eq!(first["headers"].get("authorization"), None);
    assert_eq!((&first["status"], &first["acted"]), (&json!(204), &json!(true)));
    assert_eq!(log[1]["user"], Value::Null);
    assert_eq!(log[1]["authorization_kind"], "expired");
    assert_eq!(
        (&log[1]["status"], &log[1]["acted"]),
        (&json!(401), &json!(false))
    );
    let text = json!(log).to_string();
    assert!(!text.contains(GOOD) && !text.contains("expired-token") && !text.contains("secret"));
    Ok(())
}

#[test]
fn the_raw_head_is_byte_exact_except_for_the_token() -> Outcome {
    let stage = Stage::new()?;
    stage.send(&retire_request(ADELE, GOOD, "X-oDD:  two blanks \r\n"))?;
    let raw = stage.manage_raw("GET", "raw", "")?;
    assert_eq!(
        raw.body,
        retire_request(ADELE, "[token]", "X-oDD:  two blanks \r\n")
    );
    Ok(())
}

#[test]
fn connections_are_numbered_from_one_after_a_reset() -> Outcome {
    let stage = Stage::new()?;
    let mut kept = stage.connect()?;
    for _ in 0..2 {
        kept.send(&retire_request(ADELE, GOOD, ""))?;
        kept.answer()?;
    }
    stage.retire(ADELE, GOOD)?;
    let numbers = |log: Vec<Value>| {
        log.iter()
            .filter_map(|entry| entry["connection"].as_u64())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(stage.log()?), [1, 1, 2]);
    assert_eq!(
        stage.state()?["counts"],
        json!({"requests": 3, "actions": 3, "attempts": 3, "connections": 2, "held": 0, "in_flight": 0})
    );

    stage.manage("POST", "reset", &json!({}))?;
    assert_eq!(
        stage.state()?["counts"],
        json!({"requests": 0, "actions": 0, "attempts": 0, "connections": 0, "held": 0, "in_flight": 0})
    );
    assert_eq!(stage.device_states("adele@contoso.com")?, ["managed", "managed"]);
    stage.retire(ADELE, GOOD)?;
    kept.send(&retire_request(ADELE, GOOD, ""))?;
    kept.answer()?;
    assert_eq!(numbers(stage.log()?), [1, 2]);
    Ok(())
}

#[test]
fn a_reset_can_replace_the_users() -> Outcome {
    let stage = Stage::with(&json!({"users": [
        {"id": "20000000-0000-4000-8000-000000000001", "userPrincipalName": "new@contoso.com",
         "accountEnabled": false, "devices": [{"operatingSystem": "iOS", "managementState": "retireFailed"}]},
    ]}))?;
    assert_eq!(stage.device_states("new@contoso.com")?, ["retireFailed"]);
    assert_eq!(
        stage.retire("20000000-0000-4000-8000-000000000001", GOOD)?.status,
        204
    );
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 404);
    for bad in [
        r#"{"user":[]}"#,
        r#"{"users":[{}]}"#,
        r#"{"page_size":0}"#,
        r#"{"quota":5}"#,
        r#"{"quota":{"writes":1}}"#,
        r#"{"quota":{"writes":1,"seconds":0}}"#,
        r#"{"quota":{"writes":1,"seconds":1,"reeds":1}}"#,
        r#"{"chaos":{"rates":{"418":0.5}}}"#,
        r#"{"chaos":{"rates":{"429":5}}}"#,
        r#"{"generate":{"users":10000000}}"#,
        r#"{"generate":{"user":1}}"#,
        r#"{"keep_log":1}"#,
        "{",
        "[]",
    ] {
        assert_eq!(stage.manage_raw("POST", "reset", bad)?.status, 400, "{bad}");
    }
    assert_eq!(
        stage.device_states("new@contoso.com")?,
        ["retireIssued"],
        "a bad reset changes nothing"
    );
    Ok(())
}

#[test]
fn an_empty_reset_needs_no_length() -> Outcome {
    let stage = Stage::new()?;
    stage.retire(ADELE, GOOD)?;
    assert_eq!(stage.send("POST /_emulator/reset HTTP/1.1\r\n\r\n")?.status, 200);
    assert_eq!(stage.state()?["counts"]["actions"], 0);
    Ok(())
}

#[test]
fn users_and_devices_can_be_changed_under_way() -> Outcome {
    let stage = Stage::new()?;
    let device = "devices/d0000000-0000-4000-8000-000000000001";
    stage.manage("PATCH", device, &json!({"managementState": "retirePending"}))?;
    stage.manage(
        "POST",
        &format!("users/{ADELE}/devices"),
        &json!({"deviceName": "NEW"}),
    )?;
    assert_eq!(
        stage.device_states("adele@contoso.com")?,
        ["retirePending", "managed", "managed"]
    );
    stage.manage("DELETE", device, &json!({}))?;
    assert_eq!(stage.device_states("adele@contoso.com")?, ["managed", "managed"]);

    let other = "10000000-0000-4000-8000-00000000aaaa";
    stage.manage("PATCH", "users/adele@contoso.com", &json!({"id": other}))?;
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 404);
    assert_eq!(stage.retire(other, GOOD)?.status, 204);
    stage.manage("DELETE", &format!("users/{other}"), &json!({}))?;
    assert_eq!(stage.retire("adele@contoso.com", GOOD)?.status, 404);
    assert_eq!(stage.retire("diego@contoso.com", GOOD)?.status, 204);
    for (method, path) in [
        ("PATCH", device),
        ("DELETE", device),
        ("DELETE", "users/x"),
        ("GET", "nothing"),
    ] {
        assert_eq!(
            stage.manage_raw(method, path, "{}")?.status,
            404,
            "{method} {path}"
        );
    }
    Ok(())
}

#[test]
fn bytes_that_are_not_http_get_400() -> Outcome {
    let stage = Stage::new()?;
    for text in [
        "HELLO\r\n\r\n",
        "GET / FTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
    ] {
        assert_eq!(stage.send(text)?.status, 400, "{text}");
    }
    assert_eq!(stage.state()?["counts"]["requests"], 0);
    Ok(())
}
