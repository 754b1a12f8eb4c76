//! The binary: an emulator until stdin ends or a signal comes.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::thread;

use graph_emulator::{Emulator, Options};

const USAGE: &str = "\
usage: graph-emulator [--port PORT] [--tls] [--stdin-guard] [--quiet]

A stand-in for Microsoft Graph and Intune on 127.0.0.1. Prints one line of JSON
with its endpoint on stdout, then one line per request on stderr.

  --port PORT    the port; 0, the default, takes a free one
  --tls          https; the line on stdout then has the authority as ca_pem
  --stdin-guard  end when stdin is closed
  --quiet        no line per request
  --help         print this
  --version      print the version
";

enum Command {
    Run { options: Options, stdin_guard: bool },
    Print(String),
}

fn main() -> ExitCode {
    let outcome = match parse(std::env::args().skip(1)) {
        Ok(Command::Run { options, stdin_guard }) => run(options, stdin_guard),
        Ok(Command::Print(text)) => io::stdout().write_all(text.as_bytes()),
        Err(message) => {
            eprintln!("graph-emulator: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("graph-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut options = Options {
        log: true,
        ..Options::default()
    };
    let mut stdin_guard = false;
    while let Some(argument) = arguments.next() {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        match (name, &inline) {
            ("--port", _) => {
                let value = inline
                    .or_else(|| arguments.next())
                    .ok_or("--port needs a number")?;
                options.port = value
                    .parse()
                    .map_err(|_| format!("--port needs a number from 0 to 65535, not '{value}'"))?;
            }
            ("--tls", None) => options.tls = true,
            ("--stdin-guard", None) => stdin_guard = true,
            ("--quiet", None) => options.log = false,
            ("--help" | "-h", None) => return Ok(Command::Print(USAGE.to_owned())),
            ("--version" | "-V", None) => {
                return Ok(Command::Print(format!(
                    "graph-emulator {}\n",
                    env!("CARGO_PKG_VERSION")
                )));
            }
            _ => return Err(format!("unknown argument '{argument}'")),
        }
    }
    Ok(Command::Run { options, stdin_guard })
}

fn run(options: Options, stdin_guard: bool) -> io::Result<()> {
    let emulator = Emulator::start(options)?;
    let mut stdout = io::stdout();
    let ca_pem = emulator.ca_pem().map(|pem| {
        let lines: Vec<&str> = pem.lines().collect();
        format!(r#","ca_pem":"{}\n""#, lines.join("\\n"))
    });
    let ca_pem = ca_pem.unwrap_or_default();
    writeln!(
        stdout,
        r#"{{"event":"ready","endpoint":"{}"{ca_pem}}}"#,
        emulator.endpoint()
    )?;
    stdout.flush()?;
    if stdin_guard {
        io::copy(&mut io::stdin(), &mut io::sink())?;
        return Ok(());
    }
    loop {
        thread::park();
    }
}
