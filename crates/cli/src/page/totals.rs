//! The numbers of a report.

use graph_devices::{Outcome, Reason, Verdict};
use serde::Serialize;

use super::people::{Person, Standing};

/// How many people came to what, and what became of their devices.
#[derive(Default, Serialize)]
pub(super) struct Totals {
    /// The rows of the list, or the people of the journal.
    pub(super) rows: u64,
    pub(super) people: u64,
    /// The people of the journal that are not on the list; they are among the parts, and not among the rows.
    pub(super) not_listed: u64,
    /// People who were accepted or confirmed; of these, those who were confirmed, and those whose devices are all gone.
    pub(super) applied: u64,
    pub(super) confirmed: u64,
    pub(super) all_gone: u64,
    /// What the rows are made of, without those that are 0.
    pub(super) parts: Vec<Part>,
    pub(super) standings: Vec<(Standing, u64)>,
    /// The devices to which the action was or may have been applied.
    pub(super) devices: u64,
    pub(super) gone: u64,
    pub(super) waiting: u64,
    pub(super) open: u64,
    /// The devices that no verification has looked at; they are among those that wait.
    pub(super) not_verified: u64,
    /// The newest verification.
    pub(super) verified: Option<String>,
}

/// A part of the rows.
#[derive(Serialize)]
pub(super) struct Part {
    pub(super) what: &'static str,
    pub(super) count: u64,
}

/// The parts, in the order in which they are shown.
const PARTS: [&str; 11] = [
    "accepted",
    "confirmed",
    "queued for approval",
    "in doubt",
    "failed",
    "waiting for a decision",
    "left alone on purpose",
    "previewed only",
    "not reached",
    DOUBLE,
    MISSING,
];
const DOUBLE: &str = "the same person as another row";
const MISSING: &str = "not in the journal";

fn part(person: &Person) -> &'static str {
    match (person.outcome, person.reason) {
        (Some(Outcome::Accepted), _) => "accepted",
        (Some(Outcome::Confirmed), _) => "confirmed",
        (Some(Outcome::AwaitingApproval), _) => "queued for approval",
        (Some(Outcome::Unknown), _) => "in doubt",
        (Some(Outcome::Failed), _) => "failed",
        (Some(Outcome::Skipped), Reason::Preview) => "previewed only",
        (None, _) if person.number == 0 => MISSING,
        (Some(Outcome::Skipped), Reason::Stopped) | (None, _) => "not reached",
        _ if person.standing == Standing::Open => "waiting for a decision",
        _ => "left alone on purpose",
    }
}

impl Totals {
    /// `doubles` is the number of rows that name a person once more, of a list that was given.
    pub(super) fn of(people: &[Person], doubles: Option<u64>) -> Self {
        let not_listed = people.iter().filter(|person| person.line.is_none()).count() as u64;
        let not_listed = doubles.map_or(0, |_| not_listed);
        let doubles = doubles.unwrap_or_default();
        let mut totals = Self {
            people: people.len() as u64,
            rows: people.len() as u64 - not_listed + doubles,
            not_listed,
            verified: people.iter().filter_map(|person| person.verified.clone()).max(),
            ..Self::default()
        };
        let count = |what: &'static str| match what {
            DOUBLE => doubles,
            _ => people.iter().filter(|person| part(person) == what).count() as u64,
        };
        let parts = PARTS.into_iter().map(|what| Part {
            what,
            count: count(what),
        });
        totals.parts = parts.filter(|part| part.count > 0).collect();
        totals.standings = Standing::ALL
            .into_iter()
            .map(|standing| {
                let of_it = people.iter().filter(|person| person.standing == standing);
                (standing, of_it.count() as u64)
            })
            .collect();
        for person in people.iter().filter(|person| person.was_applied()) {
            totals.add_devices(person);
        }
        totals
    }

    fn add_devices(&mut self, person: &Person) {
        let devices = person.devices();
        let is_gone = |device: &super::devices::Device| device.verdict == Some(Verdict::Gone);
        if person.outcome != Some(Outcome::Unknown) {
            self.applied += 1;
            self.confirmed += u64::from(person.outcome == Some(Outcome::Confirmed));
            self.all_gone += u64::from(!devices.is_empty() && devices.iter().all(is_gone));
        }
        for device in devices {
            self.devices += 1;
            self.not_verified += u64::from(device.verdict.is_none());
            match device.standing() {
                Standing::Settled => self.gone += 1,
                Standing::Open => self.open += 1,
                Standing::Waits | Standing::ToDo => self.waiting += 1,
            }
        }
    }

    pub(super) fn standing(&self, standing: Standing) -> u64 {
        self.standings
            .iter()
            .find(|(which, _)| *which == standing)
            .map_or(0, |(_, count)| *count)
    }
}
