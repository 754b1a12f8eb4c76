//! `cargo xtask soak`: long runs against a service that does its worst, judged by a model of their own.

mod approve;
mod change;
mod chaos;
mod claims;
mod clock;
mod evidence;
mod journal;
mod kill;
mod many;
mod model;
mod moments;
mod pace;
mod random;
mod service;
mod stage;
mod worker;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use claims::{Claim, Verdict};
use evidence::Evidence;

use crate::emulator;
use crate::report::Suite;
use crate::tools::{Result, fresh, target};

/// The same every time, so that what was found can be found again.
const SEED: u64 = 4;
/// The short forms are to take two minutes together; on a machine with other work they may take twice as long.
const SHORT_FORMS: Duration = Duration::from_secs(240);

/// What all parts are run with.
pub(crate) struct Setting {
    /// Sizes that are done in seconds, for every test run.
    short: bool,
    program: PathBuf,
    seed: u64,
    /// What the part leaves behind.
    folder: PathBuf,
}

impl Setting {
    /// A worker that tells nothing for so long, or does not come to a moment by then, hangs.
    fn patience(&self) -> Duration {
        Duration::from_secs(if self.short { 45 } else { 600 })
    }
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
        about: "5,000 users, killed at 50 moments and resumed, under faults",
        run: kill::run,
    },
    Part {
        name: "chaos",
        about: "20,000 users, 5 % each of 429, 503, 504 and resets before and after acting",
        run: chaos::run_single,
    },
    Part {
        name: "batch",
        about: "the same in batches, whose answers break in every way",
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
        about: "4,000 users at the service's real quota, in batches, beside another app, under a quota of reads",
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

/// `soak [PART...] [--short] [--seed N]`, or `soak judge FOLDER`.
pub(crate) fn run(words: &[&str]) -> Result {
    if let ["judge", folder] = words {
        let folder = Path::new(folder);
        return crate::test::close(Suite::run("soak", |suite| judge(suite, folder)));
    }
    let (mut names, mut short, mut seed) = (Vec::new(), false, SEED);
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--short" => short = true,
            "--seed" => seed = words.next().ok_or("--seed takes a number")?.parse()?,
            flag if flag.starts_with("--") => return Err(format!("no such option: {flag}").into()),
            name if PARTS.iter().any(|part| part.name == name) => names.push(name),
            name => return Err(format!("no such part: {name}{}", list()).into()),
        }
    }
    crate::test::close(Suite::run("soak", |suite| parts(suite, &names, short, seed)))
}

/// Every part in its short form.
pub(crate) fn checks(suite: &mut Suite) -> Result {
    parts(suite, &[], true, SEED)
}

fn parts(suite: &mut Suite, names: &[&str], short: bool, seed: u64) -> Result {
    emulator::build()?;
    let program = worker::build()?;
    let start = Instant::now();
    for part in PARTS
        .iter()
        .filter(|part| names.is_empty() || names.contains(&part.name))
    {
        let setting = Setting {
            short,
            program: program.clone(),
            seed,
            folder: target().join("soak").join(part.name),
        };
        fresh(&setting.folder)?;
        let start = Instant::now();
        let is_red = match (part.run)(&setting) {
            Ok(report) => {
                println!(
                    "soak: {:<8}{:>7.1} s  seed {seed}: {}",
                    part.name,
                    start.elapsed().as_secs_f64(),
                    report.figures
                );
                tell(suite, part.name, report.claims, &report.verdict)
            }
            Err(error) => {
                suite.check(&format!("{} with seed {seed}", part.name), Err(error));
                true
            }
        };
        if is_red {
            keep(&setting, part.name)?;
        }
    }
    if short && names.is_empty() {
        let took = start.elapsed();
        println!("soak: all short forms in {:.0} s", took.as_secs_f64());
        let in_time = (took < SHORT_FORMS).then_some(());
        let late = || format!("they took {} s", took.as_secs());
        suite.check("the short forms in time", in_time.ok_or_else(|| late().into()));
    }
    Ok(())
}

/// Checks the claims that are to be shown and those that were broken; true if one was.
fn tell(suite: &mut Suite, what: &str, claims: &[Claim], verdict: &Verdict) -> bool {
    let others = verdict.broken().filter(|claim| !claims.contains(claim));
    let mut is_red = false;
    for claim in claims.iter().copied().chain(others) {
        let found = verdict.of(claim);
        is_red |= found.is_err();
        suite.check(&format!("{what}: {claim}"), found);
    }
    is_red
}

/// Journal, fault script, lives and the service's records stay for whoever looks into it.
fn keep(setting: &Setting, part: &str) -> Result {
    let kept = target()
        .join("soak")
        .join(format!("failed-{part}-{}", setting.seed));
    if kept.exists() {
        fs::remove_dir_all(&kept)?;
    }
    fs::rename(&setting.folder, &kept)?;
    println!(
        "soak: the evidence is in {0}; `cargo xtask soak judge {0}` judges it again",
        kept.display()
    );
    Ok(())
}

/// Judges what was kept: in the folder, or in each folder in it.
fn judge(suite: &mut Suite, folder: &Path) -> Result {
    let mut folders = vec![folder.to_owned()];
    for entry in fs::read_dir(folder)? {
        folders.push(entry?.path());
    }
    folders.retain(|folder| Evidence::is_in(folder));
    folders.sort();
    if folders.is_empty() {
        return Err(format!("no evidence in {}", folder.display()).into());
    }
    for folder in folders {
        let verdict = model::judge(&Evidence::load(&folder)?);
        let claims: Vec<Claim> = verdict.examined().collect();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        tell(suite, &name, &claims, &verdict);
    }
    Ok(())
}
