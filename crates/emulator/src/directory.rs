//! Users and their devices.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::clock;

/// A record as the service shows it.
pub(crate) type Record = Map<String, Value>;

/// A user: `record` is what `GET /users/{id}` can show.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) record: Record,
    pub(crate) devices: Vec<Record>,
}

impl User {
    pub(crate) fn id(&self) -> &str {
        text(&self.record, "id")
    }

    pub(crate) fn upn(&self) -> &str {
        text(&self.record, "userPrincipalName")
    }

    fn retire_all(&mut self) {
        let now = clock::days_ago(0);
        for device in &mut self.devices {
            device.insert("managementState".to_owned(), json!("retireIssued"));
            device.insert(
                "deviceActionResults".to_owned(),
                json!([{
                    "actionName": "retire",
                    "actionState": "pending",
                    "startDateTime": now,
                    "lastUpdatedDateTime": now,
                }]),
            );
        }
    }
}

/// The text under `name`, empty when absent.
pub(crate) fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// All users, found by object id, UPN or the id of a device, whatever the case.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: Vec<User>,
    by_key: HashMap<String, usize>,
    by_device: HashMap<String, usize>,
    devices_made: u64,
}

impl Directory {
    pub(crate) fn seed() -> Self {
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
        let mut directory = Self::default();
        for user in seed.as_array().into_iter().flatten() {
            // The seed names a UPN for each user, all that `add` asks for.
            let _ = directory.add(user);
        }
        directory
    }

    /// Adds a user; all that the value leaves out gets a plain default.
    pub(crate) fn add(&mut self, value: &Value) -> Result<(), String> {
        let mut record = value.as_object().ok_or("a user is a JSON object")?.clone();
        let devices = match record.remove("devices") {
            None => Vec::new(),
            Some(Value::Array(devices)) => devices,
            Some(_) => return Err("\"devices\" is an array".to_owned()),
        };
        let upn = text(&record, "userPrincipalName").to_owned();
        if !upn.contains('@') {
            return Err("a user needs a \"userPrincipalName\" with an @".to_owned());
        }
        let name = text(&record, "displayName").to_owned();
        let name = if name.is_empty() {
            upn.split('@').next().unwrap_or_default()
        } else {
            &name
        };
        let id = format!("10000000-0000-4000-8000-{:012}", self.users.len() + 1);
        for (key, default) in [
            ("id", json!(id)),
            ("accountEnabled", json!(true)),
            ("businessPhones", json!([])),
            ("displayName", json!(name)),
            ("givenName", Value::Null),
            ("jobTitle", Value::Null),
            ("mail", json!(upn)),
            ("mobilePhone", Value::Null),
            ("officeLocation", Value::Null),
            ("preferredLanguage", Value::Null),
            ("surname", Value::Null),
        ] {
            record.entry(key).or_insert(default);
        }
        let mut user = User {
            record,
            devices: Vec::new(),
        };
        for device in devices {
            let device = self.new_device(&user, &device)?;
            user.devices.push(device);
        }
        self.users.push(user);
        self.index(self.users.len() - 1);
        Ok(())
    }

