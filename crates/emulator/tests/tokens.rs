//! Every kind of token and the answer it gets.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{ACTION, ADELE, GOOD, Outcome, Stage, nested};
use serde_json::{Value, json};

#[test]
fn bad_tokens_get_their_own_401() -> Outcome {
    let stage = Stage::new()?;
    for (token, message) in [
        (
            "expired-token",
            "CompactToken validation failed with reason code: 80049228.",
        ),
        (
            "wrong-audience-token",
            "Access token validation failure. Invalid audience.",
        ),
        (
            "garbage-token",
            "CompactToken parsing failed with error code: 80049217",
        ),
        (
            "never-heard-of",
            "CompactToken parsing failed with error code: 80049217",
        ),
        (
            "Bearer demo-token",
            "CompactToken parsing failed with error code: 80049217",
        ),
        ("", "Access token is empty."),
    ] {
        let answer = stage.retire(ADELE, token)?;
        assert_eq!(answer.status, 401, "{token}");
        assert_eq!(
            answer.error()?,
            ("InvalidAuthenticationToken".to_owned(), message.to_owned())
        );
        assert!(
            answer
                .header("www-authenticate")
                .is_some_and(|header| !header.contains("claims"))
        );
    }
    let none = stage.send(&format!(
        "POST /v1.0/users/{ADELE}/{ACTION} HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
    ))?;
    assert_eq!(
        (none.status, none.error()?.1.as_str()),
        (401, "Access token is empty.")
    );
    assert_eq!(stage.state()?["counts"]["actions"], 0);
    Ok(())
}

#[test]
fn missing_permissions_are_intune_errors_inside_graph_errors() -> Outcome {
    let stage = Stage::new()?;
    for (token, text) in [
        (
            "no-scope-token",
            "Application must have one of the following scopes: DeviceManagementManagedDevices.PrivilegedOperations.All - Operation ID",
        ),
        (
            "no-app-permission-token",
            "as called in app only context but does not have application permissions configured. - Operation ID",
        ),
    ] {
        let answer = stage.retire_with(ADELE, token, "client-request-id: trace-me\r\n")?;
        let (code, message) = answer.error()?;
        assert_eq!((answer.status, code.as_str()), (403, "Forbidden"), "{token}");
        let inner = nested(&message)?;
        let shown = inner["Message"].as_str().unwrap_or_default();
        assert!(shown.contains(text), "{shown}");
        assert!(
            shown.contains(" - Activity ID: trace-me - Url: https://fef."),
            "{shown}"
        );
        assert_eq!(inner["_version"], 3);
        assert_eq!(inner["CustomApiErrorPhrase"], "");
        assert_eq!(inner["RetryAfter"], Value::Null);
        assert_eq!(inner["ErrorSourceService"], "");
        assert_eq!(inner["HttpHeaders"], "{}");
    }
    Ok(())
}

#[test]
fn a_missing_role_is_a_401_four_levels_deep() -> Outcome {
    let answer = Stage::new()?.retire(ADELE, "no-role-token")?;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), None);
    let (code, message) = answer.error()?;
    assert_eq!(code, "UnknownError");
    let outer = nested(&message)?;
    assert_eq!(outer["ErrorCode"], "Forbidden");
    let inner = nested(outer["Message"].as_str().unwrap_or_default())?;
    assert!(
        inner["Message"]
            .as_str()
            .is_some_and(|text| text.starts_with("An error has occurred - "))
    );
    let headers = nested(inner["HttpHeaders"].as_str().unwrap_or_default())?;
    assert!(
        headers["WWW-Authenticate"]
            .as_str()
            .is_some_and(|text| text.contains("urn:intune:service"))
    );
    Ok(())
}

#[test]
fn a_tenant_without_licence_gets_400() -> Outcome {
    let answer = Stage::new()?.retire(ADELE, "unlicensed-token")?;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.error()?,
        (
            "BadRequest".to_owned(),
            "Request not applicable to target tenant.".to_owned()
        )
    );
    Ok(())
}

#[test]
fn reading_is_a_permission_of_its_own() -> Outcome {
    let stage = Stage::new()?;
    let user = format!("/v1.0/users/{ADELE}");
    let devices = format!("{user}/managedDevices");
    assert_eq!(stage.retire(ADELE, "no-read-token")?.status, 204);
    let refused = stage.get(&devices, "no-read-token")?;
    assert_eq!(refused.status, 403);
    let shown = nested(&refused.error()?.1)?;
    assert!(
        shown["Message"]
            .as_str()
            .is_some_and(|text| text.contains("DeviceManagementManagedDevices.Read.All"))
    );
    let refused = stage.get(&user, "no-read-token")?;
    assert_eq!(
        (refused.status, refused.error()?.0.as_str()),
        (403, "Authorization_RequestDenied")
    );
    assert_eq!(stage.get(&devices, "no-scope-token")?.status, 200);
    assert_eq!(stage.get(&devices, "no-role-token")?.status, 401);
    assert_eq!(stage.get(&user, "no-role-token")?.status, 200);
    Ok(())
}

#[test]
fn a_claims_challenge_ends_with_a_good_token() -> Outcome {
    let stage = Stage::new()?;
    let answer = stage.retire(ADELE, "claims-token")?;
    assert_eq!(
        (answer.status, answer.error()?.0.as_str()),
        (401, "InvalidAuthenticationToken")
    );
    let header = answer.header("www-authenticate").ok_or("no challenge")?;
    assert!(header.starts_with("Bearer realm=\"\"") && header.contains("error=\"insufficient_claims\""));
    let claims = header
        .split("claims=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .ok_or("no claims")?;
    assert!(claims.ends_with('='), "padding is part of the trap");
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims)?)?;
    assert!(claims["access_token"].is_object());

    assert_eq!(stage.retire(ADELE, "claims-token")?.status, 401);
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204);
    assert_eq!(stage.retire(ADELE, "claims-token")?.status, 204);
    Ok(())
}

#[test]
fn a_revoked_token_is_challenged_for_good() -> Outcome {
    let stage = Stage::new()?;
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204);
    for _ in 0..2 {
        let answer = stage.retire(ADELE, "revoked-token")?;
        assert_eq!(answer.status, 401);
        assert!(
            answer
                .header("www-authenticate")
                .is_some_and(|header| header.contains("insufficient_claims"))
        );
    }
    Ok(())
}

#[test]
fn tokens_can_be_replaced() -> Outcome {
    let stage = Stage::with(&json!({"tokens": {"mine": "good", "other": "no-scope-token"}}))?;
    assert_eq!(stage.retire(ADELE, "mine")?.status, 204);
    assert_eq!(stage.retire(ADELE, "other")?.status, 403);
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 401);
    Ok(())
}
