//! What the service itself recorded: the emulator's list of attempts.

use serde_json::Value;

use crate::emulator::Emulator;
use crate::tools::Result;

const PAGE: usize = 10_000;

/// One attempt to retire the devices of a user, as the service saw it.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) order: u64,
    pub(super) time: String,
    /// The object id of the user who was hit; none if the tenant had no such user.
    pub(super) person: Option<String>,
    pub(super) devices: Vec<String>,
    pub(super) acted: bool,
    /// What was answered about this user, if that got out.
    pub(super) status: Option<u64>,
    pub(super) client_request_id: Option<String>,
    pub(super) approval_code: Option<String>,
}

impl Attempt {
    pub(super) fn parse(value: &Value) -> Result<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let missing = |name: &'static str| move || format!("an attempt without {name}");
        Ok(Self {
            order: value["order"].as_u64().ok_or_else(missing("order"))?,
            time: text("time").ok_or_else(missing("time"))?,
            person: text("user"),
            devices: value["devices"]
                .as_array()
                .ok_or_else(missing("devices"))?
                .iter()
                .filter_map(|id| Some(id.as_str()?.to_owned()))
                .collect(),
            acted: value["acted"].as_bool().ok_or_else(missing("acted"))?,
            status: value["status"].as_u64(),
            client_request_id: text("client_request_id"),
            approval_code: text("approval_code"),
        })
    }

    /// The service said yes, and said it to the client.
    pub(super) fn said_yes(&self) -> bool {
        self.status == Some(204)
    }

    /// Whoever got this answer, or none, cannot know whether the service acted. A 429 and a 503 of the service's own say
    /// that it did not.
    pub(super) fn leaves_doubt(&self) -> bool {
        match self.status {
            None => true,
            Some(status) => matches!(status, 408 | 409 | 424 | 500 | 502 | 504),
        }
    }
}

/// All attempts so far.
pub(super) fn attempts(emulator: &Emulator) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    loop {
        let path = format!("/_emulator/actions?since={}&limit={PAGE}", all.len());
        let page = emulator.get(&path)?;
        let page = page.as_array().ok_or("the actions are no array")?;
        for value in page {
            all.push(Attempt::parse(value)?);
        }
        if page.len() < PAGE {
            return Ok(all);
        }
    }
}

/// Requests for approval, each with its user's object id.
pub(super) fn approvals(emulator: &Emulator) -> Result<Vec<(String, String)>> {
    let state = emulator.get("/_emulator/state")?;
    let approvals = state["approvals"].as_array().ok_or("no approvals")?;
    let pair = |approval: &Value| {
        let text = |name: &str| approval[name].as_str().map(str::to_owned);
        Some((text("user")?, text("code")?))
    };
    Ok(approvals.iter().filter_map(pair).collect())
}
