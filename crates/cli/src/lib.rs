//! The command line `graph-devices`, as a library: the program of this crate and the Python package's console script both
//! call [`run`].
//!
//! Core decides about users; this crate reads arguments and lists, asks, and shows what core reports.
//!
//! ```text
//!  args     what each option means, by clap         verbs    one module for each verb: its arguments, and what it does
//!    |                                                |
//!    +--> client, token    core's client              +--> people, list    LIST: user ids, a file, or the standard input
//!                                                     +--> run             drives core's runs: users in, events out
//!                                                     |     question, bar, signals
//!                                                     +--> lines           what a program reads: JSON Lines
//!                                                     +--> rows            what a person reads
//!  exit     the exit codes      failure   why a verb ended early      io, output   the streams
//! ```
//!
//! A verb is a module of `verbs` with `Args` and `run`, a variant of `verbs::Verb`, and its line in `Verb::run`.
#![forbid(unsafe_code)]

mod args;
mod case;
mod changes;
mod client;
mod digest;
mod exit;
mod failure;
mod io;
mod journal_file;
mod lines;
mod list;
mod output;
mod page;
mod people;
mod question;
mod rows;
mod run;
mod sheet;
mod signals;
mod token;
mod verbs;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::Parser as _;

pub use args::CommandLine;
pub use exit::Exit;
use failure::Failure;
use io::Io;
use signals::Signals;

/// Runs the program with its arguments, the first of which is its name. Returns the exit code.
///
/// It takes over the signals of the process that stop a program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let command_line = match CommandLine::try_parse_from(&args) {
        Ok(command_line) => command_line,
        Err(error) => return usage(&args, &error).code(),
    };
    let io = match Io::new(&command_line.global) {
        Ok(io) => io,
        Err(failure) => {
            Io::print_failure(&failure, command_line.global.json);
            return failure.exit.code();
        }
    };
    let signals = Signals::take_over(&io);
    let ended = catch_unwind(AssertUnwindSafe(|| command_line.verb.run(&io, &signals)));
    let ended = ended.unwrap_or_else(|_| Err(Failure::bug()));
    let exit = ended.unwrap_or_else(|failure| io.fail(&failure));
    io.finish(exit.is_stop() || signals.received().is_some());
    exit.code()
}

/// Help and version are answers; everything else that clap reports is wrong use.
fn usage(args: &[OsString], error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // A closed stream has no reader.
        let _ = error.print();
        return Exit::Done;
    }
    let _ = error.print();
    if args.iter().any(|arg| arg == "--json") {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        Io::print_failure_line(&Failure::usage(message));
    }
    Exit::Usage
}
