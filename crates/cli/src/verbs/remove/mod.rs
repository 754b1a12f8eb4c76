//! `remove`: preview a list, ask, and carry out exactly that preview; or go on with a journal.

mod confirm;
mod ending;
mod writes;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use graph_devices::history::{self, History, Mode, Run as PastRun};
use graph_devices::{Client, Outcome, RunOptions, UserResult};

use super::preview;
use super::report::AtTheEnd;
use crate::args::Connection;
use crate::case::{ToRetire, Widened};
use crate::client::connect;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::journal_file::{self, Start};
use crate::lines::{Line, Row};
use crate::list::{self, List, ListOptions};
use crate::people::{People, Source};
use crate::rows::{Table, counted};
use crate::run::{Bar, Ended, Pace, Report, Rules, drive};
use crate::signals::{Signals, Watch};
use confirm::{Answer, Asked};
use writes::Writes;

/// Retire the devices of the people on a list, after a preview and a question
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices remove leavers.csv
  graph-devices remove leavers.csv --yes 12 --justification \"leavers of June\"
  graph-devices remove leavers.jsonl

LIST is a list of people, or the journal of a preview or of a run: of a preview it is carried out, a run goes on.")]
pub(crate) struct Args {
    #[command(flatten)]
    people: People,
    /// Where the case is recorded [default: the name of the list with .jsonl, in this folder]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Do not ask; send nothing if more than N people are to be retired
    #[arg(long, value_name = "N", value_parser = confirm::bound)]
    yes: Option<u64>,
    /// Send without a preview
    #[arg(long, requires = "yes")]
    no_preview: bool,
    /// Send without reading people and devices first
    #[arg(long, requires = "no_preview")]
    no_read: bool,
    #[command(flatten)]
    list: ListOptions,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    writes: Writes,
    #[command(flatten)]
    report: AtTheEnd,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    connection: Connection,
}

/// What the runs of this command share.
struct Case<'a> {
    args: &'a Args,
    io: &'a Io,
    watch: Watch<'a>,
    client: Client,
    journal: PathBuf,
    /// The line of the list of each user; empty if the journal was given.
    lines: HashMap<String, usize>,
    duplicates: u64,
    /// What was given without a preview. Its journal does not name all users, so it has to be given again.
    unpreviewed: Option<Source>,
}

pub(crate) fn run(args: &Args, io: &Io, signals: &Signals) -> Result<Exit> {
    args.report.is_possible()?;
    let source = args.people.source(&args.connection.token)?;
    if let Source::File(path) = &source
        && journal_file::is_journal(path)
    {
        is_of_a_journal(args, path)?;
        return go_on(args, path.clone(), HashMap::new(), io, signals);
    }
    let list = source.read(&args.list)?;
    list::show(&list, io);
    confirm::is_possible(args.yes, list.rows.len())?;
    let journal = args.journal.clone();
    let journal = journal.unwrap_or_else(|| journal_file::default_path(&source));
    let lines = list.rows.iter().rev().map(|row| (row.user.clone(), row.line));
    let lines = lines.collect();
    if args.no_preview {
        let mut case = Case::begin(args, journal, lines, io, signals)?;
        case.unpreviewed = Some(source);
        return case.without_preview(&list);
    }
    let start = journal_file::start(&journal, &list)?;
    if start == Start::GoOn {
        confirm::go_on(&journal, args.yes, &signals.watch(), io)?;
        return go_on(args, journal, lines, io, signals);
    }
    let mut case = Case::begin(args, journal, lines, io, signals)?;
    let again = || case.again(&source);
    let options = case.reading()?;
    let options = if start == Start::New {
        options.journal(&case.journal)
    } else {
        options.resume(&case.journal)
    };
    let patience = args.connection.patience();
    let previewed = preview::carry_out(&list, options, &case.client, patience, &case.watch, io, |_, _| ())
        .map_err(|failure| failure.with_next(again()))?;
    case.duplicates = previewed.tally.duplicates;
    let history = journal_file::with_preview(&case.journal)?;
    let to_retire = ToRetire::of(&history, Widened::default());
    case.ask_and_send(&history, &to_retire, (&args.rules, &args.writes, &args.pace))
}

