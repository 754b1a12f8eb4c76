//! All that is known of a soak: what the worker reported and wrote down, what was done to it, and what the service recorded.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::journal::{Event, Journal, Line};
use super::service::{Attempt, Sight};
use crate::Result;

/// What the worker reported of one user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) user: String,
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) approval_code: Option<String>,
}

/// One life of the worker, from its start to its end or its death.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Life {
    /// Before it was started, and after it had ended.
    pub(super) started: String,
    pub(super) ended: String,
    pub(super) killed: bool,
    /// It could not write any more; its last reports are in no journal.
    #[serde(default)]
    pub(super) had_no_room: bool,
    /// It ended for trouble that three users in a row met.
    #[serde(default)]
    pub(super) gave_up: bool,
    pub(super) rows: Vec<Row>,
    /// The counts of its last line, if it printed one.
    pub(super) counts: Option<BTreeMap<String, u64>>,
    /// The lines that it added to the journal.
    pub(super) lines: Range<usize>,
}

/// The expected results of a user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Expected {
    /// The states that the journal may end in; more than one only where chance decides.
    pub(super) states: Vec<String>,
    /// The number of a life, and the outcome and reason that it must report unless it was killed first.
    pub(super) reported: Vec<(usize, String, String)>,
    /// The reason, for messages.
    pub(super) because: String,
}

impl Expected {
    pub(super) fn state(states: &[&str]) -> Self {
        Self {
            states: states.iter().map(|&state| state.to_owned()).collect(),
            ..Self::default()
        }
    }

    /// A 204, or a look that shows the effect of a lost answer: chance decides which.
    pub(super) fn done() -> Self {
        Self::state(&["accepted", "confirmed"])
    }
}

/// All that is known after the last life.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Evidence {
    /// Each user as given, and the object id of the intended person.
    pub(super) people: BTreeMap<String, String>,
    pub(super) lives: Vec<Life>,
    /// Persons who took a name over: never to be touched.
    pub(super) strangers: HashSet<String>,
    /// Devices enrolled after the snapshot: never to be touched.
    pub(super) late_devices: HashSet<String>,
    /// Requests for approval: the person's object id and the code.
    pub(super) approvals: Vec<(String, String)>,
    pub(super) expected: BTreeMap<String, Expected>,
    #[serde(skip)]
    pub(super) lines: Vec<Line>,
    #[serde(skip)]
    pub(super) attempts: Vec<Attempt>,
    #[serde(skip)]
    pub(super) sights: Vec<Sight>,
}

pub(super) const JOURNAL: &str = "journal.jsonl";
pub(super) const ACTIONS: &str = "actions.jsonl";
pub(super) const READS: &str = "reads.jsonl";
const EVIDENCE: &str = "evidence.json";

impl Evidence {
    /// Keeps what is not in the files of the folder yet.
    pub(super) fn keep(&self, folder: &Path) -> Result {
        Ok(fs::write(folder.join(EVIDENCE), serde_json::to_vec(self)?)?)
    }

    /// What was kept in a folder.
    pub(super) fn load(folder: &Path) -> Result<Self> {
        let mut evidence: Self = serde_json::from_slice(&fs::read(folder.join(EVIDENCE))?)?;
        let mut journal = Journal::new(&folder.join(JOURNAL));
        journal.read_on()?;
        evidence.lines = journal.lines;
        evidence.attempts = read(&folder.join(ACTIONS), |value| Attempt::parse(value).map(Some))?;
        evidence.sights = read(&folder.join(READS), Sight::parse)?;
        Ok(evidence)
    }

    /// Whether evidence was kept in a folder.
    pub(super) fn is_in(folder: &Path) -> bool {
        folder.join(EVIDENCE).is_file()
    }

    /// Persons with a `sent` line of a run that was killed before it could record the answer, which is lost with the run.
    pub(super) fn cut_off(&self) -> HashSet<&str> {
        let mut open = HashSet::new();
        for line in &self.lines {
            match &line.event {
                Event::Sent { user, .. } => drop(open.insert((line.run.as_str(), user.as_str()))),
                Event::Result(result) => drop(open.remove(&(line.run.as_str(), result.user.as_str()))),
                _ => {}
            }
        }
        open.into_iter()
            .filter_map(|(_, user)| self.people.get(user).map(String::as_str))
            .collect()
    }
}

fn read<T>(file: &Path, parse: impl Fn(&Value) -> Result<Option<T>>) -> Result<Vec<T>> {
    let text = fs::read_to_string(file)?;
    let mut all = Vec::new();
    for line in text.lines() {
        all.extend(parse(&serde_json::from_str(line)?)?);
    }
    Ok(all)
}
