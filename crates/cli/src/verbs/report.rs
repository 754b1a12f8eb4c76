//! `report`: what journals record, as a page for a manager and an auditor, a table, or JSON.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::ValueEnum;
use graph_devices::history;

use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::lines::{Line, Summary};
use crate::list::{self, ListOptions};
use crate::page::{self, Account, Found, Given, Made};

/// Make a report of journals: a page for managers and auditors, CSV or JSON
///
/// Reads only: no token, no connection. A journal that a run is writing to is reported as it is at that moment.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices report leavers.jsonl
  graph-devices report leavers.jsonl --list leavers.csv --columns \"Employee ID,Leaving date\"
  graph-devices report leavers.jsonl --format csv --only open -o left.csv
  graph-devices report --check leavers.html leavers.jsonl")]
pub(crate) struct Args {
    /// The journals; several are read as if they were one
    #[arg(required = true, value_name = "JOURNAL")]
    journals: Vec<PathBuf>,
    /// What to make
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    format: Format,
    /// The file to write [default: the journal's name with .html; csv and json go to the standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
    /// Only the people who are left: who need a person, or whom no run has reached
    #[arg(long, value_name = "WHICH")]
    only: Option<Only>,
    /// The list of the runs, to account for each of its rows; it has to be unchanged
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Columns of that list to show, separated by commas; of a column of dates also the hours to accepted
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "list")]
    columns: Vec<String>,
    /// Numbers in place of the names of people and devices; the key is written beside the report
    #[arg(long, conflicts_with_all = ["columns", "title"])]
    pseudonyms: bool,
    /// The report is of a rehearsal
    #[arg(long, hide = true)]
    rehearsal: bool,
    /// The title of the page
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The most people that a page shows; those who need a person are always shown
    #[arg(long, value_name = "N", default_value_t = MAX_ROWS)]
    max_rows: usize,
    /// Compare a page with its journals, or with --bytes and --sha256 the beginning of a journal
    #[arg(long, value_name = "PAGE", num_args = 0..=1, conflicts_with_all = ["output", "only", "pseudonyms", "title"])]
    #[expect(
        clippy::option_option,
        reason = "clap's form of an option whose value may be left out"
    )]
    check: Option<Option<PathBuf>>,
    /// The length of the beginning that was noted
    #[arg(long, value_name = "N", requires_all = ["check", "sha256"])]
    bytes: Option<u64>,
    /// The SHA-256 that was noted
    #[arg(long, value_name = "HASH", requires_all = ["check", "bytes"])]
    sha256: Option<String>,
    #[command(flatten)]
    list_options: ListOptions,
}

/// A page at the end of another verb.
#[derive(clap::Args, Debug)]
pub(crate) struct AtTheEnd {
    /// Write a report of the journal at the end, as a page
    #[arg(long = "report", value_name = "FILE")]
    page: Option<PathBuf>,
}

impl AtTheEnd {
    /// Refuses an existing file, and one in no folder, before anything is done.
    pub(super) fn is_possible(&self) -> Result<()> {
        self.page.as_deref().map_or(Ok(()), page::is_new)
    }

    /// Writes the page. If it cannot be written, says why and returns the exit code for it: the verb goes on to its summary.
    pub(super) fn write(&self, journal: &Path, io: &Io) -> Exit {
        match self.try_to_write(journal, io) {
            Ok(()) => Exit::Done,
            Err(failure) => {
                io.error(&failure.message);
                Exit::Unable
            }
        }
    }

    fn try_to_write(&self, journal: &Path, io: &Io) -> Result<()> {
        let Some(path) = &self.page else { return Ok(()) };
        let made = Made {
            max_rows: MAX_ROWS,
            ..made_now()
        };
        let account = Account::new(&history::read(&[journal])?, made, None)?;
        save(
            path,
            false,
            &page::html(&account).map_err(|_| Failure::bug())?,
            io,
        )
    }
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page in one file
    Html,
    /// A row for each device
    Csv,
    /// One document
    Json,
}

/// Which people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Those who are left
    Open,
}

