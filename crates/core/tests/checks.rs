//! What `Client::check` reports, and what it sends.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{ADELE, Service, TestClock, Tested, token_with};
use graph_devices::{Check, CheckKind, CheckState, Client, ClientOptions, Endpoint, Token, UserId};
use serde_json::{Value, json};

const RETIRE: &str = "DeviceManagementManagedDevices.PrivilegedOperations.All";

type Found = BTreeMap<&'static str, (&'static str, String)>;

fn by_name(checks: &[Check]) -> Found {
    let in_order = checks.windows(2).all(|pair| {
        let place = |check: &Check| CheckKind::all().iter().position(|kind| *kind == check.kind);
        place(&pair[0]) < place(&pair[1])
    });
    assert!(in_order, "{checks:?}");
    let entry = |check: &Check| (check.kind.name(), (check.state.name(), check.message.clone()));
    checks.iter().map(entry).collect()
}

fn client(service: &Service, token: &str) -> graph_devices::Result<Client> {
    let clock = Arc::new(TestClock::today());
    Client::new(service.options(&clock)?.max_attempts(1)?, Token::new(token)?)
}

fn of_cloud(claims: &Value) -> graph_devices::Result<Found> {
    let options = ClientOptions::default()
        .clock(Arc::new(TestClock::default()))
        .proxy("")?;
    let client = Client::new(options, Token::new(&token_with(claims))?)?;
    Ok(by_name(&client.check_token()))
}

#[track_caller]
fn assert_check(found: &Found, name: &str, state: &str, says: &str) {
    let (found_state, message) = &found[name];
    assert_eq!(*found_state, state, "{name}: {message}");
    assert!(message.contains(says), "{name}: {message}");
}

/// The claims of a token that is good for an hour by the clock of these tests.
fn good() -> Value {
    json!({
        "aud": "https://graph.microsoft.com", "tid": "72f988bf-0000-4000-8000-000000000001", "upn": "lee@contoso.com",
        "appid": "14d82eec-204b-4c2f-b7e8-296a70dab67e", "exp": 784_111_777 + 3600,
        "scp": format!("User.Read.All DeviceManagementManagedDevices.Read.All {RETIRE}"),
    })
}

