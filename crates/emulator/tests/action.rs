//! The action: whom it takes, what it answers, what it changes.

mod common;

use common::{ACTION, ADELE, GOOD, Outcome, Stage, retire_request};
use serde_json::json;

#[test]
fn it_retires_the_devices_of_one_user() -> Outcome {
    let stage = Stage::new()?;
    let answer = stage.retire(ADELE, GOOD)?;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(answer.header("content-length"), None);
    for name in ["request-id", "Date", "x-ms-ags-diagnostic"] {
        assert!(
            answer.header(name).is_some_and(|value| !value.is_empty()),
            "{name}"
        );
    }
    assert_eq!(answer.header("client-request-id"), answer.header("request-id"));
    assert_eq!(
        stage.device_states("adele@contoso.com")?,
        ["retireIssued", "retireIssued"]
    );
    assert_eq!(stage.device_states("diego@contoso.com")?, ["managed"]);
    assert_eq!(stage.state()?["counts"]["actions"], 1);
    Ok(())
}

#[test]
fn it_echoes_the_client_request_id() -> Outcome {
    let answer = Stage::new()?.retire_with(ADELE, GOOD, "Client-Request-Id: mine\r\n")?;
    assert_eq!(answer.header("client-request-id"), Some("mine"));
    assert_ne!(answer.header("request-id"), Some("mine"));
    Ok(())
}

#[test]
fn it_takes_every_form_of_a_user_id() -> Outcome {
    for (user, upn) in [
        ("ADELE@CONTOSO.COM", "adele@contoso.com"),
        ("adele%40contoso.com", "adele@contoso.com"),
        (
            "guest_fabrikam.com%23EXT%23@contoso.com",
            "guest_fabrikam.com#EXT#@contoso.com",
        ),
        ("o'brien@contoso.com", "o'brien@contoso.com"),
        ("o%27brien@contoso.com", "o'brien@contoso.com"),
        ("first.last%2Btag@contoso.com", "first.last+tag@contoso.com"),
    ] {
        let stage = Stage::new()?;
        assert_eq!(stage.retire(user, GOOD)?.status, 204, "{user}");
        assert!(
            stage
                .device_states(upn)?
                .iter()
                .all(|state| state == "retireIssued"),
            "{user}"
        );
        assert!(!stage.log()?[0]["user"].is_null());
    }
    Ok(())
}

#[test]
fn the_form_in_parentheses_takes_what_the_slash_form_cannot() -> Outcome {
    let stage = Stage::new()?;
    let post = |users: &str| {
        stage.send(&format!(
            "POST /v1.0/{users}/{ACTION} HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\nContent-Length: 0\r\n\r\n"
        ))
    };
    for slash in ["users/$cash@contoso.com", "users/%24cash@contoso.com"] {
        let refused = post(slash)?;
        assert_eq!(refused.status, 400);
        assert!(
            refused
                .error()?
                .1
                .starts_with("The request URI is not valid. Since the segment 'users'")
        );
    }
    assert_eq!(stage.device_states("$cash@contoso.com")?, ["managed"]);
    assert_eq!(post("users('%24cash@contoso.com')")?.status, 204);
    assert_eq!(stage.device_states("$cash@contoso.com")?, ["retireIssued"]);
    assert_eq!(post("users('o''brien@contoso.com')")?.status, 204);
    assert_eq!(post("users('o'brien@contoso.com')")?.status, 400);
    assert_eq!(post("users/o''brien@contoso.com")?.status, 404);
    Ok(())
}

#[test]
fn it_refuses_a_missing_user() -> Outcome {
    let stage = Stage::new()?;
    for (user, status, code, message) in [
        (
            "missing@contoso.com",
            404,
            "Request_ResourceNotFound",
            "Resource 'missing@contoso.com' does not exist",
        ),
        (
            "10000000-0000-4000-8000-00000000ffff",
            404,
            "Request_ResourceNotFound",
            "does not exist or one of its",
        ),
        (
            "adele",
            400,
            "Request_BadRequest",
            "Invalid object identifier 'adele'",
        ),
        (
            "guest_fabrikam.com",
            400,
            "Request_BadRequest",
            "Invalid object identifier",
        ),
        (
            "a%2523b@contoso.com",
            404,
            "Request_ResourceNotFound",
            "Resource 'a%23b@contoso.com'",
        ),
    ] {
        let answer = stage.retire(user, GOOD)?;
        let (found_code, found_message) = answer.error()?;
        assert_eq!((answer.status, found_code.as_str()), (status, code), "{user}");
        assert!(found_message.contains(message), "{found_message}");
        let inner = &answer.json()?["error"]["innerError"];
        assert_eq!(inner["request-id"].as_str(), answer.header("request-id"));
        assert_eq!(
            inner["client-request-id"].as_str(),
            answer.header("client-request-id")
        );
        assert_eq!(inner["date"].as_str().map(str::len), Some(19));
    }
    assert_eq!(stage.state()?["counts"]["actions"], 0);
    Ok(())
}

