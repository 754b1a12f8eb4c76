//! The tenant's users: a few by hand, and any number by rule.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::generate::Generated;
use crate::records::{self, DeviceSeed, Record, User, text};

/// All users, found by object id, UPN or the id of a device, in any case of letters. Users made by rule come first.
#[derive(Debug)]
pub(crate) struct Directory {
    /// By place: those made by hand, and those made by rule that were changed since.
    users: BTreeMap<usize, User>,
    generated: Option<Generated>,
    by_key: HashMap<String, usize>,
    by_device: HashMap<String, usize>,
    next_place: usize,
    users_made: u64,
    devices_made: u64,
    born: SystemTime,
}

impl Directory {
    pub(crate) fn empty() -> Self {
        Self {
            users: BTreeMap::new(),
            generated: None,
            by_key: HashMap::new(),
            by_device: HashMap::new(),
            next_place: 0,
            users_made: 0,
            devices_made: 0,
            born: SystemTime::now(),
        }
    }

    /// Users by rule; before any other is added.
    pub(crate) fn generate(&mut self, rule: &Value) -> Result<(), String> {
        let generated = Generated::parse(rule, self.born)?;
        self.next_place = generated.users;
        self.generated = Some(generated);
        Ok(())
    }

    /// Adds the users of the seed.
    pub(crate) fn add_seed(&mut self) {
        let seed = json!([
            {"userPrincipalName": "adele@contoso.com", "displayName": "Adele", "devices": [
                {"deviceName": "ADELE-LAPTOP", "operatingSystem": "Windows"},
                {"deviceName": "Adele's iPhone", "operatingSystem": "iOS"}]},
            {"userPrincipalName": "diego@contoso.com", "displayName": "Diego", "devices": [
                {"deviceName": "diego_AndroidForWork", "operatingSystem": "Android"}]},
            {"userPrincipalName": "lee@contoso.com", "displayName": "Lee"},
            {"userPrincipalName": "guest_fabrikam.com#EXT#@contoso.com", "displayName": "Guest", "devices": [
                {"deviceName": "Guest MacBook", "operatingSystem": "macOS"}]},
            {"userPrincipalName": "o'brien@contoso.com", "displayName": "O'Brien", "devices": [
                {"deviceName": "OBRIEN-LAPTOP", "operatingSystem": "Windows"}]},
            {"userPrincipalName": "$cash@contoso.com", "displayName": "Cash", "devices": [
                {"deviceName": "CASH-DESK", "operatingSystem": "Windows"}]},
            {"userPrincipalName": "first.last+tag@contoso.com", "displayName": "First Last", "devices": [
                {"deviceName": "First's iPad", "operatingSystem": "iOS"}]},
        ]);
        for user in seed.as_array().into_iter().flatten() {
            // The seed names a UPN for each user, all that `add` asks for.
            let _ = self.add(user);
        }
    }

    /// Adds a user and returns the object id; each member that the value leaves out gets a plain default.
    pub(crate) fn add(&mut self, value: &Value) -> Result<String, String> {
        let mut record = value.as_object().ok_or("a user is a JSON object")?.clone();
        let devices = match record.remove("devices") {
            None => Vec::new(),
            Some(Value::Array(devices)) => devices,
            Some(_) => return Err("\"devices\" is an array".to_owned()),
        };
        if !text(&record, "userPrincipalName").contains('@') {
            return Err("a user needs a \"userPrincipalName\" with an @".to_owned());
        }
        self.users_made += 1;
        let id = format!("10000000-0000-4000-8000-{:012}", self.users_made);
        let mut user = User::new(record, &id);
        for device in devices {
            let device = self.new_device(&user, &device)?;
            user.devices.push(device);
        }
        let id = user.id().to_owned();
        self.insert(self.next_place, user);
        self.next_place += 1;
        Ok(id)
    }

    fn new_device(&mut self, user: &User, value: &Value) -> Result<Record, String> {
        let record = value.as_object().ok_or("a device is a JSON object")?.clone();
        self.devices_made += 1;
        let seed = DeviceSeed {
            id: &format!("d0000000-0000-4000-8000-{:012}", self.devices_made),
            number: self.devices_made,
            born: self.born,
        };
        Ok(records::device(user, record, &seed))
    }

    /// Adds a device to the user and returns its id; `None` without such a user.
    pub(crate) fn enrol(&mut self, key: &str, device: &Value) -> Result<Option<String>, String> {
        let Some(user) = self.find(key).map(Cow::into_owned) else {
            return Ok(None);
        };
        let device = self.new_device(&user, device)?;
        let id = text(&device, "id").to_owned();
        self.change(key, |user| user.devices.push(device));
        Ok(Some(id))
    }

    /// How many users there are.
    pub(crate) fn len(&self) -> usize {
        let untouched = self.generated.as_ref().map_or(0, |generated| {
            (0..generated.users).filter(|&n| generated.has(n)).count()
        });
        self.users.len() + untouched
    }

    pub(crate) fn generated(&self) -> Option<&Generated> {
        self.generated.as_ref()
    }

    /// The users that differ from their rule.
    pub(crate) fn by_hand(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    fn place(&self, key: &str) -> Option<usize> {
        let key = key.to_lowercase();
        let by_rule = || self.generated.as_ref()?.find(&key);
        self.by_key.get(&key).copied().or_else(by_rule)
    }

    fn at(&self, place: usize) -> Option<Cow<'_, User>> {
        if let Some(user) = self.users.get(&place) {
            return Some(Cow::Borrowed(user));
        }
        let generated = self.generated.as_ref()?;
        generated.has(place).then(|| Cow::Owned(generated.user(place)))
    }

