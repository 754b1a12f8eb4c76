//! A tenant that does not stand still: between a kill and the resume, devices are enrolled, lost and handed on, users renamed
//! and their names taken over. Nothing new may be touched, and the result of each user is known beforehand.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::claims::{Claim, Verdict};
use super::clock::now;
use super::evidence::{Evidence, Expected};
use super::model::{Settles, Timeline};
use super::stage::{self, Held, Orders, Stage};
use super::{Findings, Setting};
use crate::Result;

const CLAIMS: &[Claim] = &[
    Claim::Confirmed,
    Claim::Failed,
    Claim::Unknown,
    Claim::Skipped,
    Claim::Effect,
    Claim::Looked,
    Claim::Untouched,
    Claim::Spread,
];

/// What happens to a user in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    None,
    /// Another device.
    Enrolled,
    /// A device is gone, another came in its place.
    Replaced,
    /// All devices are another user's now.
    HandedOn,
    Renamed,
    /// Renamed, and another user has the name now.
    Reused,
    /// Deleted, and another user has the name now.
    Succeeded,
}

const CHANGES: [Change; 7] = [
    Change::None,
    Change::Enrolled,
    Change::Replaced,
    Change::HandedOn,
    Change::Renamed,
    Change::Reused,
    Change::Succeeded,
];

/// How a user stood when the worker was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Nothing was sent.
    Untouched,
    /// Each attempt was refused.
    Refused,
    /// An attempt may have been carried out, and was or was not.
    Doubt {
        acted: bool,
    },
    Done,
}

/// What a resumed run must report of a user: outcome, reason, and the state that the journal is then in.
fn becomes(standing: Standing, change: Change) -> (&'static str, &'static str, &'static str) {
    let left = match standing {
        Standing::Untouched => "skipped",
        Standing::Refused => "failed",
        Standing::Doubt { .. } => "unknown",
        // Either one: the model compares it with the service.
        Standing::Done => return ("skipped", "done_before", ""),
    };
    let acted = standing == Standing::Doubt { acted: true };
    match change {
        Change::Reused | Change::Succeeded => ("skipped", "identity_changed", left),
        // No user of that name can be read.
        Change::Renamed if left == "unknown" => ("unknown", "", "unknown"),
        Change::Renamed => ("failed", "", "failed"),
        // The devices of before are all retiring or gone, whichever user has them.
        _ if acted => ("confirmed", "", "confirmed"),
        Change::None => ("accepted", "", "accepted"),
        Change::Enrolled | Change::Replaced => ("skipped", "new_device", left),
        Change::HandedOn => ("skipped", "nothing_listed", left),
    }
}

/// What happens to the first request of a user; every change meets each of these. Other users stand in between, since three
/// in a row end a run.
fn faults(users: usize) -> Value {
    let fault = |number: usize| {
        let mut fault = match number % 31 {
            1 => json!({"status": 503}),
            7 => json!({"reset": "before"}),
            13 => json!({"reset": "after"}),
            19 => json!({"status": 504, "act": false}),
            25 => json!({"status": 504, "act": true}),
            _ => return None,
        };
        fault["match"] = json!(format!("{}/removeAll", stage::id(number)));
        Some(fault)
    };
    (1..=users).filter_map(fault).collect()
}

pub(super) fn run(setting: &Setting) -> Result<Findings> {
    let users = if setting.short { 1085 } else { 6510 };
    let tenant = stage::tenant(users, &json!({"faults": faults(users)}));
    let mut stage = Stage::new(setting, "change", &tenant, stage::by_name(users))?;
    let orders = Orders::fast().with(&["--attempts", "1"]);
    let mut changed = Changed::new(&stage)?;

    // Killed over the first send: some users are read, none is sent.
    let order = json!({"match": "removeAll"});
    stage.emulator.post("/_emulator/hold", &order)?;
    // Once some user of each change is recorded as read.
    let has_each_change = |stage: &Stage| {
        let read = stage.read_users();
        CHANGES.iter().all(|change| {
            (1..=users).any(|number| change_of(number) == *change && read.contains(&stage::name(number)))
        })
    };
    kill(&mut stage, &orders, "held=1", has_each_change, Held::Lost)?;
    let early_standing = standings(&stage.evidence()?);
    let early = changed.all(&stage, users)?;
    // Few at once, so that users that meet trouble stay apart.
    let orders = Orders {
        connections: 5,
        ..orders
    };
    // Killed late: most are sent, and their first requests met what was laid out for them. Some of the changed are not sent.
    let late = users as u64 * 3 / 4 - early.len() as u64;
    kill(
        &mut stage,
        &orders,
        &format!("attempts={late}"),
        |_| true,
        Held::GoOn,
    )?;
    stage.emulator.delete("/_emulator/faults")?;
    let mut standing = standings(&stage.evidence()?);
    for user in early.iter().filter(|user| changed.change(user) != Change::None) {
        // Unchanged: it is left alone, and nothing that was seen of it was acted on.
        standing.extend(early_standing.get(user).map(|early| (user.clone(), *early)));
    }
    changed.all(&stage, users)?;
    for _ in 0..2 {
        let worker = stage.start(&orders)?;
        stage.finish(worker)?;
    }

    let mut evidence = stage.evidence()?;
    evidence.expected = changed.expected(&early, &standing);
    evidence.strangers = changed.strangers.iter().cloned().collect();
    evidence.late_devices = changed.late_devices.iter().cloned().collect();
    let mut verdict = stage.judge(&evidence)?;
    changed.hold_untouched(&stage, &mut verdict)?;
    let met = changed.hold_spread(&early, &standing, &mut verdict);
    Ok(Findings {
        claims: CLAIMS,
        figures: format!(
            "{users} users, {} changed after they were read and before any user was sent, {} later, {met} pairs of standing and \
             change; {} names taken over, {} devices enrolled, none of them touched",
            early.len(),
            changed.of_user.len() - early.len(),
            changed.strangers.len() - 1,
            changed.late_devices.len()
        ),
        verdict,
    })
}

