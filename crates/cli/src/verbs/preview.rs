//! `preview`: what `remove` would do with each person of a list. Reads only.

use std::path::PathBuf;
use std::time::Duration;

use graph_devices::history;
use graph_devices::{Check, CheckKind, CheckState, Client, RunOptions, Status, Summary, UserResult};

use crate::args::Connection;
use crate::changes::Changes;
use crate::client::connect;
use crate::exit::Exit;
use crate::failure::{Failure, exit_of};
use crate::io::Io;
use crate::journal_file;
use crate::lines::{self, Line};
use crate::list::{self, List, ListOptions};
use crate::people::People;
use crate::run::{Bar, Pace, Report, Rules, drive};
use crate::sheet::{Sheet, Tally};
use crate::signals::{Signals, Watch};

/// Show what `remove` would do with each person of a list, and send nothing
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices preview leavers.csv
  graph-devices preview leavers.csv --journal leavers.jsonl
  graph-devices preview leavers.csv --against leavers.jsonl --strict
  graph-devices preview adele@contoso.com diego@contoso.com --strict")]
pub(crate) struct Args {
    #[command(flatten)]
    people: People,
    /// Keep the preview in this new file; `graph-devices remove FILE` carries it out
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Show what has changed since this journal: people of the list, their names and devices
    #[arg(long, value_name = "JOURNAL")]
    against: Option<PathBuf>,
    /// Exit with 1 if at least one user is left for a person, or if --against shows a change
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    list: ListOptions,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    connection: Connection,
}

/// What a preview found.
pub(super) struct Previewed {
    pub(super) tally: Tally,
    /// The strongest exit code of the users.
    pub(super) exit: Exit,
}

pub(crate) fn run(args: &Args, io: &Io, signals: &Signals) -> Result<Exit, Failure> {
    let list = args.people.source(&args.connection.token)?.read(&args.list)?;
    list::show(&list, io);
    let earlier = args.against.as_ref().map(|path| history::read(&[path]));
    let earlier = earlier.transpose()?;
    let mut changes = earlier.as_ref().map(Changes::since);
    let client = connect(&args.connection, io)?;
    earlier
        .as_ref()
        .map_or(Ok(()), |earlier| client.same_service(earlier))?;
    let mut options = args.pace.apply(args.rules.apply(RunOptions::default())?)?;
    if let Some(path) = &args.journal {
        options = options.journal(path);
    }
    let watch = signals.watch();
    let patience = args.connection.patience();
    let previewed = carry_out(&list, options, &client, patience, &watch, io, |line, result| {
        if let Some(changes) = &mut changes {
            changes.take(line, result);
        }
    })?;
    drop(watch);
    let mut exit = previewed.exit;
    if let (Some(changes), Some(path)) = (changes, &args.against)
        && changes.end(&path.display().to_string(), io)
    {
        exit = exit.max(Exit::Left);
    }
    let next = args.journal.as_deref().map(journal_file::command);
    if let Some(next) = &next {
        io.row(&format!("carry it out with: {next}"));
    }
    let exit = if args.strict { exit } else { Exit::Done };
    let mut summary = lines::Summary::new("preview", exit);
    summary.set_tally(&previewed.tally);
    summary.next = next.as_deref();
    if let Some(path) = &args.journal {
        summary.set_journal(path);
    }
    io.line(&Line::Summary(summary));
    Ok(exit)
}

/// Previews the list, shows each row, and passes each result on with its line. An error if it did not come to its end.
pub(super) fn carry_out(
    list: &List,
    options: RunOptions,
    client: &Client,
    patience: Duration,
    watch: &Watch,
    io: &Io,
    mut found: impl FnMut(Option<usize>, &UserResult),
) -> Result<Previewed, Failure> {
    let mut options = options.preview();
    if !list.sha256.is_empty() {
        options = options.input_list(&list.name, &list.sha256)?;
    }
    warn_of_permission(client, io);
    let run = client.run(options)?;
    let mut bar = Bar::begin("reading", list.rows.len(), io);
    let mut sheet = Sheet::new(list, io);
    let users = list.rows.iter().map(|row| row.user.as_str());
    let ended = drive(&run, users, patience, watch, &mut bar, io, |report| {
        if let Report::Result(result) = report {
            found(sheet.take(result, io), result);
        }
    })?;
    if let Some(exit) = ended.stopped {
        return Err(Failure::new(exit, "stopped; nothing was sent"));
    }
    is_complete(&ended.summary)?;
    sheet.end(io);
    sheet.explain_consent(io);
    io.row(&format!("{}. Nothing was sent.", sheet.sum()));
    Ok(Previewed {
        exit: sheet.exit,
        tally: sheet.tally,
    })
}

/// Warns of a token that cannot retire: a preview only reads, and would not show it.
fn warn_of_permission(client: &Client, io: &Io) {
    let checks = client.check_token();
    let refused = |check: &&Check| check.kind == CheckKind::MayRetire && check.state == CheckState::Fail;
    if let Some(check) = checks.iter().find(refused) {
        let message = format!("a run would be refused: {}", check.message);
        io.note(&message);
        io.line(&Line::Notice { message: &message });
    }
}

fn is_complete(summary: &Summary) -> Result<(), Failure> {
    match summary.ended_by {
        None => Ok(()),
        Some(status) => Err(ended_early(status, summary)),
    }
}

/// Why a run ended early.
pub(super) fn ended_early(status: Status, summary: &Summary) -> Failure {
    let message = summary
        .message
        .clone()
        .unwrap_or_else(|| status.message().to_owned());
    Failure {
        status: Some(status),
        ..Failure::new(exit_of(status), message)
    }
}
