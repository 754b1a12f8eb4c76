//! The compact record of the action: one entry for each attempt on a user, whatever became of it.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::clock;
use crate::reply::{Call, Reply};

/// Whether an answer about the user got out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The request is still in the emulator's hands.
    Open,
    Given,
    /// The connection ended without an answer.
    Lost,
    /// What was sent cannot be read as an answer.
    Unreadable,
    /// A batch was answered without this part.
    Missing,
}

impl Told {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Given => "given",
            Self::Lost => "lost",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
        }
    }
}

/// An attempt to retire the devices of a user.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    time: SystemTime,
    /// The object id; `None` where the tenant has no such user.
    user: Option<String>,
    /// The user as named in the path.
    key: String,
    devices: Vec<String>,
    acted: bool,
    client_request_id: Option<String>,
    approval_code: Option<String>,
    /// The request id of the batch it came in.
    batch: Option<String>,
    fault: Option<&'static str>,
    status: u16,
    told: Told,
}

impl Attempt {
    /// An attempt by `call` on the user `key`, who was `user`, with what the service made of it.
    pub(crate) fn new(
        call: &Call,
        key: String,
        user: Option<String>,
        own: &Reply,
        fault: Option<&'static str>,
    ) -> Self {
        let header = |name: &str| call.headers.get(name).map(str::to_owned);
        Self {
            time: SystemTime::now(),
            user,
            key,
            devices: own.devices.clone(),
            acted: own.acted,
            client_request_id: header("client-request-id"),
            approval_code: header("x-msft-approval-code"),
            batch: None,
            fault,
            status: own.status,
            told: Told::Open,
        }
    }

    pub(crate) fn in_batch(mut self, request_id: &str, fault: Option<&'static str>) -> Self {
        self.batch = Some(request_id.to_owned());
        self.fault = self.fault.or(fault);
        self
    }

    pub(crate) fn answered(&mut self, status: u16) {
        self.status = status;
    }

    /// Once missing from the answer, an attempt stays so.
    pub(crate) fn told(&mut self, told: Told) {
        if self.told != Told::Missing || told != Told::Given {
            self.told = told;
        }
    }

    /// `order` counts the attempts from 1.
    pub(crate) fn to_json(&self, order: usize) -> Value {
        json!({
            "order": order,
            "time": clock::zulu_ms(self.time),
            "user": self.user,
            "key": self.key,
            "devices": self.devices,
            "acted": self.acted,
            "status": (self.told == Told::Given).then_some(self.status),
            "answer": self.told.name(),
            "client_request_id": self.client_request_id,
            "approval_code": self.approval_code,
            "batch": self.batch,
            "fault": self.fault,
        })
    }
}
