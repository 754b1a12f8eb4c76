//! Many users at once against the emulator: order, limits, batches, tokens, stopping.

mod common;

use std::collections::BTreeMap;

use common::runs::{Folder, PATIENCE, client, finish, journal, name, outcomes, phones};
use common::{Service, Tested};
use graph_devices::{Event, Outcome, Reason, RunOptions, Status, Token, WarningCode};
use serde_json::json;

#[test]
fn everybody_is_read_recorded_and_sent_once() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("once")?);
    service.reset(&phones(300))?;
    let path = folder.file("leavers.jsonl");
    let run =
        client(&service, "demo-token")?.run(RunOptions::default().quota(10_000, PATIENCE)?.journal(&path))?;
    let (rows, summary) = finish(&run, (1..=300).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 300)]));
    assert_eq!((summary.count(Outcome::Accepted), summary.fatal), (300, None));
    let row = rows.first().ok_or("no row")?;
    assert!(row.id.is_some() && row.devices.as_ref().is_some_and(|list| list.devices.len() == 2));
    let actions = service.get("actions")?;
    let users: std::collections::BTreeSet<_> = actions
        .as_array()
        .into_iter()
        .flatten()
        .map(|action| action["key"].to_string())
        .collect();
    assert_eq!((actions.as_array().map(Vec::len), users.len()), (Some(300), 300));
    assert!(users.iter().all(|user| !user.contains('@')), "sent by name");

    let lines = journal(&path)?;
    let count = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!(
        (
            count("run"),
            count("read"),
            count("sent"),
            count("result"),
            count("end")
        ),
        (1, 300, 300, 300, 1)
    );
    assert!(!std::fs::read_to_string(&path)?.contains("demo-token"));

    // Once more: nobody is read or sent.
    let before = service.log()?.len();
    let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path))?;
    let (rows, _) = finish(&run, (1..=300).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("skipped", "done_before"), 300)])
    );
    assert_eq!(service.log()?.len(), before);
    Ok(())
}

#[test]
fn a_batch_judges_each_of_its_users_alone() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(60))?;
    service.faults(&json!([
        {"match": "removeAll", "in_batch": true, "status": 429, "headers": {"Retry-After": "0"}, "times": 3},
        {"match": "removeAll", "in_batch": true, "status": 403, "times": 2},
        {"match": "removeAll", "in_batch": true, "status": 504, "act": true, "times": 2},
    ]))?;
    let options = RunOptions::default()
        .quota(10_000, PATIENCE)?
        .batch_size(20)?
        .connections(2)?;
    let run = client(&service, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, (1..=60).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 58), (("failed", ""), 2)])
    );
    let batched = service
        .log()?
        .iter()
        .filter(|entry| entry["requests"].is_array())
        .count();
    assert!(batched >= 6, "{batched} batches");
    Ok(())
}

#[test]
fn a_batch_that_cannot_be_read_leaves_its_users_unknown() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(21))?;
    let options = RunOptions::default()
        .quota(10_000, PATIENCE)?
        .batch_size(20)?
        .connections(1)?
        .read(false);
    let run = client(&service, "demo-token")?.run(options)?;
    service.faults(&json!([
        {"match": "$batch", "status": 200, "body": "{\"responses\":[{\"id\":\"0\",\"status\":204},<html>", "act": true},
    ]))?;
    let (rows, _) = finish(&run, (1..=21).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 1), (("unknown", ""), 20)])
    );
    Ok(())
}

