//! `completions`: a script that completes the command line in a shell.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::CommandLine;
use crate::exit::Exit;
use crate::io::Io;

/// Print a script that completes commands and options in a shell
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  source <(graph-devices completions bash)
  graph-devices completions fish > ~/.config/fish/completions/graph-devices.fish
  graph-devices completions powershell | Out-String | Invoke-Expression")]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &Args, io: &Io) -> Exit {
    let mut script = Vec::new();
    let mut command = CommandLine::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    io.answer(String::from_utf8_lossy(&script).trim_end());
    Exit::Done
}
