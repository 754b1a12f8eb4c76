//! All that is known of a soak: what the worker told and wrote down, and what the service recorded.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::journal::{Event, Line};
use super::service::Attempt;

/// What the worker told of one user.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) user: String,
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) approval_code: Option<String>,
}

/// One life of the worker, from its start to its end or its death.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    pub(super) rows: Vec<Row>,
    /// The counts of its last line, if it came to that.
    pub(super) counts: Option<BTreeMap<String, u64>>,
    /// What it added to the journal.
    pub(super) lines: Range<usize>,
}

/// All that is known after the last life.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Each user as given, and the object id of the person meant.
    pub(super) people: BTreeMap<String, String>,
    pub(super) lines: Vec<Line>,
    pub(super) lives: Vec<Life>,
    pub(super) attempts: Vec<Attempt>,
    /// Persons who took a name over: never to be touched.
    pub(super) strangers: HashSet<String>,
    /// Devices enrolled after the snapshot: never to be touched.
    pub(super) late_devices: HashSet<String>,
    /// Requests for approval: the person's object id and the code.
    pub(super) approvals: Vec<(String, String)>,
    /// The outcomes each user may have in the end.
    pub(super) expected: BTreeMap<String, &'static [&'static str]>,
}

/// Persons of whom a run was killed before it could write down an answer. What that held is lost with the run.
pub(super) fn cut_off(evidence: &Evidence) -> HashSet<&str> {
    let mut open = HashSet::new();
    for line in &evidence.lines {
        match &line.event {
            Event::Sent { user, .. } => drop(open.insert((line.run.as_str(), user.as_str()))),
            Event::Result(result) => drop(open.remove(&(line.run.as_str(), result.user.as_str()))),
            _ => {}
        }
    }
    open.into_iter()
        .filter_map(|(_, user)| evidence.people.get(user).map(String::as_str))
        .collect()
}
