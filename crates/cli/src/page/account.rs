//! All that a report shows, as texts and numbers.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use graph_devices::history::{Ending, History, Run, UserState};
use graph_devices::{Endpoint, visible};
use serde::{Deserialize, Serialize};

use super::list::Given;
use super::people::{Person, Standing};
use super::pseudonyms;
use super::runs::{RunFacts, any_could_send};
use super::totals::Totals;
use crate::digest;
use crate::failure::{Failure, Result};

/// How a report was made. It stands in the page, so that the page can be made once more from the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Made {
    /// The name and version of the program.
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) title: Option<String>,
    /// The report is of a rehearsal.
    pub(crate) rehearsal: bool,
    pub(crate) only_open: bool,
    pub(crate) pseudonyms: bool,
    pub(crate) max_rows: usize,
    /// The columns of the list that it shows, if a list was given.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) journals: Vec<JournalFacts>,
}

/// A journal as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct JournalFacts {
    pub(crate) name: String,
    /// The complete lines: their number, their length in bytes, and its SHA-256.
    pub(crate) lines: u64,
    pub(crate) length: u64,
    pub(crate) sha256: String,
    /// The length of a torn end.
    pub(crate) torn: u64,
    pub(crate) running: bool,
}

/// A report.
#[derive(Serialize)]
pub(crate) struct Account {
    version: u32,
    pub(super) made: Made,
    pub(super) endpoint: String,
    /// The endpoint is that of a Microsoft cloud.
    pub(super) is_microsoft: bool,
    pub(super) tenant: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    /// The name and the SHA-256 of each list that a run names.
    pub(super) lists: Vec<(String, String)>,
    pub(super) totals: Totals,
    pub(super) runs: Vec<RunFacts>,
    pub(super) people: Vec<Person>,
    /// No run was allowed to send.
    pub(super) only_previews: bool,
    /// What it does not prove in this case.
    pub(super) limits: Vec<&'static str>,
}

impl Account {
    /// From journals that were read as `made` says. Reads the bytes of the journals once more, for their hashes.
    pub(crate) fn new(history: &History, mut made: Made, given: Option<&Given>) -> Result<Self> {
        if made.journals.is_empty() {
            made.journals = journals(history)?;
        }
        if let Some(given) = given {
            given.is_of(history)?;
        }
        let (people, doubles) = match given {
            Some(given) => {
                let (people, doubles) = given.people(history);
                (people, Some(doubles))
            }
            None => (everyone(history), None),
        };
        let running = |run: &Run| is_running(history, run, &made);
        let runs: Vec<_> = history
            .runs()
            .iter()
            .map(|run| RunFacts::of(run, running(run)))
            .collect();
        let lists: BTreeSet<_> = history
            .runs()
            .iter()
            .filter_map(|run| run.input_list.clone())
            .collect();
        let newest = history.runs().last();
        let endpoint = newest.map(|run| run.endpoint.clone()).unwrap_or_default();
        let tenant = history.runs().iter().rev().find_map(|run| run.tenant.as_deref());
        let mut account = Self {
            version: 1,
            is_microsoft: Endpoint::parse(&endpoint).is_ok_and(|endpoint| endpoint.cloud().is_some()),
            endpoint: visible(&endpoint),
            tenant: tenant.map(visible),
            from: runs.first().map(|run| run.begun.clone()).unwrap_or_default(),
            to: latest(&runs, &people),
            lists: lists
                .iter()
                .map(|(name, sha256)| (visible(name), visible(sha256)))
                .collect(),
            totals: Totals::of(&people, doubles),
            only_previews: !any_could_send(history.runs()),
            limits: limits(history, &made, given.is_some()),
            runs,
            people,
            made,
        };
        if account.made.only_open {
            account
                .people
                .retain(|person| matches!(person.standing, Standing::Open | Standing::ToDo));
        }
        Ok(account)
    }

    /// Replaces what identifies people and devices, and returns the key.
    pub(crate) fn pseudonymise(&mut self) -> String {
        pseudonyms::apply(self)
    }

    /// Whether the list has a date that people were accepted so many hours after.
    pub(super) fn shows_hours(&self) -> bool {
        self.people.iter().any(|person| person.hours.is_some())
    }
}

/// What a report does not prove in this case, besides what none proves.
fn limits(history: &History, made: &Made, is_list_given: bool) -> Vec<&'static str> {
    let mut users = history.users();
    let (mut runs, journals) = (history.runs().iter(), &made.journals);
    let cases = [
        (
            users.any(|user| user.devices().is_none() && was_applied(user.state())),
            "For at least one person nothing was read before the request was sent, or the read came too late: the devices of that person are not known.",
        ),
        (
            journals.iter().any(|journal| journal.torn > 0),
            "A journal has a torn end: a run was cut off while it wrote. The report counts without it.",
        ),
        (
            journals.iter().any(|journal| journal.running),
            "A run was writing to the journal when the report was made. It shows the state of that moment.",
        ),
        (
            runs.clone().any(|run| run.exclusions > 0),
            "A run had exclusions. The journal has their number and hashes, and the names of those who were also given as users.",
        ),
        (
            !is_list_given && runs.any(|run| run.input_list.is_some()),
            "The list itself was not given to the report: rows that no run came to are missing here. --list accounts for each row.",
        ),
        (
            made.pseudonyms,
            "Names are replaced by numbers, ids are cut, and free texts are left out. The key is a file of its own.",
        ),
    ];
    let cases = cases.into_iter().filter(|(applies, _)| *applies);
    cases.map(|(_, text)| text).collect()
}

fn was_applied(state: UserState) -> bool {
    matches!(state, UserState::Done(_) | UserState::InDoubt(_))
}

/// A time in UTC, to the second.
pub(super) fn time(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

fn everyone(history: &History) -> Vec<Person> {
    let users = history.users().enumerate();
    users.map(|(at, user)| Person::of(at + 1, &user)).collect()
}

/// The newest time that a report is about.
fn latest(runs: &[RunFacts], people: &[Person]) -> String {
    let of_runs = runs.iter().map(|run| run.ended.as_ref().unwrap_or(&run.begun));
    let of_people = people
        .iter()
        .flat_map(|person| person.time.iter().chain(&person.verified));
    of_runs.chain(of_people).max().cloned().unwrap_or_default()
}

/// Whether a run was running when the report was made.
fn is_running(history: &History, run: &Run, made: &Made) -> bool {
    let is_in_use = made
        .journals
        .get(run.journal)
        .is_some_and(|journal| journal.running);
    let newest = history.runs().iter().rfind(|other| other.journal == run.journal);
    is_in_use && newest == Some(run) && !matches!(run.ending, Ending::Ended(_))
}

fn journals(history: &History) -> Result<Vec<JournalFacts>> {
    let facts = history.journals().iter().map(|journal| {
        let (sha256, read) = digest::of_file(&journal.path, journal.length).map_err(|error| {
            Failure::unable(format!(
                "{} cannot be read: {error}; try again",
                journal.path.display()
            ))
        })?;
        if read < journal.length {
            let path = journal.path.display();
            return Err(Failure::unable(format!(
                "{path} became shorter while it was read; try again"
            )));
        }
        Ok(JournalFacts {
            name: file_name(&journal.path),
            lines: journal.lines,
            length: journal.length,
            sha256,
            torn: journal.torn,
            running: journal.is_in_use,
        })
    });
    facts.collect()
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    visible(&name.to_string_lossy())
}
