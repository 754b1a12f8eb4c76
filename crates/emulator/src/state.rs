//! The state of the emulator, and the seed it starts from.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::approval::{self, Approval};
use crate::chaos::Chaos;
use crate::directory::Directory;
use crate::faults::Fault;
use crate::gate::Gate;
use crate::quota::{Quota, Traffic};
use crate::received::Received;
use crate::records::User;
use crate::tokens::Kind;

const DEFAULT_PAGE_SIZE: usize = 1000;

/// The emulated tenant, the scripted faults and the record of what was received.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) directory: Directory,
    pub(crate) approvals: Vec<Approval>,
    /// How many were queued by a request; the source of their numbers.
    pub(crate) approvals_made: usize,
    pub(crate) approval_life: Duration,
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) chaos: Option<Chaos>,
    pub(crate) quota: Option<Quota>,
    pub(crate) traffic: Traffic,
    pub(crate) page_size: usize,
    /// A good token was seen, so the claims challenge counts as met.
    pub(crate) claims_met: bool,
    pub(crate) received: Received,
    pub(crate) gate: Gate,
    /// Counts the resets: an entry or a connection of an earlier tenant has a lower number.
    pub(crate) epoch: u64,
    tokens: HashMap<String, Kind>,
}

impl State {
    pub(crate) fn seed() -> Self {
        let mut state = Self::empty();
        state.directory.add_seed();
        state
    }

    fn empty() -> Self {
        Self {
            directory: Directory::empty(),
            approvals: Vec::new(),
            approvals_made: 0,
            approval_life: approval::LIFE,
            faults: VecDeque::new(),
            chaos: None,
            quota: None,
            traffic: Traffic::default(),
            page_size: DEFAULT_PAGE_SIZE,
            claims_met: false,
            received: Received::default(),
            gate: Gate::default(),
            epoch: 0,
            tokens: Kind::seed().collect(),
        }
    }

    /// The seed with the parts replaced that `parts` names.
    pub(crate) fn from_parts(parts: &Map<String, Value>) -> Result<Self, String> {
        let mut state = Self::empty();
        if let Some(rule) = parts.get("generate") {
            state.directory.generate(rule)?;
        }
        if let Some(value) = parts.get("approval_seconds") {
            let life = value
                .as_f64()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            state.approval_life = life.ok_or("\"approval_seconds\" is a number")?;
        }
        match parts.get("users") {
            None => state.directory.add_seed(),
            Some(value) => {
                for user in value.as_array().ok_or("\"users\" is an array")? {
                    state.directory.add(user)?;
                }
            }
        }
        for (name, value) in parts {
            match name.as_str() {
                "users" | "generate" | "approval_seconds" => {}
                "tokens" => state.tokens = tokens(value)?,
                "approvals" => {
                    for approval in value.as_array().ok_or("\"approvals\" is an array")? {
                        let approval = Approval::parse(approval, state.approval_life)?;
                        state.approvals.push(approval);
                    }
                }
                "faults" => state.faults = Fault::parse_all(value)?.into(),
                "chaos" => state.chaos = optional(value, Chaos::parse)?,
                "quota" => state.quota = optional(value, Quota::parse)?,
                "keep_log" => {
                    state.received.keeps_log = value.as_bool().ok_or("\"keep_log\" is true or false")?;
                }
                "page_size" => {
                    state.page_size = value
                        .as_u64()
                        .filter(|&size| size > 0)
                        .and_then(|size| usize::try_from(size).ok())
                        .ok_or("\"page_size\" is a number above 0")?;
                }
                _ => return Err(format!("unknown part \"{name}\"")),
            }
        }
        Ok(state)
    }

    pub(crate) fn kind_of(&self, token: &str) -> Kind {
        self.tokens.get(token).copied().unwrap_or(Kind::Garbage)
    }

    /// What `GET /_emulator/state` shows.
    pub(crate) fn to_json(&self) -> Value {
        let users: Vec<Value> = self.directory.by_hand().map(user_json).collect();
        let approvals: Vec<Value> = self
            .approvals
            .iter()
            .map(|approval| self.approval_json(approval))
            .collect();
        let mut shown = json!({
            "users": users,
            "approvals": approvals,
            "faults_left": self.faults.len(),
            "counts": self.counts(),
            "traffic": self.traffic.to_json(),
        });
        if let Some(generated) = self.directory.generated() {
            shown["generated"] = generated.to_json();
        }
        shown
    }

    pub(crate) fn counts(&self) -> Value {
        json!({
            "requests": self.received.requests,
            "actions": self.received.actions,
            "attempts": self.received.attempts.len(),
            "connections": self.received.connections,
            "held": self.gate.held,
            "in_flight": self.gate.in_flight,
        })
    }

    fn approval_json(&self, approval: &Approval) -> Value {
        let upn = self
            .directory
            .find(&approval.user_id)
            .map(|user| user.upn().to_owned());
        json!({
            "code": approval.code,
            "user": approval.user_id,
            "userPrincipalName": upn,
            "justification": approval.justification,
            "status": approval.status(),
        })
    }
}

/// A user with all devices.
pub(crate) fn user_json(user: &User) -> Value {
    let mut record = user.record.clone();
    record.insert("devices".to_owned(), json!(user.devices));
    Value::Object(record)
}

/// A part that is off if it is null.
fn optional<T>(value: &Value, parse: fn(&Value) -> Result<T, String>) -> Result<Option<T>, String> {
    (!value.is_null()).then(|| parse(value)).transpose()
}

fn tokens(value: &Value) -> Result<HashMap<String, Kind>, String> {
    let mut tokens = HashMap::new();
    for (token, kind) in value
        .as_object()
        .ok_or("\"tokens\" is an object of token and kind")?
    {
        let kind = kind.as_str().unwrap_or_default();
        let kind = Kind::parse(kind).ok_or_else(|| format!("unknown token kind \"{kind}\""))?;
        tokens.insert(token.clone(), kind);
    }
    Ok(tokens)
}
