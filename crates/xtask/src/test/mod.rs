//! `cargo xtask test`: the suites, and the line of their counts.
#![deny(clippy::print_stdout, clippy::print_stderr)] // `secrets` looks at all that is printed.

mod c;
mod cli;
pub(crate) mod compile;
mod completions;
mod deny;
mod dotnet;
mod generate;
pub(crate) mod header;
mod host;
mod peers;
mod powershell;
mod python;
mod readme;
mod release;
mod rust;
mod scenarios;
mod version;
mod wine;
mod workflows;

use std::fmt::Write;

use crate::report::{Suite, Totals};
use crate::secrets;
use crate::tools::Result;

/// A suite: its name, what it shows, its checks.
struct Entry {
    name: &'static str,
    about: &'static str,
    checks: fn(&mut Suite) -> Result,
}

const SUITES: [Entry; 23] = [
    Entry {
        name: "fmt",
        about: "rustfmt, clang-format and ruff change nothing",
        checks: crate::format::checks,
    },
    Entry {
        name: "clippy",
        about: "no lint warns, in the whole workspace",
        checks: |suite| {
            rust::clippy(suite);
            Ok(())
        },
    },
    Entry {
        name: "version",
        about: "the version is the same in every place",
        checks: version::checks,
    },
    Entry {
        name: "rust",
        about: "unit, property and documentation tests",
        checks: rust::tests,
    },
    Entry {
        name: "generate",
        about: "what is generated is up to date, and what is added to core reaches every language",
        checks: generate::checks,
    },
    Entry {
        name: "header",
        about: "the C header and what the library exports",
        checks: header::checks,
    },
    Entry {
        name: "abi",
        about: "a C interface that breaks or grows has to raise its versions",
        checks: crate::abi::checks,
    },
    Entry {
        name: "c",
        about: "C and C++ programs against the laid-out library",
        checks: c::checks,
    },
    Entry {
        name: "host",
        about: "safety of the host process: signals, forks, leaving, unloading, stacks, a failing disk",
        checks: host::checks,
    },
    Entry {
        name: "scenarios",
        about: "the table of tests/scenarios in every language",
        checks: scenarios::checks,
    },
    Entry {
        name: "peers",
        about: "the table of tests/peers: TLS servers and proxies of others, in every language",
        checks: peers::checks,
    },
    Entry {
        name: "completions",
        about: "completions and manual pages of the command-line program, each read by its own program",
        checks: completions::checks,
    },
    Entry {
        name: "python",
        about: "the Python package in a virtual environment",
        checks: python::checks,
    },
    Entry {
        name: "cli",
        about: "the command line against the emulator, and the page of a report in a browser",
        checks: cli::checks,
    },
    Entry {
        name: "dotnet",
        about: "the .NET assembly on Mono and .NET",
        checks: dotnet::checks,
    },
    Entry {
        name: "powershell",
        about: "the PowerShell module, by Pester",
        checks: powershell::checks,
    },
    Entry {
        name: "windows",
        about: "the PowerShell module on Windows, by Pester under wine",
        checks: powershell::checks_on_windows,
    },
    Entry {
        name: "cli-windows",
        about: "the command line on Windows against the emulator, by pytest under wine",
        checks: cli::checks_on_windows,
    },
    Entry {
        name: "soak",
        about: "every part of the soak in its short form",
        checks: crate::soak::checks,
    },
    Entry {
        name: "readme",
        about: "the programs, commands and links of the README and of the pages in docs/",
        checks: readme::checks,
    },
    Entry {
        name: "deny",
        about: "licences and advisories of the dependencies",
        checks: deny::checks,
    },
    Entry {
        name: "workflows",
        about: "the files of GitHub Actions: their form, their pins, their targets",
        checks: workflows::checks,
    },
    Entry {
        name: "release",
        about: "the files of a release for this machine and for Windows, unpacked or installed and run",
        checks: release::checks,
    },
];

/// The suites, for the help text.
pub(crate) fn list() -> String {
    let mut text = String::from("\nSuites:\n");
    for suite in &SUITES {
        let _ = writeln!(text, "  {:<12}{}", suite.name, suite.about);
    }
    text.push_str("After them, what they printed and wrote is searched for tokens and claims.\n");
    text
}

/// Runs all suites, or those named.
pub(crate) fn run(names: &[&str]) -> Result {
    if let Some(unknown) = names
        .iter()
        .find(|name| SUITES.iter().all(|suite| suite.name != **name))
    {
        return Err(format!("no such suite: {unknown}{}", list()).into());
    }
    let mut all = Totals::default();
    for suite in SUITES
        .iter()
        .filter(|suite| names.is_empty() || names.contains(&suite.name))
    {
        all.add(Suite::run(suite.name, suite.checks));
    }
    all.add(Suite::run("secrets", secrets::checks));
    all.close()
}

/// Runs the checks that need neither a library nor a test program.
pub(crate) fn check() -> Result {
    let mut all = Totals::default();
    for name in ["fmt", "clippy", "version"] {
        for suite in SUITES.iter().filter(|suite| suite.name == name) {
            all.add(Suite::run(suite.name, suite.checks));
        }
    }
    all.add(Suite::run("generate", |suite| {
        suite.check(
            "generated files are those of core's sources",
            crate::generate::check(),
        );
        suite.check(
            "include/graph_devices.h is the generated one",
            crate::header::check(),
        );
        Ok(())
    }));
    all.close()
}

/// Runs the suite `release` for every target.
pub(crate) fn run_release_all() -> Result {
    let mut all = Suite::run("release", release::all);
    all.add(Suite::run("secrets", secrets::checks));
    all.close()
}

/// Runs the scenario table alone, in these languages or in all.
pub(crate) fn run_scenarios(languages: &[&str]) -> Result {
    let mut all = Suite::run("scenarios", |suite| match languages {
        [] => scenarios::checks(suite),
        some => scenarios::languages(suite, some),
    });
    all.add(Suite::run("secrets", secrets::checks));
    all.close()
}
