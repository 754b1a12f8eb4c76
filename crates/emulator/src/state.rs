//! All that the emulator remembers, and the seed it starts from.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::clock;
use crate::directory::{Directory, text};
use crate::faults::Fault;
use crate::tokens::Kind;

const DEFAULT_PAGE_SIZE: usize = 1000;

/// The emulated tenant, the scripted faults and the record of what was received.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) directory: Directory,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) quota: Option<Quota>,
    pub(crate) page_size: usize,
    /// A good token was seen, so the claims challenge counts as met.
    pub(crate) claims_met: bool,
    pub(crate) log: Vec<Value>,
    /// The last request head as received, the token's value replaced.
    pub(crate) last_head: Vec<u8>,
    pub(crate) actions: u64,
    pub(crate) connections: u64,
    /// Counts the resets; tells an entry or a connection of before from one of after.
    pub(crate) epoch: u64,
    tokens: HashMap<String, Kind>,
}

/// A queued request of Multi Admin Approval.
#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) code: String,
    pub(crate) user_id: String,
    pub(crate) justification: String,
    pub(crate) status: String,
    pub(crate) requested: String,
}

impl Approval {
    fn parse(value: &Value) -> Result<Self, String> {
        let member = |name: &str, default: &str| value[name].as_str().unwrap_or(default).to_owned();
        let approval = Self {
            code: member("code", ""),
            user_id: member("user", ""),
            justification: member("justification", ""),
            status: member("status", "needsApproval"),
            requested: clock::days_ago(0),
        };
        if approval.code.is_empty() || approval.user_id.is_empty() {
            return Err("an approval needs a \"code\" and the object id of its \"user\"".to_owned());
        }
        if !APPROVAL_STATUSES.contains(&approval.status.as_str()) {
            return Err(format!(
                "the status of an approval is one of {}",
                APPROVAL_STATUSES.join(", ")
            ));
        }
        Ok(approval)
    }
}

/// The states in which an approval request can be.
pub(crate) const APPROVAL_STATUSES: [&str; 7] = [
    "unknown",
    "needsApproval",
    "approved",
    "rejected",
    "cancelled",
    "completed",
    "expired",
];

/// At most `writes` writes in any `window`.
#[derive(Debug)]
pub(crate) struct Quota {
    writes: usize,
    window: Duration,
    taken: VecDeque<Instant>,
}

impl Quota {
    /// Counts a write, or says how long until there is room for one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        while self
            .taken
            .front()
            .is_some_and(|&oldest| now.duration_since(oldest) >= self.window)
        {
            self.taken.pop_front();
        }
        if self.taken.len() < self.writes {
            self.taken.push_back(now);
            return Ok(());
        }
        Err(self.taken.front().map_or(self.window, |&oldest| {
            self.window.saturating_sub(now.duration_since(oldest))
        }))
    }
}

impl State {
    pub(crate) fn seed() -> Self {
        Self {
            directory: Directory::seed(),
            approvals: Vec::new(),
            faults: VecDeque::new(),
            quota: None,
            page_size: DEFAULT_PAGE_SIZE,
            claims_met: false,
            log: Vec::new(),
            last_head: Vec::new(),
            actions: 0,
            connections: 0,
            epoch: 0,
            tokens: Kind::seed().collect(),
        }
    }

    /// The seed with the parts replaced that `parts` names.
    pub(crate) fn from_parts(parts: &Map<String, Value>) -> Result<Self, String> {
        let mut state = Self::seed();
        for (name, value) in parts {
            match name.as_str() {
                "users" => {
                    state.directory = Directory::default();
                    for user in value.as_array().ok_or("\"users\" is an array")? {
                        state.directory.add(user)?;
                    }
                }
                "tokens" => state.tokens = tokens(value)?,
                "approvals" => {
                    for approval in value.as_array().ok_or("\"approvals\" is an array")? {
                        state.approvals.push(Approval::parse(approval)?);
                    }
                }
                "faults" => state.faults = Fault::parse_all(value)?.into(),
                "quota" => state.quota = quota(value)?,
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
        let users: Vec<Value> = self
            .directory
            .users
            .iter()
            .map(|user| {
                let mut record = user.record.clone();
                record.insert("devices".to_owned(), json!(user.devices));
                Value::Object(record)
            })
            .collect();
        let approvals: Vec<Value> = self
            .approvals
            .iter()
            .map(|approval| self.approval_json(approval))
            .collect();
        json!({
            "users": users,
            "approvals": approvals,
            "faults_left": self.faults.len(),
            "counts": {
                "requests": self.log.len(),
                "actions": self.actions,
                "connections": self.connections,
            },
        })
    }

    fn approval_json(&self, approval: &Approval) -> Value {
        let upn = self
            .directory
            .find(&approval.user_id)
            .map(|user| text(&user.record, "userPrincipalName"));
        json!({
            "code": approval.code,
            "user": approval.user_id,
            "userPrincipalName": upn,
            "justification": approval.justification,
            "status": approval.status,
        })
    }
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

fn quota(value: &Value) -> Result<Option<Quota>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let writes = value["writes"]
        .as_u64()
        .and_then(|writes| usize::try_from(writes).ok());
    let window = value["seconds"]
        .as_f64()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match (writes, window) {
        (Some(writes), Some(window)) => Ok(Some(Quota {
            writes,
            window,
            taken: VecDeque::new(),
        })),
        _ => Err("\"quota\" is {\"writes\": number, \"seconds\": number}".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_window_slides() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut quota = Quota {
            writes: 2,
            window: Duration::from_secs(1),
            taken: VecDeque::new(),
        };
        assert_eq!(quota.take(at(0)), Ok(()));
        assert_eq!(quota.take(at(600)), Ok(()));
        assert_eq!(quota.take(at(700)), Err(Duration::from_millis(300)));
        assert_eq!(quota.take(at(1000)), Ok(()));
        assert_eq!(quota.take(at(1100)), Err(Duration::from_millis(500)));
    }
}
