//! The table as Markdown.

use std::fmt::Write as _;
use std::fs;

use super::rounds::Medians;
use crate::tools::{Result, command, output};

const COLUMNS: [&str; 5] = ["this library", "libcurl", "requests", "httpx", "msgraph-sdk"];

/// What is wanted of a value.
#[derive(Clone, Copy)]
pub(super) enum Better {
    /// At most so much.
    Lower(f64),
    /// At least so much.
    Higher(f64),
}

impl Better {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::Lower(goal) => value <= goal,
            Self::Higher(goal) => value >= goal,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Lower(goal) => format!("at most {}", number(goal)),
            Self::Higher(goal) => format!("at least {}", number(goal)),
        }
    }
}

/// One line of the table.
pub(super) struct Row {
    what: &'static str,
    values: Vec<Option<f64>>,
    /// The ratio to which peer.
    ratio: Option<(f64, &'static str)>,
    goal: Better,
}

impl Row {
    /// The goal is about the value divided by that of a peer.
    pub(super) fn ratio(
        what: &'static str,
        medians: &Medians,
        at: usize,
        peer: &'static str,
        goal: f64,
    ) -> Self {
        let values = values(medians, at);
        let peers = medians.get(peer).map(|values| values[at]);
        let ratio = values[0].zip(peers).map(|(ours, peers)| (ours / peers, peer));
        Self {
            what,
            values,
            ratio,
            goal: Better::Lower(goal),
        }
    }

    /// The goal is about the value itself.
    pub(super) fn value(what: &'static str, medians: &Medians, at: usize, goal: Better) -> Self {
        Self {
            what,
            values: values(medians, at),
            ratio: None,
            goal,
        }
    }

    /// Of this library alone.
    pub(super) fn ours(what: &'static str, value: f64, goal: f64) -> Self {
        Self {
            what,
            values: vec![Some(value)],
            ratio: None,
            goal: Better::Lower(goal),
        }
    }

    fn line(&self) -> String {
        let mut line = format!("| {} |", self.what);
        for at in 0..COLUMNS.len() {
            let value = self.values.get(at).copied().flatten();
            let _ = write!(line, " {} |", value.map(number).unwrap_or_default());
        }
        let (judged, ratio) = match self.ratio {
            Some((ratio, peer)) => (Some(ratio), format!("{ratio:.2} x {peer}")),
            None => (self.values[0], String::new()),
        };
        let is_met = judged.is_some_and(|judged| self.goal.is_met(judged));
        let verdict = if is_met { "met" } else { "missed" };
        let _ = writeln!(line, " {ratio} | {} | {verdict} |", self.goal.words());
        line
    }
}

fn values(medians: &Medians, at: usize) -> Vec<Option<f64>> {
    COLUMNS
        .iter()
        .map(|name| medians.get(name).map(|values| values[at]))
        .collect()
}

/// Three digits that count.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        medium if medium >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[derive(Default)]
pub(super) struct Table(Vec<Row>);

impl Table {
    pub(super) fn add(&mut self, row: Row) {
        // Progress for the user; the table itself comes at the end.
        eprint!("{}", row.line());
        self.0.push(row);
    }

    /// The whole table, with the machine and the day it was measured on.
    pub(super) fn markdown(&self) -> Result<String> {
        let mut text = format!("{}\n\n| what |", machine()?);
        for name in COLUMNS {
            let _ = write!(text, " {name} |");
        }
        let _ = writeln!(text, " ratio | goal | |");
        let _ = writeln!(text, "|---|{}---|---|---|", "---:|".repeat(COLUMNS.len()));
        text.extend(self.0.iter().map(Row::line));
        Ok(text)
    }
}

fn machine() -> Result<String> {
    let date = output(command("date").args(["-u", "+%Y-%m-%d"]))?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism()?;
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, name)| name);
    Ok(format!(
        "Measured on {}, on {processors} cores of {model}, {} {}; load average at the end {}.",
        date.trim(),
        std::env::consts::OS,
        std::env::consts::ARCH,
        load.split(' ').next().unwrap_or("unknown"),
    ))
}
