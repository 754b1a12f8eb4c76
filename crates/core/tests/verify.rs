//! A verification of the devices that a run saw.

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::runs::{Folder, PATIENCE, client, clocked, finish, journal, name, next, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{
    Event, Outcome, Progress, Reason, Run, RunOptions, Status, Summary, Verdict, Verification,
};
use serde_json::{Value, json};

const DEVICE: &str = "d1000000-0000-4000-8000-000000000001";

/// The events of a verification, to its end.
fn verified(run: &Run) -> graph_devices::Result<(Vec<Verification>, Summary)> {
    let mut found = Vec::new();
    loop {
        match next(run)? {
            Event::Done(summary) => return Ok((found, summary)),
            Event::Verified(verification) => found.push(verification),
            _ => {}
        }
    }
}

#[test]
fn a_verification_reports_each_device() -> Tested {
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
    assert_eq!(summary.ended_by, None, "{:?}", summary.message);
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
    // A verification does not change a resumed run.
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

/// So many people of one device each, all accepted, and the journal of that.
fn accepted(service: &Service, path: &Path, people: usize) -> Tested {
    service.reset(
        &json!({"users": [], "generate": {"users": people, "devices": 1, "operating_systems": ["iOS"]}}),
    )?;
    let options = RunOptions::default()
        .write_quota(10_000, PATIENCE)?
        .connections(1)?;
    finish(
        &client(service, "demo-token")?.run(options.journal(path))?,
        (1..=people).map(name),
    )?;
    Ok(())
}

fn verdicts(found: &[Verification]) -> Vec<Verdict> {
    found.iter().map(|found| found.verdict).collect()
}

#[test]
fn one_device_that_may_not_be_read_hides_no_other() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("verify-scope")?);
    let path = folder.file("leavers.jsonl");
    accepted(&service, &path, 3)?;
    service.faults(&json!([
        {"match": DEVICE, "in_batch": true, "status": 403},
        {"match": DEVICE, "status": 403},
    ]))?;
    let (found, summary) = verified(&client(&service, "demo-token")?.verify(&path, &RunOptions::default())?)?;
    assert_eq!(
        verdicts(&found),
        [Verdict::CannotTell, Verdict::Pending, Verdict::Pending]
    );
    assert_eq!(summary.ended_by, None, "{:?}", summary.message);
    let counts =
        [Verdict::CannotTell, Verdict::Pending, Verdict::Gone].map(|verdict| summary.count_verified(verdict));
    assert_eq!(counts, [1, 2, 0]);
    Ok(())
}

#[test]
fn a_token_that_may_not_read_verifies_no_user() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("verify-denied")?);
    let path = folder.file("leavers.jsonl");
    accepted(&service, &path, 3)?;
    let (found, summary) =
        verified(&client(&service, "no-read-token")?.verify(&path, &RunOptions::default())?)?;
    assert_eq!(
        (found.len(), summary.ended_by),
        (0, Some(Status::PermissionDenied))
    );
    let message = summary.message.unwrap_or_default();
    assert!(
        message.contains("DeviceManagementManagedDevices.Read.All"),
        "{message}"
    );
    Ok(())
}

#[test]
fn a_batch_holds_devices_of_several_people() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("verify-batches")?);
    let path = folder.file("leavers.jsonl");
    accepted(&service, &path, 40)?;
    let before = service.log()?.len();
    let clock = Arc::new(TestClock::default());
    let run = clocked(&service, &clock, "demo-token")?.verify(&path, &RunOptions::default())?;
    let refused = run.add_user(&name(41)).err().map(|error| error.status);
    assert_eq!(refused, Some(Status::InvalidArgument));

    // After a second a progress event is due.
    clock.advance(Duration::from_secs(1));
    let Some(Event::Progress(Progress { done, given, .. })) = run.next(PATIENCE)? else {
        return Err("no progress".into());
    };
    assert_eq!(given, 40);
    assert!(done <= 40);
    let (found, summary) = verified(&run)?;
    assert_eq!(verdicts(&found), [Verdict::Pending; 40]);
    assert_eq!(summary.count_verified(Verdict::Pending), 40);
    let asked: Vec<_> = service.log()?[before..]
        .iter()
        .map(|entry| entry["target"].clone())
        .collect();
    assert_eq!(asked, ["/v1.0/$batch"; 2]);
    Ok(())
}

#[test]
fn a_stop_ends_a_verification_without_a_fault() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("verify-stop")?);
    let path = folder.file("leavers.jsonl");
    accepted(&service, &path, 40)?;
    // Requests in flight are awaited and reported; reads that would have to be sent again are not.
    for (faults, reported) in [(json!([]), 20), (json!([{"match": "$batch", "status": 503}]), 0)] {
        service.faults(&faults)?;
        service.post("hold", &json!({"match": "$batch"}))?;
        let run = client(&service, "demo-token")?.verify(&path, &RunOptions::default())?;
        assert_eq!(service.get("wait?held=1")?["reached"], true);
        run.stop();
        service.post("release", &json!({}))?;
        let (found, summary) = verified(&run)?;
        assert_eq!(
            (found.len(), summary.ended_by),
            (reported, None),
            "{:?}",
            summary.message
        );
        assert_eq!(summary.count_verified(Verdict::Pending), reported as u64);
        let last = journal(&path)?.pop().ok_or("no journal")?;
        assert_eq!((&last["event"], &last["ended_by"]), (&json!("end"), &Value::Null));
        drop(run);
    }
    Ok(())
}
