//! The verbs.

mod completions;
mod devices;
mod doctor;
mod explain;
mod preview;
#[cfg(feature = "rehearse")]
mod rehearse;
mod remove;
mod report;
mod verify;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::io::Io;
use crate::signals::Signals;

/// What the program does.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Doctor(doctor::Args),
    Devices(devices::Args),
    Preview(preview::Args),
    Remove(remove::Args),
    Verify(verify::Args),
    Report(report::Args),
    #[cfg(feature = "rehearse")]
    Rehearse(rehearse::Args),
    Explain(explain::Args),
    Completions(completions::Args),
}

impl Verb {
    /// Runs the verb. Signals end the program at once, unless the verb watches for them.
    pub(crate) fn run(&self, io: &Io, signals: &Signals) -> Result<Exit, Failure> {
        match self {
            Self::Doctor(args) => doctor::run(args, io),
            Self::Devices(args) => devices::run(args, io),
            Self::Preview(args) => preview::run(args, io, signals),
            Self::Remove(args) => remove::run(args, io, signals),
            Self::Verify(args) => verify::run(args, io, signals),
            Self::Report(args) => report::run(args, io),
            #[cfg(feature = "rehearse")]
            Self::Rehearse(args) => rehearse::run(args, io, signals),
            Self::Explain(args) => Ok(explain::run(args, io)),
            Self::Completions(args) => Ok(completions::run(args, io)),
        }
    }
}
