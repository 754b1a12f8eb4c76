//! Many users at once against the emulator: once each, at once, and to the end.

mod common;

use std::collections::BTreeMap;

use common::runs::{Folder, PATIENCE, client, finish, journal, name, outcomes, phones};
use common::{Service, Tested};
use graph_devices::{Outcome, RunOptions};
use serde_json::json;

#[test]
fn every_user_is_read_recorded_and_sent_once() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("once")?);
    service.reset(&phones(300))?;
    let path = folder.file("leavers.jsonl");
    let run = client(&service, "demo-token")?.run(
        RunOptions::default()
            .write_quota(10_000, PATIENCE)?
            .journal(&path),
    )?;
    let (rows, summary) = finish(&run, (1..=300).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 300)]));
    assert_eq!((summary.count(Outcome::Accepted), summary.ended_by), (300, None));
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

    // Again: no user is read or sent.
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
        .write_quota(10_000, PATIENCE)?
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

#[test]
fn a_slow_beginning_leaves_a_run_none_of_its_connections() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(40))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().write_quota(10_000, PATIENCE)?)?;
    // The first user's request is held, and the others come only then and one by one, each once the one before was read.
    service.post("hold", &json!({"match": "removeAll"}))?;
    for user in 1..=33 {
        run.add_user(&name(user))?;
        // The identity of the user and the devices; a request that is held has not arrived yet.
        let read = service.get(&format!("wait?held=1&requests={}", 2 * user))?;
        assert_eq!(read["reached"], true, "user {user}: {read}");
    }
    // The most users that are read ahead are read; these wait.
    for user in (34..=40).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    service.post("release", &json!({"hold": {"match": "removeAll"}}))?;
    let held = service.get("wait?held=16")?;
    assert_eq!(held["reached"], true, "{held}");
    service.post("release", &json!({}))?;
    let (_, summary) = finish(&run, [])?;
    assert_eq!(summary.count(Outcome::Accepted), 40);
    Ok(())
}
