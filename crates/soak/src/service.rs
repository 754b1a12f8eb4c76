//! What the service itself recorded: the emulator's lists of attempts, reads and requests for approval.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::Value;

use crate::Result;
use crate::emulator::Emulator;

const PAGE: usize = 10_000;

/// One attempt to retire the devices of a user, as the service saw it.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) order: u64,
    /// When it arrived, when it was carried out, and when its answer left.
    pub(super) arrived: String,
    pub(super) time: String,
    answered: Option<String>,
    /// The object id of the user; `None` if the tenant had no such user.
    pub(super) person: Option<String>,
    pub(super) devices: Vec<String>,
    pub(super) acted: bool,
    /// The status about this user, if it was delivered.
    pub(super) status: Option<u64>,
    /// That was not in Graph's own form.
    foreign: bool,
    pub(super) client_request_id: Option<String>,
    pub(super) approval_code: Option<String>,
    pub(super) batch: Option<String>,
    pub(super) fault: Option<String>,
    pub(super) batch_fault: Option<String>,
}

/// What the sender of an attempt can know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Yes,
    /// The service said in its own words that it did nothing.
    No,
    /// It may have been carried out.
    Open,
}

impl Attempt {
    pub(super) fn parse(value: &Value) -> Result<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let missing = |name: &str| format!("an attempt without {name}: {value}");
        Ok(Self {
            order: value["order"].as_u64().ok_or_else(|| missing("order"))?,
            arrived: text("arrived").ok_or_else(|| missing("arrived"))?,
            time: text("time").ok_or_else(|| missing("time"))?,
            answered: text("answered"),
            person: text("user"),
            devices: value["devices"]
                .as_array()
                .ok_or_else(|| missing("devices"))?
                .iter()
                .filter_map(|id| Some(id.as_str()?.to_owned()))
                .collect(),
            acted: value["acted"].as_bool().ok_or_else(|| missing("acted"))?,
            status: value["status"].as_u64(),
            foreign: value["foreign"] == true,
            client_request_id: text("client_request_id"),
            approval_code: text("approval_code"),
            batch: text("batch"),
            fault: text("fault"),
            batch_fault: text("batch_fault"),
        })
    }

    /// What the answer says to a sender that has it by `until`; without an answer it is open.
    ///
    /// Only 204 is a yes. A 429 is a no, and in Graph's own form a 503 and a refusal, except a refusal that leaves a request
    /// half done. A page of a proxy, any other 5xx and anything else leave it open.
    pub(super) fn word(&self, until: &str) -> Word {
        if self.answered(until).is_none() {
            return Word::Open;
        }
        match self.status {
            Some(204) => Word::Yes,
            Some(429) => Word::No,
            Some(408 | 409 | 424) => Word::Open,
            Some(400..=499 | 503) if !self.foreign => Word::No,
            _ => Word::Open,
        }
    }

    /// When its answer left, if that was by `until`.
    pub(super) fn answered(&self, until: &str) -> Option<&str> {
        self.answered.as_deref().filter(|answered| *answered <= until)
    }

    /// For messages.
    pub(super) fn describe(&self) -> String {
        match (self.status, &self.fault) {
            (Some(status), _) => format!("attempt {} was answered {status}", self.order),
            (None, Some(fault)) => format!("attempt {} had no answer ({fault})", self.order),
            (None, None) => format!("attempt {} had no answer", self.order),
        }
    }
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    User,
    /// The devices of a user.
    Devices,
    Device,
}

/// A read of a user or of devices that was answered with what was asked for.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) what: What,
    /// When it arrived, which moment it shows, and when its answer left.
    pub(super) arrived: String,
    pub(super) time: String,
    pub(super) answered: String,
    /// As named in the path.
    pub(super) key: String,
    pub(super) person: Option<String>,
    /// Ids and states.
    pub(super) devices: Vec<(String, String)>,
}

impl Sight {
    /// `None` for a read whose answer was not delivered, or was a refusal or a part of a list.
    pub(super) fn parse(value: &Value) -> Result<Option<Self>> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let needed = |name: &str| text(name).ok_or_else(|| format!("a read without {name}: {value}"));
        if value["status"] != 200 || value["more"] == true {
            return Ok(None);
        }
        let pair = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
        Ok(Some(Self {
            what: match needed("what")?.as_str() {
                "user" => What::User,
                "devices" => What::Devices,
                _ => What::Device,
            },
            arrived: needed("arrived")?,
            time: needed("time")?,
            answered: needed("answered")?,
            key: needed("key")?,
            person: text("user"),
            devices: value["devices"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(pair)
                .collect(),
        }))
    }
}

/// All entries of a record of the emulator so far; each is kept as a line of a file, too.
pub(super) fn fetch<T>(
    emulator: &Emulator,
    record: &str,
    file: &Path,
    parse: impl Fn(&Value) -> Result<Option<T>>,
) -> Result<Vec<T>> {
    let mut lines = BufWriter::new(File::create(file)?);
    let (mut all, mut seen) = (Vec::new(), 0);
    loop {
        let page = emulator.get(&format!("/_emulator/{record}?since={seen}&limit={PAGE}"))?;
        let page = page.as_array().ok_or("a record is an array")?;
        for value in page {
            writeln!(lines, "{value}")?;
            all.extend(parse(value)?);
        }
        seen += page.len();
        if page.len() < PAGE {
            lines.flush()?;
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