/// Refuses options that a journal as argument does not take.
fn is_of_a_journal(args: &Args, journal: &Path) -> Result<()> {
    if args.journal.is_some() || args.no_preview || args.list != ListOptions::default() {
        return Err(Failure::usage(format!(
            "{} is a journal, which names its users and goes on in itself; leave out --journal, --no-preview and the options of a list",
            journal.display()
        )));
    }
    Ok(())
}

/// Carries out the preview of a journal, or goes on with its run.
fn go_on(
    args: &Args,
    journal: PathBuf,
    lines: HashMap<String, usize>,
    io: &Io,
    signals: &Signals,
) -> Result<Exit> {
    let history = journal_file::with_preview(&journal)?;
    let Some(earlier) = newest(&history) else {
        return Err(Failure::bug());
    };
    let to_retire = ToRetire::of(&history, args.rules.widen(earlier));
    show_case(&journal, &history, &to_retire, &lines, io);
    if !to_retire.users.is_empty() {
        confirm::is_possible(args.yes, to_retire.users.len())?;
    }
    let case = Case::begin(args, journal, lines, io, signals)?;
    case.ask_and_send(
        &history,
        &to_retire,
        (
            &args.rules.or(earlier),
            &args.writes.or(earlier),
            &args.pace.or(earlier),
        ),
    )
}

/// The run whose options go on: the newest that was no verification.
fn newest(history: &History) -> Option<&PastRun> {
    history.runs().iter().rev().find(|run| run.mode != Mode::Verify)
}

/// Says what is known of a journal that goes on, and who is to be retired.
fn show_case(
    journal: &Path,
    history: &History,
    to_retire: &ToRetire,
    lines: &HashMap<String, usize>,
    io: &Io,
) {
    let Some(preview) = history.preview() else { return };
    let by = preview.initiated_by.as_ref();
    let by = by.map_or_else(String::new, |person| format!(" by {person}"));
    io.note(&graph_devices::visible(&format!(
        "{}: preview of {}{by}, {}; {} to retire",
        journal.display(),
        counted(history.previewed().count() as u64, "user", "users"),
        humantime::format_rfc3339_seconds(preview.begun),
        to_retire.users.len(),
    )));
    let users = to_retire.users.iter().map(String::as_str);
    let table = Table::new(users, lines.values().max().copied(), io.width());
    for (user, shown) in to_retire.users.iter().zip(&to_retire.shown) {
        let line = lines.get(user).copied();
        io.row(&table.cut(&table.row(line, user, shown)));
    }
}

impl<'a> Case<'a> {
    fn begin(
        args: &'a Args,
        journal: PathBuf,
        lines: HashMap<String, usize>,
        io: &'a Io,
        signals: &'a Signals,
    ) -> Result<Self> {
        Ok(Self {
            args,
            io,
            client: connect(&args.connection, io)?,
            watch: signals.watch(),
            journal,
            lines,
            duplicates: 0,
            unpreviewed: None,
        })
    }

    fn reading(&self) -> Result<RunOptions> {
        self.args
            .pace
            .apply(self.args.rules.apply(RunOptions::default())?)
    }

    /// Asks, and sends to those who are to be retired, bound to the preview.
    fn ask_and_send(
        &self,
        history: &History,
        to_retire: &ToRetire,
        (rules, writes, pace): (&Rules, &Writes, &Pace),
    ) -> Result<Exit> {
        if to_retire.users.is_empty() {
            return self.end(None);
        }
        let asked = Asked {
            to_retire,
            journal: &self.journal,
            preview: history.preview(),
            client: &self.client,
        };
        let consent = match asked.confirm(self.args.yes, &self.watch, self.io) {
            Answer::Yes(consent) => consent,
            Answer::No(message) => {
                return Err(Failure::new(Exit::NotConfirmed, message).with_next(self.next_asking()));
            }
        };
        let options = pace.apply(rules.apply(RunOptions::default())?)?;
        let options = writes.apply(options)?.consent(&consent);
        let options = options.resume(&self.journal).plan(&self.journal);
        let users = to_retire.users.iter().map(String::as_str);
        self.send(options, users, to_retire.users.len())
    }

