//! `cargo xtask soak`: long runs against a service that does its worst, judged by a model of their own.

mod approve;
mod change;
mod chaos;
mod claims;
mod evidence;
mod journal;
mod kill;
mod many;
mod model;
#[cfg(test)]
mod model_tests;
mod pace;
mod random;
mod service;
mod stage;
mod worker;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use claims::{Claim, Verdict};

use crate::emulator;
use crate::report::Suite;
use crate::tools::Result;

/// The same every time, so that what was found can be found again.
const SEED: u64 = 4;

/// What all parts are run with.
pub(crate) struct Setting {
    /// Sizes that are done in seconds, for every test run.
    short: bool,
    program: PathBuf,
    seed: u64,
}

/// What came out of a part.
pub(crate) struct Report {
    /// Those that the part must show.
    claims: &'static [Claim],
    figures: String,
    verdict: Verdict,
}

struct Part {
    name: &'static str,
    about: &'static str,
    run: fn(&Setting) -> Result<Report>,
}

const PARTS: [Part; 7] = [
    Part {
        name: "kill",
        about: "5,000 users, killed at 50 moments and resumed",
        run: kill::run,
    },
    Part {
        name: "chaos",
        about: "20,000 users, 5 % each of 429, 503, 504 and resets before and after acting",
        run: chaos::run_single,
    },
    Part {
        name: "batch",
        about: "the same in batches, 5 % of them with broken answers",
        run: chaos::run_batched,
    },
    Part {
        name: "change",
        about: "devices enrolled, users renamed and names taken over between kill and resume",
        run: change::run,
    },
    Part {
        name: "approve",
        about: "Multi Admin Approval: queued, killed, approved, rejected, expired",
        run: approve::run,
    },
    Part {
        name: "many",
        about: "100,000 users and the memory they take",
        run: many::run,
    },
    Part {
        name: "pace",
        about: "4,000 users at the service's real quota, then with another app that eats half of it",
        run: pace::run,
    },
];

/// The parts, for the help text.
pub(crate) fn list() -> String {
    let mut text = String::from("\nParts of the soak:\n");
    for part in &PARTS {
        let _ = writeln!(text, "  {:<12}{}", part.name, part.about);
    }
    text
}

/// `soak [PART...] [--short]`.
pub(crate) fn run(words: &[&str]) -> Result {
    let (flags, names): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with("--"));
    if let Some(flag) = flags.iter().find(|&&flag| flag != "--short") {
        return Err(format!("no such option: {flag}").into());
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| PARTS.iter().all(|part| part.name != **name))
    {
        return Err(format!("no such part: {unknown}{}", list()).into());
    }
    let short = !flags.is_empty();
    crate::test::close(Suite::run("soak", |suite| parts(suite, &names, short)))
}

/// Every part in its short form.
pub(crate) fn checks(suite: &mut Suite) -> Result {
    parts(suite, &[], true)
}

fn parts(suite: &mut Suite, names: &[&str], short: bool) -> Result {
    emulator::build()?;
    let setting = Setting {
        short,
        program: worker::build()?,
        seed: SEED,
    };
    for part in PARTS
        .iter()
        .filter(|part| names.is_empty() || names.contains(&part.name))
    {
        let start = Instant::now();
        match (part.run)(&setting) {
            Ok(report) => {
                println!(
                    "soak: {:<8}{:>7.1} s  {}",
                    part.name,
                    start.elapsed().as_secs_f64(),
                    report.figures
                );
                for &claim in report.claims {
                    suite.check(&format!("{}: {claim}", part.name), report.verdict.of(claim));
                }
                for claim in report
                    .verdict
                    .broken()
                    .filter(|claim| !report.claims.contains(claim))
                {
                    suite.check(&format!("{}: {claim}", part.name), report.verdict.of(claim));
                }
            }
            Err(error) => suite.check(part.name, Err(error)),
        }
    }
    Ok(())
}
