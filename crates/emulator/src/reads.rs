//! The compact record of reads: whose and which data was asked for, and what the answer said of it.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::attempts::Notes;
use crate::clock;
use crate::path::{Path, origin_form};
use crate::records::Record;
use crate::reply::{Call, Reply};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    User,
    /// The devices of a user.
    Devices,
    /// One device by its id.
    Device,
}

/// A read of a user or of devices.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    time: SystemTime,
    what: What,
    /// The user or the device as named in the path.
    key: String,
    /// The object id of the user; `None` where the tenant has no such user.
    user: Option<String>,
    /// Ids and states.
    devices: Vec<(String, String)>,
    /// Another page follows.
    more: bool,
    /// The request id of the batch it came in.
    batch: Option<String>,
    status: u16,
    pub(crate) notes: Notes,
}

impl Read {
    /// The read that `own` answers, if `call` is one.
    pub(crate) fn new(call: &Call, user: Option<String>, own: &Reply) -> Option<Self> {
        let path = Path::parse(origin_form(&call.target)).filter(|_| call.method == "GET")?;
        let (what, key) = match *path.texts().as_slice() {
            [_, "users", key] => (What::User, key),
            [_, "users", key, "managedDevices"] => (What::Devices, key),
            [_, "deviceManagement", "managedDevices", key] => (What::Device, key),
            _ => return None,
        };
        let mut read = Self {
            time: SystemTime::now(),
            what,
            key: key.to_owned(),
            user,
            devices: Vec::new(),
            more: false,
            batch: None,
            status: 0,
            notes: Notes::new(),
        };
        read.answered(own);
        Some(read)
    }

    pub(crate) fn in_batch(mut self, request_id: &str) -> Self {
        self.batch = Some(request_id.to_owned());
        self
    }

    /// Records what an answer says.
    pub(crate) fn answered(&mut self, reply: &Reply) {
        self.status = reply.status;
        let body: Value = match reply.status {
            200 if self.what != What::User => serde_json::from_slice(&reply.body).unwrap_or_default(),
            _ => Value::Null,
        };
        let listed = match self.what {
            What::Device => std::slice::from_ref(&body),
            _ => body["value"].as_array().map_or(&[][..], Vec::as_slice),
        };
        let device = |device: &Value| {
            let device: &Record = device.as_object()?;
            let text = |name: &str| device.get(name).and_then(Value::as_str).map(str::to_owned);
            Some((text("id")?, text("managementState")?))
        };
        self.devices = listed.iter().filter_map(device).collect();
        self.more = body["@odata.nextLink"].is_string();
    }

    /// `order` counts the reads from 1.
    pub(crate) fn to_json(&self, order: usize) -> Value {
        let mut entry = json!({
            "order": order,
            "time": clock::zulu_ms(self.time),
            "what": match self.what {
                What::User => "user",
                What::Devices => "devices",
                What::Device => "device",
            },
            "key": self.key,
            "user": self.user,
            "devices": self.devices,
            "more": self.more,
            "status": self.notes.is_given().then_some(self.status),
            "batch": self.batch,
        });
        self.notes.show(&mut entry);
        entry
    }
}