#[test]
fn it_requires_a_content_length() -> Outcome {
    let stage = Stage::new()?;
    let head = format!("POST /v1.0/users/{ADELE}/{ACTION} HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\n");
    let answer = stage.send(&format!("{head}\r\n"))?;
    assert_eq!(answer.status, 411);
    assert!(answer.body.contains("<h2>Length Required</h2>"));
    assert_eq!(answer.header("request-id"), None);
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(stage.state()?["counts"]["actions"], 0);

    assert_eq!(
        stage
            .send(&format!("{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))?
            .status,
        204
    );
    assert_eq!(
        stage.send(&format!("{head}Content-Length: 3\r\n\r\na=b"))?.status,
        204
    );
    assert_eq!(stage.log()?[2]["body_bytes"], 3);
    Ok(())
}

#[test]
fn a_client_that_waits_for_100_continue_gets_it() -> Outcome {
    let stage = Stage::new()?;
    let mut connection = stage.connect()?;
    connection.send(&format!(
        "POST /v1.0/users/{ADELE}/{ACTION} HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\n\
         Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    ))?;
    assert_eq!(connection.answer()?.status, 100);
    connection.send("{}")?;
    assert_eq!(connection.answer()?.status, 204);
    Ok(())
}

#[test]
fn unknown_routes_fail_as_in_graph() -> Outcome {
    let stage = Stage::new()?;
    for (method, target, status, message) in [
        (
            "POST",
            "/v1.0/users/a@b/removeAll",
            400,
            "Resource not found for the segment 'removeAll'.",
        ),
        (
            "GET",
            "/v1.0/groups",
            400,
            "Resource not found for the segment 'groups'.",
        ),
        ("GET", "/v2.0/users/a@b", 400, "Invalid version: v2.0"),
        (
            "POST",
            "/v1.0/me/removeAllDevicesFromManagement",
            400,
            "/me request is only valid with delegated",
        ),
        (
            "GET",
            "/v1.0/users/a@b/removeAllDevicesFromManagement",
            405,
            "Specified HTTP method is not allowed",
        ),
        (
            "GET",
            "/v1.0/users/a@b/managedDevices/1",
            400,
            "No OData route exists",
        ),
        (
            "GET",
            "/v1.0/deviceManagement/operationApprovalRequests",
            400,
            "Resource not found for the segment",
        ),
    ] {
        let answer = stage.send(&format!(
            "{method} {target} HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\nContent-Length: 0\r\n\r\n"
        ))?;
        assert_eq!(answer.status, status, "{target}");
        assert!(answer.error()?.1.contains(message), "{target}: {}", answer.body);
    }
    Ok(())
}

#[test]
fn writes_over_the_quota_are_throttled() -> Outcome {
    let stage = Stage::with(&json!({"quota": {"writes": 2, "seconds": 600}}))?;
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204);
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204);
    let refused = stage.retire(ADELE, GOOD)?;
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.header("retry-after").ok_or("no Retry-After")?.parse()?;
    assert!((590..=600).contains(&wait), "{wait}");
    let (code, message) = refused.error()?;
    assert_eq!(code, "TooManyRequests");
    assert_eq!(common::nested(&message)?["_version"], 3);
    assert_eq!(stage.get(&format!("/v1.0/users/{ADELE}"), GOOD)?.status, 200);
    Ok(())
}

#[test]
fn a_connection_carries_many_requests() -> Outcome {
    let stage = Stage::new()?;
    let mut connection = stage.connect()?;
    connection.send(&retire_request("lee@contoso.com", GOOD, "").repeat(2))?;
    assert_eq!(connection.answer()?.status, 204);
    assert_eq!(connection.answer()?.status, 204);
    connection.send(&retire_request(ADELE, GOOD, "Connection: close\r\n"))?;
    assert!(connection.rest()?.contains("\r\nConnection: close\r\n"));
    Ok(())
}
