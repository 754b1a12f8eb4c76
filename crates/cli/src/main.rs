//! The program `graph-devices`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(graph_devices_cli::run(std::env::args_os()))
}