#[test]
fn what_a_batch_does_not_say_is_unknown() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(21))?;
    let options = || -> graph_devices::Result<RunOptions> {
        RunOptions::default()
            .quota(10_000, PATIENCE)?
            .connections(1)?
            .read(false)
            .batch_size(20)
    };
    // Of twenty users one is answered.
    let one = json!({"responses": [{"id": "0", "status": 204}]}).to_string();
    service.faults(&json!([{"match": "$batch", "status": 200, "body": one, "act": true}]))?;
    let run = client(&service, "demo-token")?.run(options()?)?;
    let (rows, _) = finish(&run, (1..=21).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 2), (("unknown", ""), 19)])
    );

    // The first answer is lost behind a gateway, and then one user is refused: the doubt about that user stays.
    service.reset(&phones(21))?;
    service.faults(&json!([
        {"match": "$batch", "status": 504, "act": false},
        {"match": "removeAll", "in_batch": true, "status": 403},
        {"match": "removeAll", "in_batch": true, "status": 503},
    ]))?;
    let run = client(&service, "demo-token")?.run(options()?)?;
    let (rows, _) = finish(&run, (1..=21).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 20), (("unknown", ""), 1)])
    );
    Ok(())
}

#[test]
fn one_token_is_asked_for_however_many_were_refused() -> Tested {
    let service = Service::start()?;
    let mut tenant = phones(200);
    tenant["tokens"] = json!({"first": "good", "second": "good"});
    service.reset(&tenant)?;
    service.post("hold", &json!({"match": "removeAll", "after": 50}))?;
    let options = RunOptions::default()
        .quota(10_000, PATIENCE)?
        .supplies_tokens(true);
    let run = client(&service, "first")?.run(options)?;
    for user in (1..=200).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    let mut asked = 0;
    // Sixteen are on their way with the first token when that is worth nothing any more.
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
                // All sixteen have been refused; nobody sends until there is a token.
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
fn limits_hold_before_anything_is_sent() -> Tested {
    let service = Service::start()?;
    let run = client(&service, "demo-token")?.run(RunOptions::default())?;
    let (_, summary) = finish(&run, [])?;
    assert_eq!(summary.fatal, Some(Status::InvalidArgument));

    let run = client(&service, "demo-token")?.run(RunOptions::default().max_users(2)?)?;
    let users = ["adele@contoso.com", "diego@contoso.com", "lee@contoso.com"].map(str::to_owned);
    let (rows, summary) = finish(&run, users.clone())?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("skipped", "stopped"), 3)]));
    assert_eq!(summary.fatal, Some(Status::InvalidArgument));
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
    let options = RunOptions::default().quota(10_000, PATIENCE)?;
    let run = client(&service, "demo-token")?.run(options.max_users(200)?)?;
    // Users come only when they are asked for.
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
    let options = RunOptions::default().accept(WarningCode::EntraJoinedWindows)?;
    let run = client(&service, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, ["adele@contoso.com".to_owned()])?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 1)]));
    Ok(())
}

#[test]
fn one_person_by_name_and_by_id_is_one() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(2))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default())?;
    let id = "11000000-0000-4000-8000-000000000001".to_owned();
    let (rows, summary) = finish(&run, [name(1), id.clone(), name(1).to_uppercase(), id, name(2)])?;
    assert_eq!(rows.len(), 2);
    assert_eq!(summary.duplicates, 3);
    assert_eq!(service.get("actions")?.as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn a_stop_waits_for_what_is_in_flight_and_records_it() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("stop")?);
    service.reset(&phones(100))?;
    let path = folder.file("leavers.jsonl");
    service.post(
        "hold",
        &json!({"match": "removeAll", "after": 5, "point": "acted"}),
    )?;
    let options = RunOptions::default()
        .quota(10_000, PATIENCE)?
        .connections(8)?
        .journal(&path);
    let run = client(&service, "demo-token")?.run(options)?;
    for user in (1..=100).map(name) {
        run.add_user(&user)?;
    }
    assert_eq!(service.get("wait?held=8")?["reached"], true);
    run.stop();
    service.post("release", &json!({}))?;
    let (rows, _) = finish(&run, [])?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 13), (("skipped", "stopped"), 87)])
    );
    let results = journal(&path)?;
    let accepted = results
        .iter()
        .filter(|line| line["outcome"] == "accepted")
        .count();
    assert_eq!(accepted, 13);
    Ok(())
}
