//! The compact record of the action: one entry for each attempt on a user, with any outcome.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::clock;
use crate::reply::{Call, Reply};

/// Whether an answer about the user was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
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

impl Delivery {
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
    /// What struck the whole batch.
    batch_fault: Option<&'static str>,
    status: u16,
    /// The answer was not in Graph's own form.
    foreign: bool,
    pub(crate) notes: Notes,
}

/// When a request came and was answered, and whether the answer was delivered.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    arrived: SystemTime,
    answered: Option<SystemTime>,
    delivery: Delivery,
}

impl Notes {
    pub(crate) fn new() -> Self {
        Self {
            arrived: SystemTime::now(),
            answered: None,
            delivery: Delivery::Open,
        }
    }

    /// Sets the arrival, which is before the request was carried out.
    pub(crate) fn came(&mut self, arrived: SystemTime) {
        self.arrived = arrived;
    }

    /// Records what happened to the answer. One that is missing from the answer of a batch stays missing.
    pub(crate) fn delivered(&mut self, delivery: Delivery) {
        self.answered = Some(SystemTime::now());
        if self.delivery != Delivery::Missing || delivery != Delivery::Given {
            self.delivery = delivery;
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        self.delivery == Delivery::Given
    }

    /// The members `arrived`, `answered` and `answer`.
    pub(crate) fn show(&self, entry: &mut Value) {
        entry["arrived"] = json!(clock::zulu_ms(self.arrived));
        entry["answered"] = json!(self.answered.map(clock::zulu_ms));
        entry["answer"] = json!(self.delivery.name());
    }
}

impl Attempt {
    /// An attempt by `call` on the user `key`, with the object id `user`, and its answer.
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
            batch_fault: None,
            status: own.status,
            foreign: own.is_foreign(),
            notes: Notes::new(),
        }
    }

    pub(crate) fn in_batch(mut self, request_id: &str, fault: Option<&'static str>) -> Self {
        self.batch = Some(request_id.to_owned());
        self.batch_fault = fault;
        self
    }

    /// Records an answer that covers the whole request.
    pub(crate) fn answered(&mut self, reply: &Reply) {
        self.status = reply.status;
        self.foreign = reply.is_foreign();
    }

    /// `order` counts the attempts from 1.
    pub(crate) fn to_json(&self, order: usize) -> Value {
        let mut entry = json!({
            "order": order,
            "time": clock::zulu_ms(self.time),
            "user": self.user,
            "key": self.key,
            "devices": self.devices,
            "acted": self.acted,
            "status": self.notes.is_given().then_some(self.status),
            "foreign": self.notes.is_given() && self.foreign,
            "client_request_id": self.client_request_id,
            "approval_code": self.approval_code,
            "batch": self.batch,
            "fault": self.fault,
            "batch_fault": self.batch_fault,
        });
        self.notes.show(&mut entry);
        entry
    }
}
