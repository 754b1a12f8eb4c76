//! The list that the people came from, given once more to account for each of its rows.

use std::collections::HashMap;
use std::time::SystemTime;

use graph_devices::history::{History, User};
use graph_devices::{Outcome, visible};

use super::people::Person;
use crate::failure::{Failure, Result};
use crate::list::List;

/// A list, and the columns of it that are shown.
pub(crate) struct Given {
    pub(crate) list: List,
    pub(crate) columns: Vec<String>,
}

impl Given {
    /// Refuses a list that is not the one of the runs.
    pub(super) fn is_of(&self, history: &History) -> Result<()> {
        let hashes: Vec<_> = history
            .runs()
            .iter()
            .filter_map(|run| run.input_list.as_ref().map(|(_, sha256)| sha256.as_str()))
            .collect();
        match hashes.last() {
            _ if hashes.contains(&self.list.sha256.as_str()) => Ok(()),
            None => Err(Failure::usage(
                "the journal does not say which list its users came from, so none can be compared with it; leave out --list",
            )),
            Some(known) => Err(Failure::usage(format!(
                "{} is not the list of the journal: its sha256 is {}, and the journal has {known}; give the list as it was then",
                visible(&self.list.name),
                self.list.sha256
            ))),
        }
    }

    /// The people in the order of the list, then those who are not on it, and the number of rows that name a person once
    /// more.
    pub(super) fn people(&self, history: &History) -> (Vec<Person>, u64) {
        // No two users have the same first line.
        let mut others: HashMap<_, _> = history
            .users()
            .enumerate()
            .map(|(at, user)| (user.first_line(), (at + 1, user)))
            .collect();
        let (mut people, mut doubles) = (Vec::new(), 0);
        for row in &self.list.rows {
            let known = history.find(&row.user);
            match known.map(|user| others.remove(&user.first_line())) {
                Some(Some((number, user))) => people.push(person(row.line, &row.columns, number, &user)),
                Some(None) => doubles += 1,
                None => people.push(Person {
                    columns: row.columns.iter().map(|cell| visible(cell)).collect(),
                    ..Person::missing(row.line, &row.user)
                }),
            }
        }
        let mut others: Vec<_> = others.into_values().collect();
        others.sort_by_key(|(number, _)| *number);
        for (number, user) in others {
            people.push(Person {
                columns: self.columns.iter().map(|_| String::new()).collect(),
                ..Person::of(number, &user)
            });
        }
        (people, doubles)
    }
}

/// A person of the list.
fn person(line: usize, cells: &[String], number: usize, user: &User<'_>) -> Person {
    let is_accepted = user.outcome() == Some(Outcome::Accepted);
    let accepted = user.result().filter(|_| is_accepted).map(|result| result.time);
    Person {
        line: Some(line),
        columns: cells.iter().map(|cell| visible(cell)).collect(),
        hours: cells.iter().find_map(|cell| date(cell)).zip(accepted).map(hours),
        ..Person::of(number, user)
    }
}

/// The time of a cell such as `2026-06-30` or `2026-06-30T17:00:00Z`.
fn date(cell: &str) -> Option<SystemTime> {
    let cell = cell.trim();
    let of_day = || humantime::parse_rfc3339_weak(&format!("{cell}T00:00:00Z")).ok();
    humantime::parse_rfc3339_weak(cell).ok().or_else(of_day)
}

/// Whole hours from one time to another; negative if it came later.
fn hours((from, to): (SystemTime, SystemTime)) -> i64 {
    let whole = |time: std::time::Duration| i64::try_from(time.as_secs() / 3600).unwrap_or(i64::MAX);
    match to.duration_since(from) {
        Ok(after) => whole(after),
        Err(before) => -whole(before.duration()),
    }
}
