//! The verbs.

mod devices;
mod preview;
mod remove;
mod verify;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::io::Io;
use crate::signals::Signals;

/// What the program does.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Devices(devices::Args),
    Preview(preview::Args),
    Remove(remove::Args),
    Verify(verify::Args),
}

impl Verb {
    /// Runs the verb. Signals end the program at once, unless the verb watches for them.
    pub(crate) fn run(&self, io: &Io, signals: &Signals) -> Result<Exit, Failure> {
        match self {
            Self::Devices(args) => devices::run(args, io),
            Self::Preview(args) => preview::run(args, io, signals),
            Self::Remove(args) => remove::run(args, io, signals),
            Self::Verify(args) => verify::run(args, io, signals),
        }
    }
}
