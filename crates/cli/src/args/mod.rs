//! The command line, by clap. The options of one verb are in its module; here is what several take.

mod connection;
mod value;

use clap::{ArgAction, Args, Parser, ValueEnum};

pub(crate) use connection::{Connection, TokenSource};
pub(crate) use value::{duration, tenant};

use crate::verbs::Verb;

/// Retire every Intune-managed device of people who leave, and see what became of it
#[derive(Debug, Parser)]
#[command(
    name = "graph-devices",
    bin_name = "graph-devices",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct CommandLine {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Global {
    /// Print one JSON object a line, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print waits and retries; twice: each request with its id
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
    /// A bar on a terminal, or a line a minute
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: When,
}

/// When something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
