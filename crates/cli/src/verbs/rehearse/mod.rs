//! `rehearse`: the whole way of a list, from preview to report, on an emulator inside this program.
//!
//! Each step is this program once more, as a person would start it. So a kill is a kill, and what is shown is what a real
//! case shows.

mod steps;
mod tenant;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use graph_emulator::{Emulator, Options};

use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::lines::{Line, Summary};
use crate::list::{self, ListOptions};
use crate::page;
use crate::question::Terminal;
use crate::signals::Signals;
use steps::Steps;
use tenant::Tenant;

/// How often signals are checked while the emulator is left running.
const CHECK: Duration = Duration::from_millis(100);

/// What comes, and what is only so here.
const BANNER: &str = "REHEARSAL: an emulator stands in for the service, and no real device is touched
Each command is shown before it runs: a removal that is killed half-way, the rest of it, a verification and a report.
When a number is asked for, type it to go on. The quotas are for the emulator; leave them out for a tenant.";

/// Rehearse a removal on an emulator: preview, question, a kill half-way, resume, verification and report
///
/// No token, no tenant and no network are needed, and no real device is touched. All files are written into one new folder.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices rehearse
  graph-devices rehearse leavers.csv
  graph-devices rehearse leavers.csv --shell")]
pub(crate) struct Args {
    /// A list, whose people get devices in the emulator [default: people that the emulator has]
    #[arg(value_name = "LIST")]
    list: Option<PathBuf>,
    /// The new folder for list, journal and report [default: graph-devices-rehearsal-TIME in this folder]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Leave the emulator running until Ctrl-C, for steps of your own
    #[arg(long)]
    shell: bool,
    #[command(flatten)]
    options: ListOptions,
}

pub(crate) fn run(args: &Args, io: &Io, signals: &Signals) -> Result<Exit> {
    let emulator = Emulator::start(Options::default())
        .map_err(|error| Failure::unable(format!("the emulator could not start: {error}; try again")))?;
    let tenant = Tenant::new(&emulator);
    let (name, bytes) = match &args.list {
        Some(path) => copied(path, &args.options, &tenant)?,
        None => ("leavers.csv".to_owned(), tenant.list()?),
    };
    if args.shell {
        leave_running(&emulator, io, signals);
        return Ok(Exit::Done);
    }
    let folder = args.output.clone().unwrap_or_else(new_folder);
    fill(&folder, &name, &bytes)?;
    io.note(BANNER);
    let steps = Steps {
        folder: &folder,
        list: &name,
        options: &args.options,
        endpoint: emulator.endpoint(),
        asks: Terminal::open().is_some(),
        io,
    };
    let exit = steps.all(&tenant)?;
    io.note(&format!(
        "list, journal and report of the rehearsal are in {}; open {} in a browser",
        folder.display(),
        folder.join(steps::REPORT).display()
    ));
    io.line(&Line::Summary(Summary::new("rehearse", exit)));
    Ok(exit)
}

/// The name and the bytes of a list, whose people the tenant has from now on.
fn copied(path: &Path, options: &ListOptions, tenant: &Tenant) -> Result<(String, Vec<u8>)> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let bytes = fs::read(path).map_err(|error| {
        Failure::usage(format!(
            "{} cannot be read: {error}; check the name",
            path.display()
        ))
    })?;
    let list = list::read(&name, &bytes, options)?;
    tenant.fill(list.rows.iter().map(|row| row.user.as_str()))?;
    Ok((name, bytes))
}

fn new_folder() -> PathBuf {
    let time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    PathBuf::from(format!(
        "graph-devices-rehearsal-{}",
        time.replace([':', '-'], "")
    ))
}

/// Makes the folder, for its owner alone, and puts the list into it.
fn fill(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        Failure::usage(format!(
            "the folder {} could not be made: {error}; name a new one with --output",
            folder.display()
        ))
    })?;
    page::write(&folder.join(name), false, bytes)
}

fn leave_running(emulator: &Emulator, io: &Io, signals: &Signals) {
    let set = if cfg!(windows) { "set " } else { "export " };
    io.answer(&format!("{set}GRAPH_DEVICES_ENDPOINT={}", emulator.endpoint()));
    io.answer(&format!("{set}GRAPH_TOKEN={}", steps::TOKEN));
    io.note("the emulator runs until Ctrl-C; set these variables in another terminal, and use graph-devices there");
    let watch = signals.watch();
    while watch.received().is_none() {
        thread::sleep(CHECK);
    }
}