    pub(crate) fn find(&self, key: &str) -> Option<Cow<'_, User>> {
        self.at(self.place(key)?)
    }

    /// The object id of the user with this object id or UPN.
    pub(crate) fn id_of(&self, key: &str) -> Option<String> {
        let place = self.place(key)?;
        match self.users.get(&place) {
            Some(user) => Some(user.id().to_owned()),
            None => Some(Generated::id(place)),
        }
    }

    /// The user of the device.
    pub(crate) fn owner(&self, device: &str) -> Option<Cow<'_, User>> {
        let device = device.to_lowercase();
        let by_rule = || self.generated.as_ref()?.owner(&device);
        self.at(self.by_device.get(&device).copied().or_else(by_rule)?)
    }

    pub(crate) fn find_device(&self, id: &str) -> Option<Record> {
        self.owner(id)?
            .devices
            .iter()
            .find(|device| text(device, "id").eq_ignore_ascii_case(id))
            .cloned()
    }

    /// The tenant's devices from the one at `start`.
    pub(crate) fn devices_from(&self, start: usize) -> impl Iterator<Item = Record> {
        // Users by rule that are passed over are not created.
        let mut pass = start;
        (0..self.next_place).flat_map(move |place| {
            let count = match self.users.get(&place) {
                Some(user) => user.devices.len(),
                None => self.generated.as_ref().map_or(0, |generated| generated.devices),
            };
            if !self.is_at(place) || pass >= count {
                pass -= if self.is_at(place) { count } else { 0 };
                return Vec::new();
            }
            let devices = self.at(place).map(|user| user.devices.clone());
            devices.unwrap_or_default().split_off(std::mem::take(&mut pass))
        })
    }

    fn is_at(&self, place: usize) -> bool {
        let by_rule = || {
            self.generated
                .as_ref()
                .is_some_and(|generated| generated.has(place))
        };
        self.users.contains_key(&place) || by_rule()
    }

    /// Orders every device of the user to retire and returns their ids; `None` without such a user.
    pub(crate) fn retire_all(&mut self, key: &str) -> Option<Vec<String>> {
        let place = self.place(key)?;
        let now = SystemTime::now();
        if let Some(user) = self.users.get_mut(&place) {
            user.retire_all(now);
            return Some(user.device_ids());
        }
        Some(self.generated.as_mut()?.retire_all(place, now))
    }

    /// Changes a user in any way, ids included; false when there is no such user.
    pub(crate) fn change(&mut self, key: &str, change: impl FnOnce(&mut User)) -> bool {
        let Some((place, mut user)) = self.take(key) else {
            return false;
        };
        change(&mut user);
        self.insert(place, user);
        true
    }

    /// Removes a user with all devices; false without such a user.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.take(key).is_some()
    }

    fn take(&mut self, key: &str) -> Option<(usize, User)> {
        let place = self.place(key)?;
        let Some(user) = self.users.remove(&place) else {
            return Some((place, self.generated.as_mut()?.take(place)));
        };
        for key in [user.id(), user.upn()] {
            forget(&mut self.by_key, key, place);
        }
        for device in &user.devices {
            forget(&mut self.by_device, text(device, "id"), place);
        }
        Some((place, user))
    }

    fn insert(&mut self, place: usize, user: User) {
        for key in [user.id(), user.upn()] {
            self.by_key.insert(key.to_lowercase(), place);
        }
        for device in &user.devices {
            self.by_device.insert(text(device, "id").to_lowercase(), place);
        }
        self.users.insert(place, user);
    }
}

/// Removes a key unless another user has it by now.
fn forget(index: &mut HashMap<String, usize>, key: &str, place: usize) {
    let key = key.to_lowercase();
    if index.get(&key) == Some(&place) {
        index.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(directory: &Directory, start: usize) -> Vec<String> {
        directory
            .devices_from(start)
            .map(|device| text(&device, "id").replace("000000-0000-4000-8000-00000000", ""))
            .collect()
    }

    #[test]
    fn users_by_rule_and_by_hand_are_listed_together() {
        let mut directory = Directory::empty();
        directory.generate(&json!({"users": 4, "devices": 2})).unwrap();
        directory
            .add(&json!({"userPrincipalName": "a@b", "devices": [{}]}))
            .unwrap();
        assert!(directory.remove("user-000002@contoso.com"));
        assert!(directory.change("USER-000003@contoso.com", |user| {
            user.devices.remove(0);
        }));
        assert_eq!(directory.len(), 4);
        let all = ["d10001", "d10002", "d10006", "d10007", "d10008", "d00001"];
        for start in 0..=all.len() {
            assert_eq!(ids(&directory, start), all[start..], "{start}");
        }
    }

    #[test]
    fn a_name_given_up_can_be_taken_by_another() {
        let mut directory = Directory::empty();
        directory.generate(&json!({"users": 2})).unwrap();
        let (name, old) = ("user-000001@contoso.com", Generated::id(0));
        assert!(directory.change(name, |user| {
            user.record
                .insert("userPrincipalName".to_owned(), json!("gone@contoso.com"));
        }));
        assert_eq!(directory.id_of(name), None);
        let new = directory.add(&json!({"userPrincipalName": name})).unwrap();
        assert_eq!(directory.id_of(name), Some(new.clone()));
        assert_eq!(directory.id_of("gone@contoso.com"), Some(old.clone()));
        assert_eq!(directory.id_of(&old), Some(old.clone()));
        assert!(directory.remove(name));
        assert_eq!((directory.id_of(name), directory.id_of(&new)), (None, None));
        assert_eq!(directory.len(), 2);
    }
}
