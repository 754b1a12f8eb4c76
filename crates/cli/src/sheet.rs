//! The list beside what a preview found: each row of the list has one row here, in the order of the list.

use std::collections::{BTreeMap, HashMap, VecDeque};

use graph_devices::{Outcome, Reason, Severity, UserResult, Warning, WarningCode};

use crate::exit::Exit;
use crate::io::Io;
use crate::lines::{Line, Row};
use crate::list::List;
use crate::rows::{Table, counted, thousands};

/// The reason, for programs, of a row that names a person again.
const DUPLICATE: &str = "duplicate";

/// The rows of a list and the results that have arrived for them.
pub(crate) struct Sheet<'a> {
    list: &'a List,
    table: Table,
    /// The rows without a result, by the user as given.
    open: HashMap<&'a str, VecDeque<usize>>,
    /// What is printed of rows that wait for those above them.
    waiting: BTreeMap<usize, Vec<String>>,
    /// The next row to print.
    next: usize,
    blocking: BTreeMap<&'static str, WarningCode>,
    pub(crate) tally: Tally,
    /// The strongest exit code of the users.
    pub(crate) exit: Exit,
}

/// How many rows are what.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) to_retire: u64,
    pub(crate) devices: u64,
    pub(crate) need_consent: u64,
    pub(crate) left_alone: u64,
    pub(crate) failed: u64,
    pub(crate) duplicates: u64,
    /// The lines that are left for a person.
    pub(crate) left: Vec<usize>,
}

impl<'a> Sheet<'a> {
    /// Begins the table.
    pub(crate) fn new(list: &'a List, io: &Io) -> Self {
        let mut open: HashMap<&str, VecDeque<usize>> = HashMap::with_capacity(list.rows.len());
        for (at, row) in list.rows.iter().enumerate() {
            open.entry(&row.user).or_default().push_back(at);
        }
        let users = list.rows.iter().map(|row| row.user.as_str());
        let table = Table::new(users, list.rows.last().map(|row| row.line), io.width());
        io.row(&table.heading(["person", "devices", "remove would"]));
        Self {
            list,
            table,
            open,
            waiting: BTreeMap::new(),
            next: 0,
            blocking: BTreeMap::new(),
            tally: Tally::default(),
            exit: Exit::Done,
        }
    }

    /// Takes a result and prints what is complete down to it. Returns the line of the list.
    pub(crate) fn take(&mut self, result: &UserResult, io: &Io) -> Option<usize> {
        let at = self
            .open
            .get_mut(result.user.as_str())
            .and_then(VecDeque::pop_front);
        let line = at.and_then(|at| self.list.rows.get(at)).map(|row| row.line);
        self.count(result, line);
        io.line(&Line::Row(Box::new(Row::of(line, result))));
        let devices = result.devices.iter().flat_map(|list| &list.devices);
        let rows = self.table.user(line, &result.user, devices, &verdict(result));
        self.place(at, rows, io);
        line
    }

    fn place(&mut self, at: Option<usize>, rows: Vec<String>, io: &Io) {
        let Some(at) = at else {
            io.rows(&rows);
            return;
        };
        self.waiting.insert(at, rows);
        while let Some(rows) = self.waiting.remove(&self.next) {
            io.rows(&rows);
            self.next += 1;
        }
    }

    fn count(&mut self, result: &UserResult, line: Option<usize>) {
        let tally = &mut self.tally;
        match (result.outcome, result.reason) {
            (Outcome::Skipped, Reason::Preview) => {
                tally.to_retire += 1;
                tally.devices += result
                    .devices
                    .as_ref()
                    .map_or(0, |list| list.devices.len() as u64);
            }
            (Outcome::Skipped, Reason::NeedsConsent) => tally.need_consent += 1,
            (Outcome::Failed | Outcome::Unknown, _) => tally.failed += 1,
            _ => tally.left_alone += 1,
        }
        let exit = Exit::of_user(result.outcome, result.reason);
        if exit == Exit::Left {
            tally.left.extend(line);
        }
        self.exit = self.exit.max(exit);
        if result.reason == Reason::NeedsConsent {
            let blocking = blocking(result).map(|warning| (warning.code.name(), warning.code));
            self.blocking.extend(blocking);
        }
    }