/// Kills a worker once the emulator meets the wish and `is_ripe` holds.
fn kill(
    stage: &mut Stage,
    orders: &Orders,
    wish: &str,
    is_ripe: impl Fn(&Stage) -> bool,
    held: Held,
) -> Result {
    let mut worker = stage.start(orders)?;
    let end = Instant::now() + stage.patience;
    while worker.is_running()? && Instant::now() < end {
        let path = format!("/_emulator/wait?{wish}&seconds=0.2");
        let is_reached = stage.emulator.get(&path)?["reached"] == true;
        // The latest answer may be recorded or not.
        thread::sleep(Duration::from_millis(20));
        if is_reached && is_ripe(stage) {
            return stage.kill(worker, held);
        }
    }
    Err("the worker could not be killed in time".into())
}

/// How each user stands after a kill, by what the service did and the kill.
fn standings(evidence: &Evidence) -> BTreeMap<String, Standing> {
    let (timeline, until) = (Timeline::new(evidence), now());
    let lives = evidence.lives.len();
    let standing = |user: &String| {
        let person = timeline.person(user);
        let settled = timeline.settled(user, &until, Settles::Surely);
        let attempts = timeline.attempts(person);
        if timeline.open(person, lives, settled, &until).is_some() {
            let acted = attempts.iter().any(|attempt| attempt.acted);
            return Standing::Doubt { acted };
        }
        match (0..lives).any(|life| timeline.yes(person, life, &until).is_some()) {
            true => Standing::Done,
            false if attempts.is_empty() => Standing::Untouched,
            false => Standing::Refused,
        }
    };
    let people = evidence.people.keys();
    people.map(|user| (user.clone(), standing(user))).collect()
}

fn change_of(number: usize) -> Change {
    CHANGES[number % CHANGES.len()]
}

/// What was changed.
struct Changed {
    of_user: BTreeMap<String, Change>,
    /// Users that took a name over; the first also gets the devices that are handed on.
    strangers: Vec<String>,
    late_devices: Vec<String>,
    /// Devices that were handed on, in the state they were in.
    handed_on: Vec<(String, Value)>,
}

impl Changed {
    fn new(stage: &Stage) -> Result<Self> {
        let successor = json!({"userPrincipalName": "successor@contoso.com"});
        let answer = stage.emulator.post("/_emulator/users", &successor)?;
        Ok(Self {
            of_user: BTreeMap::new(),
            strangers: vec![id_in(&answer)?],
            late_devices: Vec::new(),
            handed_on: Vec::new(),
        })
    }

    /// Changes each user that the journal has as read and that is as before, and returns those users. A change of a user
    /// that was never read could not be seen.
    fn all(&mut self, stage: &Stage, users: usize) -> Result<Vec<String>> {
        let read_users = stage.read_users();
        let mut changed = Vec::new();
        for number in 1..=users {
            let user = stage::name(number);
            if read_users.contains(&user) && !self.of_user.contains_key(&user) {
                let change = change_of(number);
                self.apply(stage, number, change)?;
                self.of_user.insert(user.clone(), change);
                changed.push(user);
            }
        }
        Ok(changed)
    }

