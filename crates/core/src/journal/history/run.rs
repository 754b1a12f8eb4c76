//! The runs of a journal.

use std::time::SystemTime;

use serde_json::Value;

use super::Mode;
use crate::journal::record::{EndRecord, PastRun};
use crate::status::Status;

/// A run that a journal contains.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The GUID of the run.
    pub id: String,
    /// Its purpose.
    pub mode: Mode,
    /// When it began, by the clock of its machine.
    pub begun: SystemTime,
    /// How it ended.
    pub ending: Ending,
    /// The name and version of the library, such as `graph-devices/0.1.0`.
    pub tool: String,
    /// The Graph that was called.
    pub endpoint: String,
    /// The tenant of the token, if the token contains it.
    pub tenant: Option<String>,
    /// The app of the token, if the token contains it.
    pub app: Option<String>,
    /// The person who started it, as given or as the token says.
    pub initiated_by: Option<String>,
    /// The computer on which it was started.
    pub machine: Option<String>,
    /// How the person who started it consented, as the caller gave it.
    pub consent: Option<String>,
    /// The justification of the calls.
    pub justification: Option<String>,
    /// The name and the SHA-256 of the list that the users came from.
    pub input_list: Option<(String, String)>,
    /// The run id and the path of the preview that it was bound to.
    pub plan: Option<(String, String)>,
    /// The number of exclusions.
    pub exclusions: u64,
    /// The other options: the name of each, and its value as JSON. `docs/journal.md` lists them.
    pub options: Vec<(String, String)>,
    /// The names of the warnings that were accepted.
    pub accepted_warnings: Vec<String>,
    /// The place of its journal in [`History::journals`](super::History::journals).
    pub journal: usize,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It came to its end, or ended early in an orderly way.
    Ended(End),
    /// It is still running.
    Running,
    /// It was killed, or could not write its end.
    CutOff,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct End {
    /// When it ended.
    pub time: SystemTime,
    /// The number of users by outcome, or of a verification by verdict.
    pub counts: Vec<(String, u64)>,
    /// Users that were given more than once.
    pub duplicates: u64,
    /// The status that ended it early.
    pub ended_by: Option<Status>,
    /// Why it ended early, in words.
    pub message: Option<String>,
}

impl Run {
    /// A run that has begun.
    pub(super) fn of(run: PastRun, journal: usize) -> Self {
        let PastRun { id, begun, record } = run;
        let listed = record.exclusions.as_ref().map(|exclusions| exclusions.count);
        let exclusions = listed.unwrap_or(record.excluded());
        let (accepted, options): (Vec<_>, Vec<_>) = record
            .options
            .into_iter()
            .filter(|(name, _)| name != "excluded")
            .partition(|(name, _)| name == "accept_warning");
        let names = accepted
            .iter()
            .filter_map(|(_, names)| names.as_array())
            .flatten();
        Self {
            id,
            mode: record.mode,
            begun,
            ending: Ending::CutOff,
            tool: record.tool,
            endpoint: record.endpoint,
            tenant: record.tenant,
            app: record.app,
            initiated_by: record.initiated_by,
            machine: record.machine,
            consent: record.consent,
            justification: record.justification,
            input_list: record.input_list.map(|list| (list.name, list.sha256)),
            plan: record.plan.map(|plan| (plan.run, plan.path)),
            exclusions,
            options: options
                .into_iter()
                .map(|(name, value)| (name, value.to_string()))
                .collect(),
            accepted_warnings: names.filter_map(Value::as_str).map(str::to_owned).collect(),
            journal,
        }
    }

    pub(super) fn end(&mut self, time: SystemTime, end: &EndRecord) {
        self.ending = Ending::Ended(End {
            time,
            counts: end.counts.clone(),
            duplicates: end.duplicates,
            ended_by: end.ended_by,
            message: end.message.clone(),
        });
    }
}
