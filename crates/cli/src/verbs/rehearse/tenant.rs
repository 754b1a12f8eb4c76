//! The people and devices of a rehearsal.

use std::collections::HashSet;

use graph_devices::UserId;
use graph_emulator::Emulator;
use serde_json::{Value, json};

use crate::failure::{Failure, Result};

/// The emulator's tenant.
pub(super) struct Tenant<'a>(&'a Emulator);

/// The operating systems, by turns.
const SYSTEMS: [&str; 3] = ["Windows", "iOS", "Android"];

impl<'a> Tenant<'a> {
    pub(super) fn new(emulator: &'a Emulator) -> Self {
        Self(emulator)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let answer = self.0.manage(method, path, body);
        answer.map_err(|error| {
            Failure::unable(format!("the emulator refused {path}: {error}; please report it"))
        })
    }

    /// Replaces the people by those of a list, each with one to three devices. What names no user has none.
    pub(super) fn fill<'b>(&self, users: impl Iterator<Item = &'b str>) -> Result<()> {
        let mut seen = HashSet::new();
        let users = users.filter(|user| seen.insert(user.to_lowercase()));
        let users = users.filter_map(|user| Some((user, UserId::parse(user).ok()?)));
        let people: Vec<_> = users
            .enumerate()
            .map(|(at, (user, id))| {
                let devices = (0..=at % SYSTEMS.len()).map(|device| device_of(at, device));
                let devices = devices.collect::<Vec<_>>();
                if id.is_object_id() {
                    let name = format!("person-{}@rehearsal.example", at + 1);
                    json!({"id": user, "userPrincipalName": name, "devices": devices})
                } else {
                    json!({"userPrincipalName": user, "devices": devices})
                }
            })
            .collect();
        self.ask("POST", "reset", &json!({ "users": people })).map(drop)
    }

    /// A list of the people that the emulator has.
    pub(super) fn list(&self) -> Result<Vec<u8>> {
        let mut text = "UserPrincipalName\n".to_owned();
        for user in self.users()? {
            text.push_str(user["userPrincipalName"].as_str().unwrap_or_default());
            text.push('\n');
        }
        Ok(text.into_bytes())
    }

    fn users(&self) -> Result<Vec<Value>> {
        let state = self.ask("GET", "state", &Value::Null)?;
        Ok(state["users"].as_array().cloned().unwrap_or_default())
    }

    /// The number of people with devices.
    pub(super) fn with_devices(&self) -> Result<usize> {
        let users = self.users()?;
        Ok(users.iter().filter(|user| !devices(user).is_empty()).count())
    }

    /// Keeps the answers after the first so many removals.
    pub(super) fn hold_after(&self, removals: usize) -> Result<()> {
        let hold = json!({"match": "removeAllDevices", "after": removals, "point": "acted"});
        self.ask("POST", "hold", &hold).map(drop)
    }

    /// Whether an answer is kept, after at most a second.
    pub(super) fn is_holding(&self) -> Result<bool> {
        let answer = self.ask("GET", "wait?held=1&seconds=1", &Value::Null)?;
        Ok(answer["reached"] == true)
    }

    pub(super) fn release(&self) -> Result<()> {
        self.ask("DELETE", "hold", &Value::Null)?;
        self.ask("POST", "release", &Value::Null).map(drop)
    }

    /// Days pass: of the devices that were ordered to retire, one cannot, and every second checks in.
    pub(super) fn let_days_pass(&self) -> Result<()> {
        let users = self.users()?;
        let ordered = users
            .iter()
            .flat_map(devices)
            .filter(|device| device["managementState"] == "retireIssued")
            .filter_map(|device| device["id"].as_str());
        for (at, id) in ordered.enumerate() {
            let path = format!("devices/{id}");
            if at == 1 {
                self.ask("PATCH", &path, &json!({"managementState": "retireFailed"}))?;
            } else if at % 2 == 0 {
                self.ask("DELETE", &path, &Value::Null)?;
            }
        }
        Ok(())
    }
}

fn devices(user: &Value) -> &[Value] {
    user["devices"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn device_of(person: usize, device: usize) -> Value {
    let system = SYSTEMS
        .get((person + device) % SYSTEMS.len())
        .copied()
        .unwrap_or_default();
    json!({
        "operatingSystem": system,
        "deviceName": format!("{}-{:03}", system.to_uppercase(), person + 1),
    })
}