    /// A device of `user`; all that the value leaves out gets a plain default for its operating system.
    fn new_device(&mut self, user: &User, value: &Value) -> Result<Record, String> {
        let mut record = value.as_object().ok_or("a device is a JSON object")?.clone();
        self.devices_made += 1;
        let number = self.devices_made;
        let system = match text(&record, "operatingSystem") {
            "" => "Windows".to_owned(),
            system => system.to_owned(),
        };
        let (version, maker, model, owner, enrollment) = match system.as_str() {
            "iOS" => ("17.5", "Apple", "iPhone 15", "personal", "userEnrollment"),
            "Android" => ("14.0", "Google", "Pixel 8", "personal", "userEnrollment"),
            "macOS" => ("14.5", "Apple", "MacBook Pro", "company", "userEnrollment"),
            _ => ("10.0.22631", "Contoso", "Laptop", "company", "windowsAzureADJoin"),
        };
        for (key, default) in [
            ("id", json!(format!("d0000000-0000-4000-8000-{number:012}"))),
            (
                "azureADDeviceId",
                json!(format!("ad000000-0000-4000-8000-{number:012}")),
            ),
            ("azureADRegistered", json!(true)),
            ("complianceState", json!("compliant")),
            ("deviceActionResults", json!([])),
            ("deviceEnrollmentType", json!(enrollment)),
            ("deviceName", json!(format!("DEVICE-{number:04}"))),
            ("deviceRegistrationState", json!("registered")),
            ("emailAddress", json!(user.upn())),
            ("enrolledDateTime", json!(clock::days_ago(200))),
            ("isEncrypted", json!(true)),
            ("isSupervised", json!(false)),
            ("lastSyncDateTime", json!(clock::days_ago(1))),
            ("managedDeviceName", json!(format!("managed-{number:04}"))),
            ("managedDeviceOwnerType", json!(owner)),
            ("managementAgent", json!("mdm")),
            (
                "managementCertificateExpirationDate",
                json!(clock::days_ahead(165)),
            ),
            ("managementState", json!("managed")),
            ("manufacturer", json!(maker)),
            ("model", json!(model)),
            ("operatingSystem", json!(system)),
            ("osVersion", json!(version)),
            ("serialNumber", json!(format!("SN{number:08}"))),
            ("userDisplayName", json!(text(&user.record, "displayName"))),
            ("userId", json!(user.id())),
            ("userPrincipalName", json!(user.upn())),
        ] {
            record.entry(key).or_insert(default);
        }
        Ok(record)
    }

    /// Adds a device to the user; false when there is no such user.
    pub(crate) fn enrol(&mut self, key: &str, device: &Value) -> Result<bool, String> {
        let Some(user) = self.find(key).cloned() else {
            return Ok(false);
        };
        let device = self.new_device(&user, device)?;
        self.change(key, |user| user.devices.push(device));
        Ok(true)
    }

    pub(crate) fn find(&self, key: &str) -> Option<&User> {
        self.by_key.get(&key.to_lowercase()).map(|&at| &self.users[at])
    }

    /// The user to whom the device belongs.
    pub(crate) fn owner(&self, device: &str) -> Option<&User> {
        self.by_device
            .get(&device.to_lowercase())
            .map(|&at| &self.users[at])
    }

    pub(crate) fn find_device(&self, id: &str) -> Option<&Record> {
        self.owner(id)?
            .devices
            .iter()
            .find(|device| text(device, "id").eq_ignore_ascii_case(id))
    }

    pub(crate) fn devices(&self) -> impl Iterator<Item = &Record> {
        self.users.iter().flat_map(|user| &user.devices)
    }

    /// Tells every device of the user to retire; false when there is no such user.
    pub(crate) fn retire_all(&mut self, key: &str) -> bool {
        match self.by_key.get(&key.to_lowercase()) {
            Some(&at) => {
                self.users[at].retire_all();
                true
            }
            None => false,
        }
    }

    /// Changes a user in any way, ids included; false when there is no such user.
    pub(crate) fn change(&mut self, key: &str, change: impl FnOnce(&mut User)) -> bool {
        let Some(&at) = self.by_key.get(&key.to_lowercase()) else {
            return false;
        };
        change(&mut self.users[at]);
        self.reindex();
        true
    }

    /// Takes a user away with all devices; false when there is no such user.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let Some(&at) = self.by_key.get(&key.to_lowercase()) else {
            return false;
        };
        self.users.remove(at);
        self.reindex();
        true
    }

    fn reindex(&mut self) {
        self.by_key.clear();
        self.by_device.clear();
        (0..self.users.len()).for_each(|at| self.index(at));
    }

    fn index(&mut self, at: usize) {
        let user = &self.users[at];
        self.by_key.insert(user.id().to_lowercase(), at);
        self.by_key.insert(user.upn().to_lowercase(), at);
        for device in &user.devices {
            self.by_device.insert(text(device, "id").to_lowercase(), at);
        }
    }
}