const BY: &str = concat!("graph-devices/", env!("CARGO_PKG_VERSION"));
const MAX_ROWS: usize = 10_000;

pub(crate) fn run(args: &Args, io: &Io) -> Result<Exit> {
    if args.check.is_some() {
        return check(args, io);
    }
    if io.is_json() && output(args).is_none() {
        return Err(Failure::usage(
            "--json prints one object a line, and this report is a document; name its file with --output",
        ));
    }
    let made = Made {
        title: args.title.clone(),
        rehearsal: args.rehearsal,
        only_open: args.only.is_some(),
        pseudonyms: args.pseudonyms,
        max_rows: args.max_rows,
        columns: args.list.as_ref().map(|_| args.columns.clone()),
        ..made_now()
    };
    let given = given(args)?;
    let history = history::read(&args.journals)?;
    let mut account = Account::new(&history, made, given.as_ref())?;
    if args.pseudonyms {
        let key = account.pseudonymise();
        page::write(&key_file(args)?, args.force, key.as_bytes())?;
    }
    let text = match args.format {
        Format::Html => page::html(&account).map_err(|_| Failure::bug())?,
        Format::Csv => page::csv(&account),
        Format::Json => page::json(&account),
    };
    match output(args) {
        Some(path) => save(&path, args.force, &text, io)?,
        None => io.answer(text.strip_suffix('\n').unwrap_or(&text)),
    }
    io.line(&Line::Summary(Summary::new("report", Exit::Done)));
    Ok(Exit::Done)
}

fn made_now() -> Made {
    Made {
        by: BY.to_owned(),
        at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        ..Made::default()
    }
}

fn save(path: &Path, force: bool, text: &str, io: &Io) -> Result<()> {
    page::write(path, force, text.as_bytes())?;
    io.note(&format!("{} was written, for its owner alone", path.display()));
    Ok(())
}

fn given(args: &Args) -> Result<Option<Given>> {
    let Some(path) = &args.list else {
        return Ok(None);
    };
    let name = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::usage(format!("{name} cannot be read: {error}; check the name")))?;
    let options = ListOptions {
        columns: args.columns.clone(),
        ..args.list_options.clone()
    };
    Ok(Some(Given {
        list: list::read(&name, &bytes, &options)?,
        columns: options.columns,
    }))
}

/// The file of the report; `None` for the standard output.
fn output(args: &Args) -> Option<PathBuf> {
    let page = || {
        args.journals
            .first()
            .map(|journal| journal.with_extension("html"))
    };
    let is_page = args.format == Format::Html;
    args.output.clone().or_else(|| page().filter(|_| is_page))
}

/// The file of the key: beside the report, or beside the journal.
fn key_file(args: &Args) -> Result<PathBuf> {
    let beside = output(args).or_else(|| args.journals.first().cloned());
    let mut name = beside.ok_or_else(Failure::bug)?.into_os_string();
    name.push(".key.csv");
    Ok(PathBuf::from(name))
}

fn check(args: &Args, io: &Io) -> Result<Exit> {
    let found = match (&args.check, args.bytes, &args.sha256) {
        (_, Some(length), Some(sha256)) => check_beginning(args, length, sha256)?,
        (Some(Some(page)), _, _) => page::check_page(page, &args.journals, given(args)?.as_ref(), BY)?,
        _ => {
            return Err(Failure::usage(
                "--check names a page, or comes with --bytes and --sha256",
            ));
        }
    };
    let (text, exit) = match &found {
        Found::Agrees(text) => (text, Exit::Done),
        Found::Differs(text) => (text, Exit::Left),
    };
    io.row(text);
    io.line(&Line::Summary(Summary::new("report", exit)));
    Ok(exit)
}

/// `--check --bytes N --sha256 HASH JOURNAL`: clap takes what follows `--check` for its page only without these.
fn check_beginning(args: &Args, length: u64, sha256: &str) -> Result<Found> {
    let [journal] = args.journals.as_slice() else {
        return Err(Failure::usage("--bytes is about one journal; name one"));
    };
    page::check_bytes(Path::new(journal), length, sha256)
}
