//! A tenant that does not stand still: between a kill and the resume, devices are enrolled, users renamed and their names
//! taken over. Nothing of the new may be touched.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::claims::{Claim, Verdict};
use super::evidence::Evidence;
use super::journal::{Fold, State};
use super::model;
use super::stage::{self, Orders, PATIENCE, Stage};
use super::{Report, Setting};
use crate::tools::Result;

pub(super) const CLAIMS: &[Claim] = &[
    Claim::Accepted,
    Claim::Confirmed,
    Claim::Failed,
    Claim::Unknown,
    Claim::Once,
    Claim::WrittenAhead,
    Claim::Devices,
    Claim::Person,
    Claim::States,
    Claim::Rows,
    Claim::Settled,
];

/// What happens to a user in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    None,
    /// Another device.
    Enrolled,
    /// A device is gone, another came in its place.
    Replaced,
    Renamed,
    /// Renamed, and somebody else has the name now.
    Reused,
    /// Deleted, and somebody else has the name now.
    Succeeded,
}

const CHANGES: [Change; 6] = [
    Change::None,
    Change::Enrolled,
    Change::Replaced,
    Change::Renamed,
    Change::Reused,
    Change::Succeeded,
];

/// What becomes of the first request of a user; every change meets each of them.
fn faults(users: usize) -> Value {
    let fault = |number: usize| {
        let mut fault = match number % 6 {
            0 => return None,
            1 => json!({"status": 503}),
            2 => json!({"reset": "before"}),
            3 => json!({"reset": "after"}),
            4 => json!({"status": 504, "act": false}),
            _ => json!({"status": 504, "act": true}),
        };
        fault["match"] = json!(format!("{}/removeAll", stage::id(number)));
        Some(fault)
    };
    (1..=users).filter_map(fault).collect()
}

pub(super) fn run(setting: &Setting) -> Result<Report> {
    let users = if setting.short { 216 } else { 2160 };
    let tenant = stage::tenant(users, &json!({"faults": faults(users)}));
    let mut stage = Stage::new("change", setting.program.clone(), &tenant, stage::by_name(users))?;
    let orders = Orders::fast().with(&["--attempts", "1"]);
    kill_at(&mut stage, &orders, users as u64 * 4 / 5)?;

    let fold = Fold::of(&stage.journal().lines);
    let mut evidence = stage.evidence()?;
    stage.emulator.delete("/_emulator/faults")?;
    let (mut strangers, mut late_devices) = (Vec::new(), Vec::new());
    let mut changes = Vec::new();
    for number in 1..=users {
        let seen = fold
            .get(&stage::name(number))
            .is_some_and(|state| state.snapshot.is_some());
        // A user who was never read is, for all that anybody can tell, as found at the first look.
        let change = CHANGES[if seen { number / 6 % CHANGES.len() } else { 0 }];
        apply(&stage, number, change, &mut strangers, &mut late_devices)?;
        changes.push((number, change));
    }
    let expected = changes
        .iter()
        .map(|&(number, change)| {
            let user = stage::name(number);
            let allowed = allowed(&evidence, &fold, &user, change);
            (user, allowed)
        })
        .collect();
    for _ in 0..2 {
        let worker = stage.start(&orders)?;
        stage.finish(worker, PATIENCE)?;
    }
    evidence = stage.evidence()?;
    evidence.expected = expected;
    evidence.strangers = strangers.iter().cloned().collect();
    evidence.late_devices = late_devices.iter().cloned().collect();
    let mut verdict = model::judge(&evidence);
    untouched(&stage, &strangers, &late_devices, &mut verdict)?;
    Ok(Report {
        claims: CLAIMS,
        figures: format!(
            "{users} users; {} names taken over, {} devices enrolled, none of them touched",
            strangers.len(),
            late_devices.len()
        ),
        verdict,
    })
}

fn kill_at(stage: &mut Stage, orders: &Orders, attempts: u64) -> Result {
    let mut worker = stage.start(orders)?;
    let end = Instant::now() + Duration::from_secs(600);
    while worker.is_running()? && Instant::now() < end {
        let path = format!("/_emulator/wait?attempts={attempts}&seconds=0.2");
        if stage.emulator.get(&path)?["reached"] == true {
            return stage.kill(worker, false);
        }
    }
    Err("the worker ended before it could be killed".into())
}

fn apply(
    stage: &Stage,
    number: usize,
    change: Change,
    strangers: &mut Vec<String>,
    late_devices: &mut Vec<String>,
) -> Result {
    let (id, name) = (stage::id(number), stage::name(number));
    let user = format!("/_emulator/users/{id}");
    let made = |answer: &Value| {
        let id = answer["id"].as_str().map(str::to_owned);
        id.ok_or("the emulator gave no id")
    };
    let enrol = |late: &mut Vec<String>| -> Result {
        let device = json!({"operatingSystem": "iOS"});
        let answer = stage.emulator.post(&format!("{user}/devices"), &device)?;
        late.push(made(&answer)?);
        Ok(())
    };
    match change {
        Change::None => return Ok(()),
        Change::Enrolled => return enrol(late_devices),
        Change::Replaced => {
            let device = format!("/_emulator/devices/d1000000-0000-4000-8000-{:012}", number * 2);
            stage.emulator.delete(&device)?;
            return enrol(late_devices);
        }
        Change::Renamed | Change::Reused => {
            let left = json!({"userPrincipalName": format!("left-{name}")});
            stage.emulator.patch(&user, &left)?;
        }
        Change::Succeeded => drop(stage.emulator.delete(&user)?),
    }
    if change != Change::Renamed {
        let successor = json!({"userPrincipalName": name, "devices": [{"operatingSystem": "iOS"}]});
        let answer = stage.emulator.post("/_emulator/users", &successor)?;
        strangers.push(made(&answer)?);
    }
    Ok(())
}

/// What may become of a user in the end, from what had become of it when the worker was killed.
fn allowed(evidence: &Evidence, fold: &Fold, user: &str, change: Change) -> &'static [&'static str] {
    let person = evidence.people.get(user);
    let acted = evidence
        .attempts
        .iter()
        .any(|attempt| attempt.acted && attempt.person.as_ref() == person);
    if fold.get(user).is_some_and(State::is_finished) {
        return &["accepted", "confirmed"];
    }
    match (change, acted) {
        (Change::None, false) => &["accepted"],
        // The devices that were read are all told to retire or gone.
        (Change::None | Change::Enrolled | Change::Replaced, true) => &["confirmed"],
        // The person is still there, under the same id.
        (Change::Renamed, false) => &["accepted", "unknown", "failed", "skipped"],
        (_, true) => &["confirmed", "unknown"],
        (_, false) => &["unknown", "failed", "skipped"],
    }
}

/// Asks the service itself, not its list of attempts.
fn untouched(stage: &Stage, strangers: &[String], late_devices: &[String], verdict: &mut Verdict) -> Result {
    let now = stage.emulator.get("/_emulator/state")?;
    let users = now["users"].as_array().ok_or("no users")?;
    for user in users {
        let stranger = strangers.iter().any(|id| user["id"] == id.as_str());
        for device in user["devices"].as_array().into_iter().flatten() {
            let late = late_devices.iter().any(|id| device["id"] == id.as_str());
            if stranger || late {
                let claim = if stranger { Claim::Person } else { Claim::Devices };
                verdict.hold(claim, device["managementState"] == "managed", || {
                    format!("the device {} is {}", device["id"], device["managementState"])
                });
            }
        }
    }
    Ok(())
}
