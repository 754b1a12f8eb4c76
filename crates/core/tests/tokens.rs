//! The token of a run: requested once, for one tenant, and never that of a user of the run.

mod common;

use std::panic::resume_unwind;
use std::sync::Arc;

use common::runs::{PATIENCE, acted, answering, client, clocked, ended, id, name, outcomes, phones};
use common::{ADELE, Service, TestClock, Tested, token_with};
use graph_devices::{
    CallOptions, Client, Credential, Event, Outcome, RunOptions, SharedToken, Status, Token, UserId,
    UserResult,
};
use serde_json::{Value, json};

#[test]
fn one_token_is_requested_for_any_number_of_refusals() -> Tested {
    let service = Service::start()?;
    let mut tenant = phones(200);
    tenant["tokens"] = json!({"first": "good", "second": "good"});
    service.reset(&tenant)?;
    service.post("hold", &json!({"match": "removeAll", "after": 50}))?;
    let options = RunOptions::default()
        .write_quota(10_000, PATIENCE)?
        .token_events(true);
    let run = client(&service, "first")?.run(options)?;
    for user in (1..=200).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    let mut asked = 0;
    // Sixteen requests are in flight with the first token when it becomes invalid.
    let held = service.get("wait?held=16")?;
    assert_eq!(held["reached"], true, "{held}");
    let refusal = json!({"error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is expired."}});
    service.faults(&json!([{"match": "removeAll", "status": 401, "json": refusal, "times": 16}]))?;
    service.post("release", &json!({}))?;
    let summary = loop {
        match run.next(PATIENCE)?.ok_or("no event")? {
            Event::Done(summary) => break summary,
            Event::NeedToken { .. } => {
                asked += 1;
                // All sixteen have been refused; no thread sends until there is a token.
                assert_eq!(service.get("wait?idle=true")?["reached"], true);
                run.set_token(Token::new("second")?)?;
            }
            _ => {}
        }
    };
    assert_eq!(summary.count(Outcome::Accepted), 200);
    assert_eq!(asked, 1);
    Ok(())
}

#[test]
fn a_run_keeps_to_its_tenant() -> Tested {
    let of = |tenant: &str| token_with(&json!({"tid": tenant}));
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = clocked(&service, &clock, &of("one"))?.run(one_by_one()?)?;
    let error = run.set_token(Token::new(&of("two"))?).unwrap_err();
    assert_eq!(error.status, Status::InvalidArgument);
    run.set_token(Token::new(&of("ONE"))?)?;
    run.set_token(Token::new("demo-token")?)?;
    Ok(())
}

#[test]
fn a_token_is_requested_and_used_from_then_on() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let options = one_by_one()?.token_events(true);
    let run = clocked(&service, &clock, "revoked-token")?.run(options)?;
    for user in ["adele@contoso.com", "diego@contoso.com"] {
        run.add_user(user)?;
    }
    run.end_users();
    let mut asked = 0;
    let summary = loop {
        match run.next(PATIENCE)? {
            Some(Event::NeedToken { claims }) => {
                assert!(claims.is_some());
                asked += 1;
                run.set_token(Token::new("demo-token")?)?;
            }
            Some(Event::Done(summary)) => break summary,
            Some(_) => {}
            None => return Err("no event".into()),
        }
    };
    assert_eq!((asked, summary.count(Outcome::Accepted)), (1, 2));
    assert_eq!(service.log()?.len(), 3);
    Ok(())
}

/// Options for users in the order given, without reads, so that only sends are counted.
fn one_by_one() -> graph_devices::Result<RunOptions> {
    RunOptions::default().inspect_first(false).connections(1)
}

/// Users by rule, and these tokens.
fn tenant(users: usize, tokens: &Value) -> Value {
    let mut tenant = phones(users);
    tenant["tokens"] = tokens.clone();
    tenant
}

#[test]
fn a_token_of_another_tenant_ends_the_run_before_anything_more_is_sent() -> Tested {
    let service = Service::start()?;
    let [one, two] = ["one", "two"].map(|tenant| token_with(&json!({"tid": tenant})));
    service.reset(&tenant(5, &json!({&one: "good", &two: "good"})))?;
    let shared = SharedToken::new(Token::new(&one)?);
    let run = Client::new(service.real_options()?, shared.clone())?.run(one_by_one()?)?;
    service.post("hold", &json!({"match": "removeAll", "point": "acted"}))?;
    for user in (1..=5).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    shared.set(Token::new(&two)?);
    service.post("release", &json!({}))?;
    let ended = answering(&run, |_| Ok(()))?;
    // A user was accepted, so three refusals in a row end the run.
    let statuses: Vec<_> = ended
        .rows
        .iter()
        .map(|row| (row.outcome, row.error.as_ref().map(|error| error.status)))
        .collect();
    let refused = (Outcome::Failed, Some(Status::Unauthenticated));
    assert_eq!(
        statuses,
        [
            (Outcome::Accepted, None),
            refused,
            refused,
            refused,
            (Outcome::Skipped, None)
        ]
    );
    assert_eq!(ended.summary.ended_by, Some(Status::Unauthenticated));
    let message = ended.summary.message.unwrap_or_default();
    assert!(
        message.contains("tenant two") && message.contains("tenant one"),
        "{message}"
    );
    assert_eq!(service.log()?.len(), 1);
    Ok(())
}

/// Begins with one token, and does this for the next.
struct Renews<F>(String, F);

