//! `explain`: what a word of the results means. The sentences are core's, and those of the exit codes.

use clap::builder::PossibleValuesParser;
use graph_devices::{CheckKind, Outcome, Reason, Status, Verdict, WarningCode};

use crate::exit::Exit;
use crate::io::Io;
use crate::lines::{ExplainedRow, Line, Summary};

/// Explain a word of the results, or an exit code
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices explain needs_consent
  graph-devices explain 4
  graph-devices explain                      all words")]
pub(crate) struct Args {
    /// A status, outcome, reason, warning, verdict, check of doctor, or an exit code
    #[arg(value_parser = PossibleValuesParser::new(words()), hide_possible_values = true)]
    word: Option<String>,
}

/// A word and its meaning. A word can have several.
struct Entry {
    word: String,
    kind: &'static str,
    message: &'static str,
    page: &'static str,
}

/// The folder of the pages that explain more.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/");

pub(crate) fn run(args: &Args, io: &Io) -> Exit {
    let entries = entries().filter(|entry| args.word.as_ref().is_none_or(|word| *word == entry.word));
    for entry in entries {
        let Entry {
            word,
            kind,
            message,
            page,
        } = &entry;
        match args.word {
            Some(_) => io.row(&format!("{word} ({kind}): {message}\n  {PAGES}{page}")),
            None => io.row(&format!("{word:<24} {kind}: {message}")),
        }
        io.line(&Line::Explained(ExplainedRow {
            word,
            kind,
            message,
            page: &format!("{PAGES}{page}"),
        }));
    }
    io.line(&Line::Summary(Summary::new("explain", Exit::Done)));
    Exit::Done
}

/// Every word.
fn words() -> Vec<String> {
    let mut words: Vec<String> = entries().map(|entry| entry.word).collect();
    words.sort();
    words.dedup();
    words
}

fn entries() -> impl Iterator<Item = Entry> {
    let outcomes = Outcome::all().iter().map(|outcome| {
        Entry::new(
            "outcome",
            outcome.name(),
            outcome.message(),
            "outcomes-and-statuses.md",
        )
    });
    let statuses = Status::all()
        .iter()
        .map(|status| Entry::new("status", status.name(), status.message(), "reference/statuses.md"));
    let reasons = Reason::all()
        .iter()
        .filter(|reason| **reason != Reason::None)
        .map(|reason| {
            let page = "many-users.md#why-a-user-is-skipped";
            Entry::new("reason", reason.name(), reason.message(), page)
        });
    let warnings = WarningCode::all().iter().map(|warning| {
        Entry::new(
            "warning",
            warning.name(),
            warning.message(),
            "reference/warnings.md",
        )
    });
    let verdicts = Verdict::all().iter().map(|verdict| {
        Entry::new(
            "verdict",
            verdict.name(),
            verdict.message(),
            "many-users.md#verify",
        )
    });
    let checks = CheckKind::all()
        .iter()
        .map(|check| Entry::new("check", check.name(), check.message(), "cli.md#doctor"));
    let exits = Exit::ALL.into_iter().map(|exit| {
        Entry::new(
            "exit code",
            exit.code().to_string(),
            exit.meaning(),
            "cli.md#exit-codes",
        )
    });
    outcomes
        .chain(statuses)
        .chain(reasons)
        .chain(warnings)
        .chain(verdicts)
        .chain(checks)
        .chain(exits)
}

impl Entry {
    fn new(kind: &'static str, word: impl Into<String>, message: &'static str, page: &'static str) -> Self {
        Self {
            word: word.into(),
            kind,
            message,
            page,
        }
    }
}
