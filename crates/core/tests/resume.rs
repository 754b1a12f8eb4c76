//! A run that was cut off and is taken up again; approvals; what became of the devices later.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::runs::{Counts, Folder, PATIENCE, client, finish, journal, name, outcomes, phones};
use common::{Service, Tested};
use graph_devices::{
    CallOptions, Event, Outcome, Reason, Run, RunOptions, Status, Summary, Verdict, Verification,
};
use serde_json::{Value, json};

const DEVICE: &str = "d1000000-0000-4000-8000-000000000001";

/// Takes lines out of a journal, as a kill at that moment would have.
fn forget(path: &Path, lost: impl Fn(&Value) -> bool) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    for line in fs::read_to_string(path)?.lines() {
        if !lost(&serde_json::from_str(line)?) {
            text.push_str(line);
            text.push('\n');
        }
    }
    Ok(fs::write(path, text)?)
}

/// One user's run whose answers did not make it into the journal.
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
fn what_leaves_was_written_down_before() -> Tested {
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

#[test]
fn approvals_are_asked_for_kept_and_used() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("approvals")?);
    service.reset(&phones(4))?;
    let path = folder.file("leavers.jsonl");
    let client = client(&service, "approval-token")?;
    let why = || -> graph_devices::Result<RunOptions> {
        Ok(RunOptions::default().call(CallOptions::default().justification("left the company")?))
    };
    // The first one that is queued ends the run.
    let (rows, summary) = finish(&client.run(why()?.journal(&path))?, (1..=4).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("awaiting_approval", ""), 1), (("skipped", "stopped"), 3)])
    );
    assert_eq!(summary.fatal, Some(Status::ApprovalPending));
    // With consent it goes on, and asks nobody twice.
    let (rows, summary) = finish(
        &client.run(why()?.resume(&path).max_approvals(10))?,
        (1..=4).map(name),
    )?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("awaiting_approval", ""), 4)]));
    assert_eq!((summary.fatal, attempts(&service)?), (None, 4));

    let state = service.get("state")?;
    let approvals = state["approvals"].as_array().ok_or("no approvals")?;
    let decide = |at: usize, status: &str| {
        let code = approvals
            .get(at)
            .and_then(|approval| approval["code"].as_str())
            .unwrap_or_default();
        service.post(&format!("approvals/{code}"), &json!({"status": status}))
    };
    decide(0, "approved")?;
    decide(1, "rejected")?;
    decide(2, "expired")?;
    for expected in [
        BTreeMap::from([
            (("accepted", ""), 1),
            (("failed", ""), 2),
            (("awaiting_approval", ""), 1),
        ]),
        BTreeMap::from([
            (("skipped", "done_before"), 1),
            (("failed", ""), 2),
            (("awaiting_approval", ""), 1),
        ]),
    ] {
        let run = client.run(why()?.resume(&path).max_approvals(10))?;
        let (rows, _) = finish(&run, (1..=4).map(name))?;
        assert_eq!(outcomes(&rows), expected);
        assert_eq!(attempts(&service)?, 5);
    }
    Ok(())
}

/// What a verification tells, to its end.
fn verified(run: &Run) -> graph_devices::Result<(Vec<Verification>, Summary)> {
    let mut found = Vec::new();
    loop {
        match run.next(PATIENCE)? {
            Some(Event::Done(summary)) => return Ok((found, summary)),
            Some(Event::Verified(verification)) => found.push(verification),
            Some(_) => {}
            None => return Err(graph_devices::Error::new(Status::Timeout, "no event came")),
        }
    }
}

#[test]
fn verification_tells_what_became_of_each_device() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("verify")?);
    service.reset(&phones(3))?;
    let path = folder.file("leavers.jsonl");
    let client = client(&service, "demo-token")?;
    let (rows, _) = finish(
        &client.run(RunOptions::default().connections(1)?.journal(&path))?,
        (1..=3).map(name),
    )?;
    let device = |row: usize, at: usize| -> Result<String, Box<dyn std::error::Error>> {
        let list = rows.get(row).and_then(|row| row.devices.as_ref());
        let device = list.and_then(|list| list.devices.get(at));
        Ok(device.ok_or("no device")?.id.clone())
    };
    assert_eq!(device(0, 0)?, DEVICE);
    let change = |id: &str, to: Value| service.patch(&format!("devices/{id}"), &to);
    service.delete(&format!("devices/{}", device(0, 0)?))?;
    service.delete(&format!("devices/{}", device(0, 1)?))?;
    change(&device(1, 0)?, json!({"managementState": "retireFailed"}))?;
    change(
        &device(2, 0)?,
        json!({"managementState": "managed", "deviceActionResults": [{"actionName": "retire", "actionState": "notSupported"}]}),
    )?;
    service.faults(&json!([{"match": device(2, 1)?, "in_batch": true, "status": 403}, {"match": device(2, 1)?, "status": 500, "times": 9}]))?;
    let (found, summary) = verified(&client.verify(&path, &RunOptions::default())?)?;
    assert_eq!(summary.fatal, None, "{:?}", summary.message);
    let verdicts: Vec<Vec<_>> = found
        .iter()
        .map(|found| found.devices.iter().map(|device| device.verdict).collect())
        .collect();
    assert_eq!(
        verdicts,
        [
            [Verdict::Gone, Verdict::Gone],
            [Verdict::NeedsPerson, Verdict::Pending],
            [Verdict::NeedsPerson, Verdict::CannotTell]
        ]
    );
    assert_eq!(
        found.iter().map(|found| found.verdict).collect::<Vec<_>>(),
        [Verdict::Gone, Verdict::NeedsPerson, Verdict::CannotTell]
    );
    let pending = found
        .get(1)
        .and_then(|found| found.devices.get(1))
        .ok_or("none")?;
    assert!(pending.since.is_some() && pending.state.as_deref() == Some("retireIssued"));
    let lines = journal(&path)?;
    assert_eq!(lines.iter().filter(|line| line["event"] == "verify").count(), 3);
    // A look changes nothing for a run that goes on.
    let (rows, _) = finish(
        &client.run(RunOptions::default().resume(&path))?,
        (1..=3).map(name),
    )?;
    assert!(
        rows.iter()
            .all(|row| row.outcome == Outcome::Skipped && row.reason == Reason::DoneBefore)
    );
    Ok(())
}
