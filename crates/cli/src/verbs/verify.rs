//! `verify`: what became of the devices in a journal. Reads only, and adds what it found to the journal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use graph_devices::history::{self, History, Mode};
use graph_devices::{RunOptions, Status, Verdict, Verification, VerifiedDevice, visible};

use super::report::AtTheEnd;
use crate::args::Connection;
use crate::client::connect;
use crate::exit::Exit;
use crate::failure::{Failure, exit_of};
use crate::io::Io;
use crate::journal_file;
use crate::lines::{self, Line, VerifiedRow};
use crate::rows::{Table, counted, thousands};
use crate::run::{Bar, Ended, Pace, Report, drive, machine};
use crate::signals::Signals;

/// Show what became of the devices in a journal, also days later
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices verify leavers.jsonl
  graph-devices verify leavers.jsonl --only pending
  graph-devices verify leavers.jsonl --json")]
pub(crate) struct Args {
    /// The journal of a run
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
    /// Ask only for those whose devices were not all gone the last time
    #[arg(long, value_name = "WHICH")]
    only: Option<Only>,
    /// The person who starts the verification, for the journal [default: the signed-in user]
    #[arg(long, value_name = "NAME")]
    initiated_by: Option<String>,
    #[command(flatten)]
    report: AtTheEnd,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    connection: Connection,
}

/// Of whom the devices are verified.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Only {
    Pending,
}

/// The least width of the name of a device.
const NAME: [usize; 1] = [20];

/// Devices and users by verdict.
#[derive(Default)]
struct Tally {
    users: BTreeMap<&'static str, u64>,
    devices: BTreeMap<Verdict, u64>,
    exit: Exit,
}

pub(crate) fn run(args: &Args, io: &Io, signals: &Signals) -> Result<Exit, Failure> {
    args.report.is_possible()?;
    let client = connect(&args.connection, io)?;
    let history = history_of_a_run(&args.journal)?;
    let mut options = args.pace.apply(RunOptions::default())?.machine(&machine());
    if let Some(who) = &args.initiated_by {
        options = options.initiated_by(who);
    }
    let names = history.users().map(|user| user.user());
    let table = Table::new(names, None, io.width());
    let watch = signals.watch();
    let run = match args.only {
        None => client.verify(&args.journal, &options)?,
        Some(Only::Pending) => client.verify_remaining(&args.journal, &options)?,
    };
    let mut bar = Bar::begin("verifying", 0, io);
    let mut tally = Tally::default();
    let users = [].into_iter();
    let only = args.only.map_or("", |Only::Pending| " --only pending");
    let next = format!(
        "graph-devices verify {}{only}",
        journal_file::quoted(&args.journal.display().to_string())
    );
    let ended = drive(
        &run,
        users,
        args.connection.patience(),
        &watch,
        &mut bar,
        io,
        |report| {
            if let Report::Verified(verification) = report {
                tally.take(verification, &table, io);
            }
        },
    )
    .map_err(|failure| failure.with_next(next.as_str()))?;
    let page = args.report.write(&args.journal, io);
    Ok(report(args, &tally, &ended, page, &next, io))
}

/// Refuses the journal of previews alone: that no device of it is left to see would read as if all were gone.
fn history_of_a_run(journal: &Path) -> Result<History, Failure> {
    let history = history::read(&[journal])?;
    if history.runs().iter().any(|run| run.mode == Mode::Run) {
        return Ok(history);
    }
    Err(Failure::usage(format!(
        "nothing was sent in {}, so there is nothing to verify; carry its preview out first",
        journal.display()
    ))
    .with_next(journal_file::command(journal)))
}

fn report(args: &Args, tally: &Tally, ended: &Ended, page: Exit, next: &str, io: &Io) -> Exit {
    let summary = &ended.summary;
    let early = ended
        .stopped
        .or_else(|| summary.ended_by.map(exit_of))
        .unwrap_or_default();
    let exit = tally.exit.max(early).max(page);
    let message = summary.message.as_deref();
    if let Some(message) = message.filter(|_| ended.stopped.is_none()) {
        io.error(message);
    }
    io.row(&tally.sentence());
    let next = (early != Exit::Done || exit == Exit::Waiting).then_some(next);
    if let Some(next) = next {
        io.note(&format!("again with: {next}"));
    }
    let mut line = lines::Summary {
        counts: tally.users.clone(),
        ended_by: summary.ended_by.map(Status::name),
        message,
        next,
        ..lines::Summary::new("verify", exit)
    };
    line.set_journal(&args.journal);
    io.line(&Line::Summary(line));
    exit
}

impl Tally {
    fn take(&mut self, verification: &Verification, table: &Table, io: &Io) {
        *self.users.entry(verification.verdict.name()).or_default() += 1;
        self.exit = self.exit.max(Exit::of_verdict(verification.verdict));
        let names = verification.devices.iter().map(|device| {
            *self.devices.entry(device.verdict).or_default() += 1;
            [device.name.as_deref().unwrap_or(&device.id)]
        });
        let names = table.aligned(&names.collect::<Vec<_>>(), NAME);
        for (at, (device, name)) in verification.devices.iter().zip(names).enumerate() {
            let user = if at == 0 { verification.user.as_str() } else { "" };
            let text = format!("{name}  {}", became(device));
            io.row(&table.cut(&table.row(None, user, &text)));
        }
        io.line(&Line::Verified(VerifiedRow::of(verification)));
    }

    /// `2 of 4 devices are gone, 1 pending`.
    fn sentence(&self) -> String {
        let all: u64 = self.devices.values().sum();
        if all == 0 {
            return "There were no devices to look for.".to_owned();
        }
        let gone = self.devices.get(&Verdict::Gone).copied().unwrap_or_default();
        let others = self
            .devices
            .iter()
            .filter(|(verdict, _)| **verdict != Verdict::Gone);
        let others = others.map(|(verdict, count)| format!(", {} {verdict}", thousands(*count)));
        format!(
            "{} of {} gone{}. A device that is gone is no longer listed: it has retired, or its record was deleted.",
            thousands(gone),
            counted(all, "device", "devices"),
            others.collect::<String>()
        )
    }
}

/// What became of a device, in words.
fn became(device: &VerifiedDevice) -> String {
    let mut text = device.verdict.to_string();
    if let Some(since) = &device.since {
        text = format!("{text} since {}", visible(since));
    }
    if let Some(detail) = &device.detail {
        text = format!("{text}: {}", visible(detail));
    }
    text
}