    /// Sends to everybody on the list.
    fn without_preview(&self, list: &List) -> Result<Exit> {
        let bound = self.args.yes.unwrap_or_default();
        if list.rows.len() as u64 > bound {
            return Err(Failure::new(
                Exit::NotConfirmed,
                confirm::too_many(list.rows.len(), bound),
            ));
        }
        let mut options = self.args.writes.apply(self.reading()?)?;
        options = options
            .inspect_first(!self.args.no_read)
            .consent(&confirm::by_option(bound));
        if !list.sha256.is_empty() {
            options = options.input_list(&list.name, &list.sha256)?;
        }
        let options = if journal_file::is_journal(&self.journal) {
            journal_file::require_list(&self.journal, &history::read(&[&self.journal])?, list)?;
            options.resume(&self.journal)
        } else {
            options.journal(&self.journal)
        };
        self.send(
            options,
            list.rows.iter().map(|row| row.user.as_str()),
            list.rows.len(),
        )
    }

    fn send<'u>(
        &self,
        options: RunOptions,
        users: impl Iterator<Item = &'u str> + Clone,
        count: usize,
    ) -> Result<Exit> {
        let run = self.client.run(options)?;
        let mut bar = Bar::begin("retiring", count, self.io);
        let last_line = self.lines.values().max().copied();
        let table = Table::new(users.clone(), last_line, self.io.width());
        let patience = self.args.connection.patience();
        let ended = drive(&run, users, patience, &self.watch, &mut bar, self.io, |report| {
            if let Report::Result(result) = report {
                self.show(result, &table);
            }
        });
        let ended = ended.map_err(|failure| failure.with_next(self.next()))?;
        self.end(Some(&ended))
    }

    fn show(&self, result: &UserResult, table: &Table) {
        let line = self.lines.get(&result.user).copied();
        let text = table.row(line, &result.user, &became(result));
        self.io.row(&table.cut(&text));
        self.io.line(&Line::Row(Box::new(Row::of(line, result))));
    }

    fn end(&self, ended: Option<&Ended>) -> Result<Exit> {
        // Requests may have been sent, so a journal that is refused now is no wrong use.
        let history = history::read(&[&self.journal]).map_err(|error| Failure {
            exit: Exit::Unable,
            ..error.into()
        })?;
        let page = self.args.report.write(&self.journal, self.io);
        Ok(ending::report(self, &history, ended, page))
    }
}

/// What became of a user, in words.
fn became(result: &UserResult) -> String {
    let devices = result
        .devices
        .as_ref()
        .map_or(0, |list| list.devices.len() as u64);
    let message = result.message().unwrap_or_default();
    match result.outcome {
        Outcome::Accepted => {
            let request = result
                .receipt
                .as_ref()
                .and_then(|receipt| receipt.request_id.as_deref());
            format!(
                "accepted   {:<10}   request-id {}",
                counted(devices, "device", "devices"),
                request.unwrap_or("none")
            )
        }
        Outcome::AwaitingApproval => {
            let error = result.error.as_ref();
            let code = error.and_then(|error| error.approval_code.as_deref());
            format!("queued for approval, code {}", code.unwrap_or("unknown"))
        }
        Outcome::Confirmed => format!("confirmed  {}", result.outcome.message()),
        Outcome::Skipped => format!("skipped    {}: {message}", result.reason.name()),
        outcome => format!("{:<9}  {message}", outcome.name()),
    }
}
