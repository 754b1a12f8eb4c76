//! The scenario table, in every language that this machine can run.

use std::thread;

use crate::emulator;
use crate::report::Suite;
use crate::scenarios::{Availability, LANGUAGES, Runner, Verdict, available, load, run};
use crate::secrets::say;
use crate::tools::Result;

pub(super) fn checks(suite: &mut Suite) -> Result {
    languages(suite, &LANGUAGES)
}

/// The table in some languages.
pub(super) fn languages(suite: &mut Suite, languages: &[&str]) -> Result {
    let templates = load("scenarios")?;
    emulator::build()?;
    let runners = runners(suite, languages);
    let verdicts = thread::scope(|scope| {
        let started: Vec<_> = runners
            .iter()
            .map(|runner| scope.spawn(|| run(runner, &templates)))
            .collect();
        started
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err("the driver panicked".into()))
            })
            .collect::<Vec<_>>()
    });
    for (runner, verdict) in runners.iter().zip(verdicts) {
        match verdict {
            Ok(verdict) => report(suite, runner, &verdict),
            Err(error) => suite.check(runner.language, Err(error)),
        }
    }
    Ok(())
}

/// The runners of these languages; what cannot run here is skipped.
pub(super) fn runners(suite: &mut Suite, languages: &[&str]) -> Vec<Runner> {
    let mut runners = Vec::new();
    for &language in languages {
        match available(language) {
            Ok(Availability::Ready(runner)) => runners.push(runner),
            Ok(Availability::Missing(tool)) => suite.missing(language, tool),
            Ok(Availability::Absent(reason)) => suite.skip(language, &reason),
            Err(error) => suite.check(language, Err(error)),
        }
    }
    runners
}

/// Prints and counts the results of one language.
pub(super) fn report(suite: &mut Suite, runner: &Runner, verdict: &Verdict) {
    let name = suite.name();
    for failure in &verdict.failures {
        suite.failed(runner.language, failure);
    }
    let unsupported = match verdict.unsupported {
        0 => String::new(),
        rows => format!(", {rows} rows that this language cannot express"),
    };
    say(format!(
        "{name}: {}: {}{unsupported}",
        runner.language, verdict.counts
    ));
    suite.count(verdict.counts);
}
