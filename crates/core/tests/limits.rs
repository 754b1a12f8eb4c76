//! Limits, incompatible options, and answers that all users would meet: a run refuses or ends before it does harm.

mod common;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;

use common::runs::{PATIENCE, client, ended, finish, name, outcomes, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{
    CallOptions, Client, ClientOptions, Endpoint, Event, Outcome, Reason, RunOptions, Status, Token,
    WarningCode,
};
use serde_json::json;

#[test]
fn limits_hold_before_anything_is_sent() -> Tested {
    let service = Service::start()?;
    let run = client(&service, "demo-token")?.run(RunOptions::default())?;
    let (_, summary) = finish(&run, [])?;
    assert_eq!(summary.ended_by, Some(Status::InvalidArgument));

    let run = client(&service, "demo-token")?.run(RunOptions::default().max_users(2)?)?;
    let users = ["adele@contoso.com", "diego@contoso.com", "lee@contoso.com"].map(str::to_owned);
    let (rows, summary) = finish(&run, users.clone())?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("skipped", "stopped"), 3)]));
    assert_eq!(summary.ended_by, Some(Status::InvalidArgument));
    assert!(service.log()?.is_empty());

    let options = RunOptions::default().max_devices_per_user(1)?.connections(1)?;
    let run = client(&service, "demo-token")?.run(options.exclude("diego@contoso.com".parse()?))?;
    let (rows, _) = finish(&run, users)?;
    assert_eq!(
        rows.iter().map(|row| row.reason).collect::<Vec<_>>(),
        [Reason::TooManyDevices, Reason::Excluded, Reason::NothingListed]
    );
    assert!(service.get("actions")?.as_array().is_some_and(Vec::is_empty));
    Ok(())
}

#[test]
fn a_limit_of_users_waits_for_all_of_them() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(200))?;
    let options = RunOptions::default().write_quota(10_000, PATIENCE)?;
    let run = client(&service, "demo-token")?.run(options.max_users(200)?)?;
    // Users come only when they are requested.
    let mut users = (1..=200).map(name);
    let summary = loop {
        match run.next(PATIENCE)?.ok_or("no event")? {
            Event::NeedUsers => match users.next() {
                Some(user) => {
                    run.add_user(&user)?;
                    assert!(service.log()?.is_empty(), "it began before the end");
                }
                None => run.end_users(),
            },
            Event::Done(summary) => break summary,
            _ => {}
        }
    };
    assert_eq!(summary.count(Outcome::Accepted), 200);
    Ok(())
}

#[test]
fn a_blocking_warning_needs_consent_by_name() -> Tested {
    let service = Service::start()?;
    let run = client(&service, "demo-token")?.run(RunOptions::default())?;
    let (rows, _) = finish(&run, ["adele@contoso.com".to_owned()])?;
    let row = rows.first().ok_or("no row")?;
    assert_eq!(row.reason, Reason::NeedsConsent);
    assert!(
        row.detail
            .as_deref()
            .is_some_and(|text| text.contains("entra_joined_windows"))
    );
    let options = RunOptions::default().accept_warning(WarningCode::EntraJoinedWindows)?;
    let run = client(&service, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, ["adele@contoso.com".to_owned()])?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 1)]));
    Ok(())
}

#[test]
fn an_id_of_one_call_takes_one_user() -> Tested {
    let service = Service::start()?;
    let client = client(&service, "demo-token")?;
    let code = "40000000-0000-4000-8000-000000000001";
    let calls = [
        CallOptions::default().client_request_id(code)?,
        CallOptions::default().approval_code(code)?,
    ];
    for call in calls {
        service.reset(&phones(2))?;
        let alone = || RunOptions::default().connections(1);
        for options in [
            alone()?.call(call.clone()).max_users(2)?,
            alone()?.max_users(2)?.call(call.clone()),
        ] {
            let refused = client.run(options).err().map(|error| error.status);
            assert_eq!(refused, Some(Status::InvalidArgument));
        }
        // Without a limit of users it sets a limit of one.
        for (options, users, ended_by) in [
            (alone()?.call(call.clone()), 2, Some(Status::InvalidArgument)),
            (alone()?.call(call.clone()), 1, None),
            (alone()?.max_users(1)?.call(call), 1, None),
        ] {
            let (rows, summary) = finish(&client.run(options)?, (1..=users).map(name))?;
            assert_eq!((rows.len(), summary.ended_by), (users, ended_by));
            let accepted = u64::from(ended_by.is_none());
            assert_eq!(summary.count(Outcome::Accepted), accepted);
        }
        let actions = service.get("actions")?;
        assert_eq!(actions.as_array().map(Vec::len), Some(2));
        let own = [&actions[0]["client_request_id"], &actions[0]["approval_code"]];
        assert!(own.contains(&&json!(code)), "{own:?}");
    }
    Ok(())
}

#[test]
fn an_answer_about_the_way_ends_a_run() -> Tested {
    let service = Service::start()?;
    let message =
        "No OData route exists that match template ~/singleton/navigation/key/action with http verb POST.";
    let no_route =
        json!({"status": 404, "json": {"error": {"code": "ResourceNotFound", "message": message}}});
    let no_length = json!({"fixture": "html_411"});
    for (fault, status) in [
        (no_route, Status::Rejected),
        (no_length, Status::UnexpectedResponse),
    ] {
        service.reset(&phones(3))?;
        service.faults(&json!([fault]))?;
        let run = client(&service, "demo-token")?
            .run(RunOptions::default().inspect_first(false).connections(1)?)?;
        let (rows, summary) = finish(&run, (1..=3).map(name))?;
        assert_eq!(summary.ended_by, Some(status), "{rows:?}");
        assert_eq!(outcomes(&rows).get(&("skipped", "stopped")), Some(&2));
        assert_eq!(service.log()?.len(), 1);
    }
    Ok(())
}

#[test]
fn a_run_ends_soon_if_the_service_cannot_be_reached() -> Tested {
    let dead = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    for options in [RunOptions::default(), RunOptions::default().inspect_first(false)] {
        let clock = Arc::new(TestClock::default());
        let endpoint = Endpoint::parse(&format!("http://{dead}"))?;
        let client = ClientOptions::default().endpoint(endpoint).clock(clock);
        let run = Client::new(client, Token::new("demo-token")?)?.run(options.max_users(10)?)?;
        let ended = ended(&run, (1..=10).map(name))?;
        assert_eq!(ended.summary.ended_by, Some(Status::ConnectionFailed));
        assert_eq!(
            (ended.rows.len(), ended.sendings),
            (10, 5),
            "one request, tried as often as any"
        );
    }
    Ok(())
}
