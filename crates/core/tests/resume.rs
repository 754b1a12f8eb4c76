//! A run that was killed and is resumed.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::runs::{
    Counts, Folder, acted, client, ended, finish, forget, id, journal, name, outcomes, phones,
};
use common::{Service, Tested};
use graph_devices::{CallOptions, Outcome, Reason, RunOptions, Status, UserResult};
use serde_json::{Value, json};

/// A run of one user whose answers are not in the journal.
fn killed_after_sending(service: &Service, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let run = client(service, "demo-token")?.run(RunOptions::default().journal(path))?;
    finish(&run, [name(1)])?;
    forget(path, |line| line["event"] == "result" || line["event"] == "end")
}

fn resumed(service: &Service, path: &Path) -> Result<Counts, Box<dyn std::error::Error>> {
    let run = client(service, "demo-token")?.run(RunOptions::default().resume(path))?;
    let (rows, _) = finish(&run, [name(1)])?;
    Ok(outcomes(&rows))
}

fn attempts(service: &Service) -> Result<usize, Box<dyn std::error::Error>> {
    Ok(service.get("actions")?.as_array().map_or(0, Vec::len))
}

#[test]
fn a_send_is_recorded_before_it_leaves() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("ahead")?);
    service.reset(&phones(40))?;
    let path = folder.file("leavers.jsonl");
    service.post("hold", &json!({"match": "removeAll", "after": 1}))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().journal(&path))?;
    for user in (1..=40).map(name) {
        run.add_user(&user)?;
    }
    assert_eq!(service.get("wait?held=16")?["reached"], true);
    let sent: Vec<_> = journal(&path)?
        .into_iter()
        .filter(|line| line["event"] == "sent")
        .map(|line| line["client_request_id"].clone())
        .collect();
    let arrived = service.log()?;
    let ids = arrived
        .iter()
        .filter(|entry| {
            entry["target"]
                .as_str()
                .is_some_and(|target| target.contains("removeAll"))
        })
        .map(|entry| &entry["headers"]["client-request-id"]);
    for id in ids {
        assert!(sent.contains(id), "{id} is not in the journal");
    }
    assert_eq!(sent.len(), 17);
    service.post("release", &json!({}))?;
    finish(&run, [])?;
    Ok(())
}

#[test]
fn a_killed_run_is_confirmed_or_sent_again_by_what_the_devices_say() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("killed")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(1))?;
    killed_after_sending(&service, &path)?;
    assert_eq!(
        resumed(&service, &path)?,
        BTreeMap::from([(("confirmed", ""), 1)])
    );
    assert_eq!(attempts(&service)?, 1);
    assert_eq!(
        resumed(&service, &path)?,
        BTreeMap::from([(("skipped", "done_before"), 1)])
    );

    let path = folder.file("not-applied.jsonl");
    service.reset(&phones(1))?;
    killed_after_sending(&service, &path)?;
    service.reset(&phones(1))?;
    assert_eq!(resumed(&service, &path)?, BTreeMap::from([(("accepted", ""), 1)]));
    assert_eq!(attempts(&service)?, 1);
    let lines = journal(&path)?;
    let settled: Vec<_> = lines
        .iter()
        .filter(|line| line["event"] == "read")
        .map(|line| &line["applied"])
        .collect();
    assert_eq!(settled.last().copied(), Some(&json!(false)));
    Ok(())
}

#[test]
fn a_device_enrolled_meanwhile_is_left_to_a_person() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("enrolled")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(1))?;
    killed_after_sending(&service, &path)?;
    service.reset(&phones(1))?;
    service.post(
        &format!("users/{}/devices", name(1)),
        &json!({"operatingSystem": "iOS"}),
    )?;
    for _ in 0..2 {
        assert_eq!(
            resumed(&service, &path)?,
            BTreeMap::from([(("skipped", "new_device"), 1)])
        );
    }
    assert_eq!(attempts(&service)?, 0);
    Ok(())
}

#[test]
fn a_journal_is_refused_before_anything_is_sent() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("refused")?);
    let path = folder.file("leavers.jsonl");
    let client = client(&service, "demo-token")?;
    let status = |options: RunOptions| client.run(options).err().map(|error| error.status);
    assert_eq!(
        status(RunOptions::default().resume(&path)),
        Some(Status::Journal),
        "there is none"
    );
    let run = client.run(RunOptions::default().journal(&path))?;
    assert_eq!(
        status(RunOptions::default().resume(&path)),
        Some(Status::Journal),
        "in use"
    );
    finish(&run, ["lee@contoso.com".to_owned()])?;
    drop(run);
    assert_eq!(
        status(RunOptions::default().journal(&path)),
        Some(Status::Journal),
        "it exists"
    );
    assert_eq!(
        status(RunOptions::default().plan(folder.file("none.jsonl"))),
        Some(Status::Journal)
    );
    let text = fs::read_to_string(&path)?;
    fs::write(&path, text.replace("http://127.0.0.1", "http://127.0.0.2"))?;
    assert_eq!(
        status(RunOptions::default().resume(&path)),
        Some(Status::Journal),
        "another endpoint"
    );
    assert_eq!(attempts(&service)?, 0);
    Ok(())
}

