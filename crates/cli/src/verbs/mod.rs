//! The verbs.

pub mod devices;
pub mod report;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::io::Io;
use crate::signals::Signals;

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Verb {
    Devices(devices::Args),
    Report(report::Args),
}

impl Verb {
    /// Runs the verb. Signals end the program at once, unless the verb watches for them.
    pub(crate) fn run(&self, io: &Io, signals: &Signals) -> Result<Exit, Failure> {
        match self {
            Self::Devices(args) => devices::run(args, io),
            Self::Report(args) => report::run(args, io),
        }
    }
}