    fn apply(&mut self, stage: &Stage, number: usize, change: Change) -> Result {
        let (id, name) = (stage::id(number), stage::name(number));
        let user = format!("/_emulator/users/{id}");
        let device = |at: usize| {
            format!(
                "/_emulator/devices/d1000000-0000-4000-8000-{:012}",
                number * 2 - at
            )
        };
        match change {
            Change::None => {}
            Change::Enrolled | Change::Replaced => {
                if change == Change::Replaced {
                    stage.emulator.delete(&device(0))?;
                }
                let new = json!({"operatingSystem": "iOS"});
                let answer = stage.emulator.post(&format!("{user}/devices"), &new)?;
                self.late_devices.push(id_in(&answer)?);
            }
            Change::HandedOn => {
                let shown = stage.emulator.get(&user)?;
                let successor = self.strangers.first().ok_or("no user to hand on to")?;
                let successor = format!("/_emulator/users/{successor}/devices");
                for at in 0..2 {
                    stage.emulator.delete(&device(at))?;
                }
                for device in shown["devices"].as_array().into_iter().flatten() {
                    let same = json!({
                        "id": device["id"], "operatingSystem": device["operatingSystem"],
                        "managementState": device["managementState"],
                    });
                    stage.emulator.post(&successor, &same)?;
                    self.handed_on
                        .push((id_in(device)?, device["managementState"].clone()));
                }
            }
            Change::Renamed | Change::Reused => {
                let left = json!({"userPrincipalName": format!("left-{name}")});
                stage.emulator.patch(&user, &left)?;
            }
            Change::Succeeded => drop(stage.emulator.delete(&user)?),
        }
        if matches!(change, Change::Reused | Change::Succeeded) {
            let heir = json!({"userPrincipalName": name, "devices": [{"operatingSystem": "iOS"}]});
            let answer = stage.emulator.post("/_emulator/users", &heir)?;
            self.strangers.push(id_in(&answer)?);
        }
        Ok(())
    }

    fn change(&self, user: &str) -> Change {
        self.of_user.get(user).copied().unwrap_or(Change::None)
    }

    /// What each user must come to. The second life reports those that were changed early, too, as far as it came; a user
    /// left as before meets the fault that is laid out.
    fn expected(
        &self,
        early: &[String],
        standing: &BTreeMap<String, Standing>,
    ) -> BTreeMap<String, Expected> {
        let mut all = BTreeMap::new();
        for (user, &standing) in standing {
            let change = self.change(user);
            let (outcome, reason, state) = becomes(standing, change);
            let reported = |life: usize| (life, outcome.to_owned(), reason.to_owned());
            let mut expected = match state {
                "" => Expected::done(),
                state => Expected::state(&[state]),
            };
            expected.because = format!("({standing:?}, {change:?})");
            expected.reported.push(reported(2));
            if change != Change::None && early.contains(user) {
                expected.reported.push(reported(1));
            }
            all.insert(user.clone(), expected);
        }
        all
    }

    /// Each standing met each change, and so did users that had only been read.
    fn hold_spread(
        &self,
        early: &[String],
        standing: &BTreeMap<String, Standing>,
        verdict: &mut Verdict,
    ) -> usize {
        let mut met: BTreeMap<(Standing, Change), usize> = BTreeMap::new();
        for (user, standing) in standing.iter().filter(|(user, _)| !early.contains(user)) {
            *met.entry((*standing, self.change(user))).or_default() += 1;
        }
        let all = [
            Standing::Refused,
            Standing::Doubt { acted: false },
            Standing::Doubt { acted: true },
            Standing::Done,
        ];
        for change in CHANGES {
            for standing in all {
                verdict.hold(Claim::Spread, met.contains_key(&(standing, change)), || {
                    format!("no user was {standing:?} and {change:?}")
                });
            }
            let is_early = early.iter().any(|user| self.change(user) == change);
            verdict.hold(Claim::Spread, is_early, || {
                format!("no user was read, not sent, and {change:?}")
            });
        }
        met.len()
    }

    /// Compares with the state of the service, not with its list of attempts.
    fn hold_untouched(&self, stage: &Stage, verdict: &mut Verdict) -> Result {
        let now = stage.emulator.get("/_emulator/state")?;
        let handed_on: BTreeMap<&str, &Value> = self
            .handed_on
            .iter()
            .map(|(id, state)| (id.as_str(), state))
            .collect();
        let managed = json!("managed");
        let users = now["users"].as_array().ok_or("no users")?;
        for user in users {
            let is_stranger = self.strangers.iter().any(|id| user["id"] == id.as_str());
            for device in user["devices"].as_array().into_iter().flatten() {
                let id = device["id"].as_str().unwrap_or_default();
                let before = match handed_on.get(id) {
                    Some(before) => before,
                    None if is_stranger || self.late_devices.iter().any(|late| late == id) => &managed,
                    None => continue,
                };
                let found = &device["managementState"];
                verdict.hold(Claim::Untouched, found == before, || {
                    format!("the device {id} was {before} and is {found}")
                });
            }
        }
        Ok(())
    }
}

fn id_in(answer: &Value) -> Result<String> {
    let id = answer["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| "the emulator gave no id".into())
}