#[test]
fn a_run_bound_to_a_plan_acts_on_what_was_seen() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("plan")?);
    service.reset(&phones(3))?;
    let plan = folder.file("plan.jsonl");
    let client = client(&service, "demo-token")?;
    let preview = client.run(RunOptions::default().preview().journal(&plan))?;
    let (rows, _) = finish(&preview, [name(1), name(2)])?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("skipped", "preview"), 2)]));
    assert_eq!(attempts(&service)?, 0);
    service.post(
        &format!("users/{}/devices", name(2)),
        &json!({"operatingSystem": "iOS"}),
    )?;
    let options = RunOptions::default()
        .plan(&plan)
        .journal(folder.file("run.jsonl"));
    let (rows, _) = finish(&client.run(options)?, (1..=3).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 1), (("skipped", "new_device"), 2)])
    );
    assert_eq!(attempts(&service)?, 1);
    Ok(())
}

/// The two devices of the first generated user.
fn devices() -> [Value; 2] {
    [1, 2].map(|at| json!({"id": format!("d1000000-0000-4000-8000-{at:012}"), "operatingSystem": "iOS"}))
}

/// A user in doubt whose devices are not listed any more, resumed in another state of the tenant.
fn resumed_in_doubt(
    heirs_devices: &[Value],
    faults: &Value,
) -> Result<(UserResult, usize), Box<dyn std::error::Error>> {
    let (service, folder) = (Service::start()?, Folder::new("elsewhere")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(1))?;
    killed_after_sending(&service, &path)?;
    service.reset(&json!({"users": [
        {"id": id(1), "userPrincipalName": name(1)},
        {"userPrincipalName": "heir@contoso.com", "devices": heirs_devices},
    ]}))?;
    service.faults(faults)?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path))?;
    let (rows, _) = finish(&run, [name(1)])?;
    Ok((rows.into_iter().next().ok_or("no row")?, attempts(&service)?))
}

#[test]
fn a_device_that_is_another_users_now_confirms_nothing() -> Tested {
    let by_id = "deviceManagement/managedDevices";
    for (heirs, faults, outcome, reason) in [
        (&devices()[..], json!([]), Outcome::Skipped, Reason::NothingListed),
        (
            &devices()[..1],
            json!([]),
            Outcome::Skipped,
            Reason::NothingListed,
        ),
        (
            &devices()[..],
            json!([
                {"match": by_id, "in_batch": true, "status": 403, "times": 2},
                {"match": by_id, "status": 403, "times": 2},
            ]),
            Outcome::Unknown,
            Reason::None,
        ),
        (&[], json!([]), Outcome::Confirmed, Reason::None),
    ] {
        let (row, attempts) = resumed_in_doubt(heirs, &faults)?;
        assert_eq!((row.outcome, row.reason), (outcome, reason), "{heirs:?} {faults}");
        assert_eq!(attempts, 0);
    }
    Ok(())
}

#[test]
fn a_user_done_under_one_name_is_done_under_the_other() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("names")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(1))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().journal(&path))?;
    finish(&run, [name(1)])?;
    for users in [[name(1), id(1)], [id(1), name(1)]] {
        let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path))?;
        let (rows, summary) = finish(&run, users)?;
        let reported: Vec<_> = rows.iter().map(|row| (row.reason, row.id.clone())).collect();
        assert_eq!(reported, [(Reason::DoneBefore, Some(id(1)))]);
        assert_eq!(summary.duplicates, 1);
    }
    assert_eq!(attempts(&service)?, 1);
    Ok(())
}

#[test]
fn a_name_that_now_belongs_to_another_hides_no_user() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("renamed")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(1))?;
    service.faults(&json!([{"match": "removeAll", "status": 403}]))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().journal(&path))?;
    finish(&run, [name(1)])?;
    for users in [[name(1), id(9)], [id(9), name(1)]] {
        let once = folder.file("once.jsonl");
        fs::copy(&path, &once)?;
        service
            .reset(&json!({"users": [{"id": id(9), "userPrincipalName": name(1), "devices": devices()}]}))?;
        let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&once))?;
        let (rows, summary) = finish(&run, users)?;
        let of = |user: &str| rows.iter().find(|row| row.user == user).map(|row| row.reason);
        assert_eq!(of(&name(1)), Some(Reason::IdentityChanged));
        assert_eq!(of(&id(9)), Some(Reason::None));
        assert_eq!((acted(&service)?, summary.duplicates), (vec![id(9)], 0));
    }
    Ok(())
}

#[test]
fn unfinished_users_that_are_not_given_are_reported_at_the_end() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("left-open")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(3))?;
    let why = CallOptions::default().justification("left the company")?;
    let options = || RunOptions::default().call(why.clone()).max_approvals(9);
    let run = client(&service, "approval-token")?.run(options().journal(&path))?;
    finish(&run, [name(1), name(2)])?;
    // The second user's answer is not in the journal.
    forget(&path, |line| line["event"] == "result" && line["user"] == name(2))?;
    for (given, left) in [
        (vec![name(3)], Some("2 unfinished users")),
        (vec![id(1), name(3)], Some("1 unfinished users")),
        (vec![id(1), name(2)], None),
    ] {
        let once = folder.file("once.jsonl");
        fs::copy(&path, &once)?;
        let run = client(&service, "approval-token")?.run(options().resume(&once))?;
        let notices = ended(&run, given)?.notices;
        match left {
            Some(left) => assert!(notices.len() == 1 && notices[0].starts_with(left), "{notices:?}"),
            None => assert!(notices.is_empty(), "{notices:?}"),
        }
    }
    Ok(())
}
