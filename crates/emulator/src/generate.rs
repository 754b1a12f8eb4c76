//! Users made by a rule, so that a hundred thousand cost almost nothing until one is read.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::records::{self, DeviceSeed, User};

const USER: &str = "11000000-0000-4000-8000-";
const DEVICE: &str = "d1000000-0000-4000-8000-";
const MAX_USERS: usize = 1_000_000;
const MAX_DEVICES: usize = 100;

/// The users of a rule, numbered from 0. One that was changed by hand lives elsewhere and is `taken`.
#[derive(Debug)]
pub(crate) struct Generated {
    pub(crate) users: usize,
    pub(crate) devices: usize,
    systems: Vec<String>,
    born: SystemTime,
    taken: HashSet<usize>,
    /// Milliseconds from `born` to the action plus one; 0 before it.
    retired: Vec<u64>,
}

impl Generated {
    /// Reads `{"users": 100000, "devices": 2, "operating_systems": ["Windows", "iOS"]}`.
    pub(crate) fn parse(value: &Value, born: SystemTime) -> Result<Self, String> {
        let members = value.as_object().ok_or("\"generate\" is an object")?;
        let number = |name: &str, default: usize, limit: usize| match members.get(name) {
            None => Ok(default),
            Some(value) => value
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
                .filter(|&number| number <= limit)
                .ok_or_else(|| format!("\"generate\": \"{name}\" is a number up to {limit}")),
        };
        let systems = match members.get("operating_systems") {
            None => vec!["Windows".to_owned(), "iOS".to_owned()],
            Some(value) => value
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .filter(|names| !names.is_empty())
                .ok_or("\"generate\": \"operating_systems\" is an array of names")?,
        };
        let known = ["users", "devices", "operating_systems"];
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("\"generate\" has no member \"{unknown}\""));
        }
        let users = number("users", 0, MAX_USERS)?;
        Ok(Self {
            users,
            devices: number("devices", 1, MAX_DEVICES)?,
            systems,
            born,
            taken: HashSet::new(),
            retired: vec![0; users],
        })
    }

    /// The untouched user with this object id or UPN, in lower case.
    pub(crate) fn find(&self, key: &str) -> Option<usize> {
        let digits = match key.strip_prefix(USER) {
            Some(digits) if digits.len() == 12 => digits,
            Some(_) => return None,
            None => key
                .strip_prefix("user-")?
                .strip_suffix("@contoso.com")
                .filter(|digits| digits.len() == 6 || digits.len() > 6 && !digits.starts_with('0'))?,
        };
        self.untouched(number(digits)?.checked_sub(1)?)
    }

    /// The untouched user with the device of this id, in lower case.
    pub(crate) fn owner(&self, device: &str) -> Option<usize> {
        let digits = device.strip_prefix(DEVICE).filter(|digits| digits.len() == 12)?;
        self.untouched(number(digits)?.checked_sub(1)?.checked_div(self.devices)?)
    }

    fn untouched(&self, number: usize) -> Option<usize> {
        (number < self.users && !self.taken.contains(&number)).then_some(number)
    }

    pub(crate) fn has(&self, number: usize) -> bool {
        self.untouched(number).is_some()
    }

    pub(crate) fn id(number: usize) -> String {
        format!("{USER}{:012}", number + 1)
    }

    fn device_id(&self, number: usize, at: usize) -> String {
        format!("{DEVICE}{:012}", number * self.devices + at + 1)
    }

    /// The user as the rule and the action have made it.
    pub(crate) fn user(&self, number: usize) -> User {
        let name = format!("user-{:06}", number + 1);
        let record = Map::from_iter([
            (
                "userPrincipalName".to_owned(),
                json!(format!("{name}@contoso.com")),
            ),
            ("displayName".to_owned(), json!(name)),
        ]);
        let mut user = User::new(record, &Self::id(number));
        for at in 0..self.devices {
            let system = self.systems.get(at % self.systems.len());
            let record = Map::from_iter([("operatingSystem".to_owned(), json!(system))]);
            let seed = DeviceSeed {
                id: &self.device_id(number, at),
                // Numbers of devices made by hand count from 1.
                number: 1_000_000 + (number * self.devices + at) as u64,
                born: self.born,
            };
            let device = records::device(&user, record, &seed);
            user.devices.push(device);
        }
        if let Some(ms) = self.retired.get(number).filter(|&&ms| ms > 0) {
            user.retire_all(self.born + Duration::from_millis(ms - 1));
        }
        user
    }

    /// Orders the devices of an untouched user to retire; returns their ids.
    pub(crate) fn retire_all(&mut self, number: usize, now: SystemTime) -> Vec<String> {
        let ms = now.duration_since(self.born).unwrap_or_default().as_millis();
        if let Some(retired) = self.retired.get_mut(number) {
            *retired = u64::try_from(ms).unwrap_or(u64::MAX - 1) + 1;
        }
        (0..self.devices).map(|at| self.device_id(number, at)).collect()
    }

    /// From now on the user lives elsewhere, or nowhere.
    pub(crate) fn take(&mut self, number: usize) -> User {
        let user = self.user(number);
        self.taken.insert(number);
        user
    }

    /// What `GET /_emulator/state` shows in place of that many users.
    pub(crate) fn to_json(&self) -> Value {
        let retired = (0..self.users)
            .filter(|number| !self.taken.contains(number) && self.retired.get(*number) > Some(&0))
            .count();
        json!({
            "users": self.users,
            "devices": self.devices,
            "changed": self.taken.len(),
            "retired": retired,
        })
    }
}

fn number(digits: &str) -> Option<usize> {
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())?
}