fn with(change: &Value) -> Value {
    let mut claims = good();
    for (name, value) in change.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

#[test]
fn a_token_shows_all_that_it_can_without_a_request() -> Tested {
    let found = of_cloud(&good())?;
    assert_check(
        &found,
        "token",
        "ok",
        "lee@contoso.com (delegated), app 14d82eec-204b-4c2f-b7e8-296a70dab67e; it expires in 60 minutes",
    );
    assert_check(&found, "tenant", "ok", "72f988bf-0000-4000-8000-000000000001");
    assert_check(
        &found,
        "cloud",
        "ok",
        "global, https://graph.microsoft.com; no proxy",
    );
    assert_check(&found, "may_retire", "ok", RETIRE);
    assert_check(
        &found,
        "may_read",
        "ok",
        "User.Read.All, DeviceManagementManagedDevices.Read.All",
    );
    assert_eq!(found.len(), 5);
    Ok(())
}

#[test]
fn each_claim_is_judged() -> Tested {
    for (change, name, state, says) in [
        (
            json!({"exp": 784_111_777 - 240}),
            "token",
            "fail",
            "expired 4 minutes ago",
        ),
        (
            json!({"exp": 784_111_777 + 240}),
            "token",
            "warn",
            "expires in 4 minutes",
        ),
        (
            json!({"nbf": 784_111_777 + 240}),
            "token",
            "fail",
            "not valid yet",
        ),
        (
            json!({"exp": null}),
            "token",
            "unknown",
            "does not show when it expires",
        ),
        (
            json!({"upn": null}),
            "token",
            "ok",
            "a signed-in user whose name it does not show",
        ),
        (
            json!({"idtyp": "app"}),
            "token",
            "ok",
            "an app without a signed-in user",
        ),
        (json!({"tid": null}), "tenant", "unknown", "does not show"),
        (
            json!({"aud": "https://graph.microsoft.us"}),
            "cloud",
            "fail",
            "use cloud usgov",
        ),
        (
            json!({"scp": "DeviceManagementManagedDevices.ReadWrite.All"}),
            "may_retire",
            "fail",
            "(ReadWrite.All is not enough)",
        ),
        (
            json!({"idtyp": "app", "scp": "x"}),
            "may_retire",
            "fail",
            "grant the application permission",
        ),
        (
            json!({"scp": "x", "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46"}),
            "may_retire",
            "fail",
            "Azure CLI",
        ),
        (
            json!({"scp": "DeviceManagementManagedDevices.ReadWrite.All Directory.Read.All"}),
            "may_read",
            "ok",
            "Directory.Read.All, ",
        ),
        (
            json!({"scp": "User.Read.All"}),
            "may_read",
            "warn",
            "does not name DeviceManagementManagedDevices.Read.All;",
        ),
        (
            json!({"scp": "x"}),
            "may_read",
            "warn",
            "does not name User.Read.All and DeviceManagement",
        ),
    ] {
        assert_check(&of_cloud(&with(&change))?, name, state, says);
    }
    Ok(())
}

#[test]
fn an_opaque_token_shows_nothing() -> Tested {
    let client = Client::new(
        ClientOptions::default().proxy("http://127.0.0.1:9")?,
        Token::new("demo-token")?,
    )?;
    let found = by_name(&client.check_token());
    for name in ["token", "tenant", "may_retire", "may_read"] {
        assert_eq!(found[name].0, "unknown", "{name}");
    }
    assert_check(&found, "cloud", "ok", "by the proxy http://127.0.0.1:9");
    Ok(())
}

#[test]
fn reads_show_what_the_service_permits_and_change_nothing() -> Tested {
    let service = Service::start()?;
    let found = by_name(&client(&service, "demo-token")?.check(None));
    assert_check(&found, "cloud", "warn", "is not a Microsoft cloud");
    assert_check(&found, "reach", "ok", "answered after 0 ms");
    assert_check(&found, "clock", "ok", "agrees");
    assert_check(&found, "read", "ok", "can be read");
    assert_check(&found, "role", "unknown", "Remote tasks / Retire");
    assert_check(&found, "approval", "unknown", "first retire");
    assert!(!found.contains_key("user"));
    assert_eq!(service.log()?.len(), 1);

    let user = UserId::parse(ADELE)?;
    let found = by_name(&client(&service, "demo-token")?.check(Some(&user)));
    assert_check(&found, "user", "ok", &format!("{ADELE}: 2 devices"));
    assert_eq!(service.log()?.len(), 1 + 3);

    let stranger = UserId::parse("stranger@contoso.com")?;
    let found = by_name(&client(&service, "demo-token")?.check(Some(&stranger)));
    assert_check(&found, "user", "fail", "no such user");
    Ok(())
}

#[test]
fn a_refusal_is_a_failed_check_with_its_advice() -> Tested {
    let service = Service::start()?;
    for (token, says) in [
        ("expired-token", "the token has expired"),
        ("unlicensed-token", "no Intune licence"),
        ("no-read-token", "DeviceManagementManagedDevices.Read.All"),
        ("no-role-token", "an Intune role that includes this read"),
    ] {
        let found = by_name(&client(&service, token)?.check(None));
        assert_check(&found, "reach", "ok", "answered");
        assert_check(&found, "read", "fail", says);
    }
    Ok(())
}

#[test]
fn where_nothing_answers_only_that_is_reported() -> Tested {
    let options = ClientOptions::default()
        .endpoint(Endpoint::parse("http://127.0.0.1:9")?)
        .max_attempts(1)?;
    let found =
        by_name(&Client::new(options, Token::new("demo-token")?)?.check(Some(&UserId::parse(ADELE)?)));
    assert_check(&found, "reach", "fail", "no connection");
    for name in ["clock", "read", "user"] {
        assert!(!found.contains_key(name), "{name}");
    }
    Ok(())
}

#[test]
fn a_token_for_another_cloud_is_not_sent() -> Tested {
    let claims = with(&json!({"aud": "https://graph.microsoft.us"}));
    let client = Client::new(ClientOptions::default(), Token::new(&token_with(&claims))?)?;
    let found = by_name(&client.check(None));
    assert_check(&found, "cloud", "fail", "use cloud usgov");
    assert!(!found.contains_key("reach"));
    Ok(())
}

#[test]
fn a_clock_that_is_wrong_is_reported_with_its_side() -> Tested {
    let service = Service::start()?;
    for (date, says) in [
        ("Sun, 06 Nov 1994 09:49:37 GMT", "about 60 minutes behind"),
        ("Sun, 06 Nov 1994 07:49:37 GMT", "about 60 minutes ahead of"),
    ] {
        service.faults(&json!([{"status": 200, "headers": {"date": date}, "json": {"value": []}}]))?;
        let clock = Arc::new(TestClock::default());
        let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
        assert_check(&by_name(&client.check(None)), "clock", "warn", says);
    }
    Ok(())
}

#[test]
fn a_folder_that_can_hold_a_journal_is_left_as_it_was() -> Tested {
    let folder = std::env::temp_dir().join(format!("graph-devices-checks-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    assert_eq!(Check::journal_folder(&folder).state, CheckState::Ok);
    assert_eq!(std::fs::read_dir(&folder)?.count(), 0);
    std::fs::remove_dir(&folder)?;
    let check = Check::journal_folder(&folder);
    assert_eq!((check.kind, check.state), (CheckKind::Journal, CheckState::Fail));
    assert!(check.message.contains("name a folder"), "{}", check.message);
    Ok(())
}

#[test]
fn a_token_shows_its_tenant_and_its_user() -> Tested {
    let token = Token::new(&token_with(&good()))?;
    assert_eq!(
        token.tenant().as_deref(),
        Some("72f988bf-0000-4000-8000-000000000001")
    );
    assert_eq!(token.signed_in_user().as_deref(), Some("lee@contoso.com"));
    let token = Token::new("demo-token")?;
    assert_eq!((token.tenant(), token.signed_in_user()), (None, None));
    let app = Token::new(&token_with(&with(&json!({"idtyp": "app"}))))?;
    assert_eq!(app.signed_in_user(), None);
    Ok(())
}