    /// Prints the rows that have no result, as each names a person who stands elsewhere in the list.
    pub(crate) fn end(&mut self, io: &Io) {
        let mut open: Vec<_> = self.open.drain().flat_map(|(_, rows)| rows).collect();
        open.sort_unstable();
        let mut firsts: HashMap<String, usize> = HashMap::new();
        for row in self.list.rows.iter().filter(|_| !open.is_empty()) {
            firsts.entry(row.user.to_lowercase()).or_insert(row.line);
        }
        for at in open {
            let Some(row) = self.list.rows.get(at) else {
                continue;
            };
            self.tally.duplicates += 1;
            let first = firsts
                .get(&row.user.to_lowercase())
                .filter(|line| **line < row.line);
            let message = match first {
                Some(first) => format!("the same person as line {first}"),
                None => "the same person as another line".to_owned(),
            };
            io.line(&Line::Row(Box::new(Row {
                line: Some(row.line),
                user: &row.user,
                reason: Some(DUPLICATE),
                message: Some(&message),
                ..Row::default()
            })));
            let rows = self
                .table
                .user(Some(row.line), &row.user, [].into_iter(), &format!("({message})"));
            self.place(Some(at), rows, io);
        }
    }

    /// What the person should read of the warnings that need consent, and the options that give it.
    pub(crate) fn explain_consent(&self, io: &Io) {
        for (name, code) in &self.blocking {
            io.row(&format!("{name}: {}", code.message()));
        }
        let acceptable = self.blocking.iter().filter(|(_, code)| can_be_accepted(**code));
        let options: Vec<_> = acceptable
            .map(|(name, _)| format!("--accept-warning {name}"))
            .collect();
        if !options.is_empty() {
            io.row(&format!("to consent: {}", options.join(" ")));
        }
    }

    /// `8 rows = 1 to retire (1 device) + 2 need consent + 5 left alone`.
    pub(crate) fn sum(&self) -> String {
        let tally = &self.tally;
        let others = [
            (tally.need_consent, "need consent"),
            (tally.left_alone, "left alone"),
            (tally.failed, "failed"),
            (tally.duplicates, "given twice"),
        ];
        let mut parts = vec![format!(
            "{} to retire ({})",
            thousands(tally.to_retire),
            counted(tally.devices, "device", "devices")
        )];
        let others = others.iter().filter(|(number, _)| *number > 0);
        parts.extend(others.map(|(number, what)| format!("{} {what}", thousands(*number))));
        let rows = counted(self.list.rows.len() as u64, "row", "rows");
        format!("{rows} = {}", parts.join(" + "))
    }
}

fn blocking(result: &UserResult) -> impl Iterator<Item = &Warning> {
    let lists = result.devices.iter();
    lists
        .flat_map(|list| {
            let of_devices = list.devices.iter().flat_map(|device| &device.warnings);
            of_devices.chain(&list.warnings)
        })
        .filter(|warning| warning.severity == Severity::Blocking)
}

/// Whether core takes consent to a warning.
fn can_be_accepted(code: WarningCode) -> bool {
    graph_devices::RunOptions::default().accept_warning(code).is_ok()
}

/// What `remove` would do with a user, in words.
fn verdict(result: &UserResult) -> String {
    let said = result.message().unwrap_or_default();
    match (result.outcome, result.reason) {
        (Outcome::Skipped, Reason::Preview) => {
            let devices = result
                .devices
                .as_ref()
                .map_or(0, |list| list.devices.len() as u64);
            let retire = format!("retire {}", counted(devices, "device", "devices"));
            let others = warnings(result);
            if others.is_empty() {
                retire
            } else {
                format!("{retire} ({})", others.join(", "))
            }
        }
        (Outcome::Skipped, Reason::NeedsConsent) => {
            let mut names: Vec<_> = blocking(result).map(|warning| warning.code.name()).collect();
            names.sort_unstable();
            names.dedup();
            format!("ask for consent: {}", names.join(", "))
        }
        (Outcome::Skipped, _) => format!("leave: {said}"),
        (Outcome::Failed | Outcome::Unknown, _) => format!("fail: {said}"),
        _ => said.to_owned(),
    }
}

/// The warnings of a user who would be retired, each once.
fn warnings(result: &UserResult) -> Vec<&'static str> {
    let lists = result.devices.iter();
    let all = lists.flat_map(|list| {
        let of_devices = list.devices.iter().flat_map(|device| &device.warnings);
        of_devices.chain(&list.warnings)
    });
    let mut names: Vec<_> = all.map(|warning| warning.code.name()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