impl<F: Fn() -> graph_devices::Result<Option<Token>> + Send + Sync> Credential for Renews<F> {
    fn token(&self) -> graph_devices::Result<Token> {
        Token::new(&self.0)
    }

    fn renew(&self, _: &Token, _: Option<&str>) -> graph_devices::Result<Option<Token>> {
        self.1()
    }
}

#[test]
fn a_token_is_not_renewed_for_another_tenant() -> Tested {
    let service = Service::start()?;
    let [one, two] = ["one", "two"].map(|tenant| token_with(&json!({"tid": tenant})));
    service.reset(&tenant(2, &json!({&one: "expired", &two: "good"})))?;
    let renews = Renews(one, move || Token::new(&two).map(Some));
    let run = Client::new(service.real_options()?, renews)?.run(one_by_one()?)?;
    let ended = ended(&run, (1..=2).map(name))?;
    assert_eq!(ended.summary.ended_by, Some(Status::Unauthenticated));
    let error = ended
        .rows
        .first()
        .and_then(|row| row.error.as_ref())
        .ok_or("no error")?;
    assert!(error.message.contains("tenant two"), "{error}");
    assert_eq!(service.log()?.len(), 1);
    Ok(())
}

#[test]
fn the_person_signed_in_by_a_new_token_is_not_sent() -> Tested {
    let service = Service::start()?;
    let own = token_with(&json!({"oid": id(2).to_uppercase(), "scp": "User.Read.All"}));
    service.reset(&tenant(3, &json!({"first-token": "expired", &own: "good"})))?;
    let options = RunOptions::default().connections(1)?.token_events(true);
    let run = client(&service, "first-token")?.run(options)?;
    for user in (1..=3).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    let ended = answering(&run, |event| {
        if let Event::NeedToken { .. } = event {
            run.set_token(Token::new(&own)?)?;
        }
        Ok(())
    })?;
    let statuses: Vec<_> = ended
        .rows
        .iter()
        .map(|row| (row.outcome, row.error.as_ref().map(|error| error.status)))
        .collect();
    assert_eq!(
        statuses,
        [
            (Outcome::Accepted, None),
            (Outcome::Failed, Some(Status::InvalidArgument)),
            (Outcome::Accepted, None)
        ]
    );
    assert_eq!(acted(&service)?, [id(1), id(3)]);
    Ok(())
}

#[test]
fn the_signed_in_user_of_a_new_token_is_refused_alone_in_a_batch() -> Tested {
    let service = Service::start()?;
    let own = token_with(&json!({"oid": id(3), "scp": "User.Read.All"}));
    service.reset(&tenant(4, &json!({"first-token": "good", &own: "good"})))?;
    service.faults(&json!([{"match": "$batch", "status": 401}]))?;
    let options = RunOptions::default()
        .inspect_first(false)
        .connections(1)?
        .batch_size(3)?;
    let run = client(&service, "first-token")?.run(options.max_users(4)?.token_events(true))?;
    for user in (1..=4).map(id) {
        run.add_user(&user)?;
    }
    run.end_users();
    let ended = answering(&run, |event| {
        if let Event::NeedToken { .. } = event {
            run.set_token(Token::new(&own)?)?;
        }
        Ok(())
    })?;
    let refused: Vec<_> = ended
        .rows
        .iter()
        .filter(|row| row.outcome != Outcome::Accepted)
        .map(|row| (row.user.clone(), row.error.as_ref().map(|error| error.status)))
        .collect();
    assert_eq!(refused, [(id(3), Some(Status::InvalidArgument))]);
    assert_eq!(acted(&service)?, [id(1), id(2), id(4)]);
    Ok(())
}

#[test]
fn the_signed_in_person_is_not_sent_by_a_single_call_either() -> Tested {
    let service = Service::start()?;
    for (claim, user) in [
        ("oid", ADELE),
        ("upn", "Adele@contoso.com"),
        ("preferred_username", "adele@contoso.com"),
    ] {
        let token = token_with(&json!({claim: user.to_lowercase(), "scp": "User.Read.All"}));
        service.reset(&json!({"tokens": {&token: "good"}}))?;
        let client = client(&service, &token)?;
        let error = client
            .remove_all_devices(&UserId::parse(user)?, &CallOptions::default())
            .unwrap_err();
        assert_eq!((error.status, error.attempts), (Status::InvalidArgument, 0));
        assert!(error.message.contains("signed-in user"), "{error}");
        assert!(service.log()?.is_empty());
    }
    Ok(())
}

#[test]
fn a_credential_that_panics_hangs_no_thread() -> Tested {
    for options in [RunOptions::default(), RunOptions::default().inspect_first(false)] {
        let service = Service::start()?;
        service.reset(&phones(20))?;
        // Like a panic, but without a message on stderr.
        let renews = Renews("expired-token".into(), || resume_unwind(Box::new("no token")));
        let run = Client::new(service.real_options()?, renews)?.run(options)?;
        let ended = ended(&run, (1..=20).map(name))?;
        assert_eq!(ended.rows.len(), 20);
        let is_internal = |row: &UserResult| {
            row.error
                .as_ref()
                .is_some_and(|error| error.status == Status::Internal)
        };
        assert!(ended.rows.iter().all(is_internal), "{:?}", outcomes(&ended.rows));
        assert!(acted(&service)?.is_empty());
    }
    Ok(())
}
