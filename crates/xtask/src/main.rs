//! The commands of this repository: `cargo xtask help` lists them.

mod abi;
mod bench;
mod demo;
mod dist;
mod emulator;
mod failures;
mod format;
mod generate;
mod header;
mod python;
mod reference;
mod report;
mod scenarios;
mod secrets;
mod soak;
mod test;
mod tools;

use std::process::ExitCode;

use tools::Result;

const HELP: &str = "\
cargo xtask COMMAND

  demo                        start the emulator and retire one user's devices from each language
  check                       what is quick: format, lints, generated files and the C header, about a minute
  format                      format all files that are written by hand
  test [SUITE...]             set up what is needed and run every suite, or those named
  test release --all          use the files of a release for every target, and make them twice
  scenarios [LANGUAGE...]     run the table of tests/scenarios alone: rust, c, cpp, python, mono, clr
  soak [PART...] [--short] [--seed N]
                              long runs against a service that fails in every way
  soak judge FOLDER           judge again what a failed part left in target/soak
  soak help                   list the parts of the soak
  bench                       measure this library beside libcurl, requests, httpx and msgraph-sdk; prints a table
  generate [--check]          write what other languages mirror of core, or fail where it is out of date
  header [--check]            write include/graph_devices.h, or fail where it is out of date
  abi BASE                    compare the C interface with that of a commit or tag
  dist [--target T] [--out FOLDER]
                              make the files of a release for a platform, in target/dist/files
  dist c [--profile dev]      lay out headers, libraries, pkg-config and CMake files in target/dist/c
  dist cli                    lay out the command-line program, manual pages and completions in target/dist/cli
  dist python                 build the wheel in target/dist/python
  dist dotnet --from FOLDER [--out FOLDER]
                              make the PowerShell module and the NuGet package from the C archives in a folder
  dist powershell             lay out the PowerShell module in target/dist/powershell, for each platform that can be built
  help                        this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}{}", test::list());
            Ok(())
        }
        ["demo"] => demo::run(),
        ["check"] => test::check(),
        ["format"] => format::write(),
        ["abi", base] => abi::run(base),
        ["test", "release", "--all"] => test::run_release_all(),
        ["test", suites @ ..] => test::run(suites),
        ["scenarios", languages @ ..] => test::run_scenarios(languages),
        ["soak", words @ ..] => soak::run(words),
        ["bench"] => bench::run(),
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["header"] => header::write(),
        ["header", "--check"] => header::check(),
        ["dist"] => dist::files::run(&[]),
        ["dist", "dotnet", words @ ..] => dist::files::run_dotnet(words),
        ["dist", words @ ..] if words[0].starts_with("--") => dist::files::run(words),
        ["dist", "c"] => dist::c::run(dist::Profile::Release),
        ["dist", "c", "--profile", "dev"] => dist::c::run(dist::Profile::Dev),
        ["dist", "cli"] => dist::cli::run(dist::Profile::Release),
        ["dist", "python"] => dist::python::run(),
        ["dist", "powershell"] => dist::powershell::run(),
        _ => Err(format!("no such command: {}\n\n{HELP}", words.join(" ")).into()),
    };
    report(done)
}

fn report(done: Result) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
