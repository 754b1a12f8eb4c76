//! Records of users and devices as the service shows them, with plain defaults for what is not set.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::clock;

/// A record as the service shows it.
pub(crate) type Record = Map<String, Value>;

/// The text under `name`, empty when absent.
pub(crate) fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A user: `record` is what `GET /users/{id}` can show.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) record: Record,
    pub(crate) devices: Vec<Record>,
}

impl User {
    /// A user without devices. Each member that the record leaves out gets a default, also `id`.
    pub(crate) fn new(mut record: Record, id: &str) -> Self {
        let upn = text(&record, "userPrincipalName").to_owned();
        let name = match text(&record, "displayName") {
            "" => upn.split('@').next().unwrap_or_default().to_owned(),
            name => name.to_owned(),
        };
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
        Self {
            record,
            devices: Vec::new(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        text(&self.record, "id")
    }

    pub(crate) fn upn(&self) -> &str {
        text(&self.record, "userPrincipalName")
    }

    /// Orders every device to retire.
    pub(crate) fn retire_all(&mut self, now: SystemTime) {
        let now = clock::zulu(now);
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

    /// The ids of the devices.
    pub(crate) fn device_ids(&self) -> Vec<String> {
        self.devices
            .iter()
            .map(|device| text(device, "id").to_owned())
            .collect()
    }
}

/// What distinguishes one device from another by default.
pub(crate) struct DeviceSeed<'a> {
    pub(crate) id: &'a str,
    pub(crate) number: u64,
    /// Dates count from here, so that they stay the same from read to read.
    pub(crate) born: SystemTime,
}

/// A device of `user`. Each member that the record leaves out gets a default for its operating system.
pub(crate) fn device(user: &User, mut record: Record, seed: &DeviceSeed<'_>) -> Record {
    let number = seed.number;
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
        ("id", json!(seed.id)),
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
        ("enrolledDateTime", json!(clock::days_before(seed.born, 200))),
        ("isEncrypted", json!(true)),
        ("isSupervised", json!(false)),
        ("lastSyncDateTime", json!(clock::days_before(seed.born, 1))),
        ("managedDeviceName", json!(format!("managed-{number:04}"))),
        ("managedDeviceOwnerType", json!(owner)),
        ("managementAgent", json!("mdm")),
        (
            "managementCertificateExpirationDate",
            json!(clock::days_after(seed.born, 165)),
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
    record
}
