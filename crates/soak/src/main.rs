//! Long runs of many users against a service that fails in every way, judged by a model of its own.
//!
//! `cargo xtask soak` builds what this program needs and starts it.

mod approve;
mod change;
mod chaos;
mod claims;
mod clock;
mod emulator;
mod evidence;
mod journal;
mod kill;
mod many;
mod model;
mod moments;
mod pace;
mod random;
mod report;
mod service;
mod stage;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use claims::{Claim, OF_EVERY_PART, Verdict};
use evidence::Evidence;
use report::{Report, say};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T = ()> = std::result::Result<T, Error>;

/// The same every time, so that a failure can be repeated.
const SEED: u64 = 4;
/// The short forms take about two minutes together; on a machine with other work they may take twice as long.
const SHORT_FORMS: Duration = Duration::from_secs(240);

const USAGE: &str = "\
usage: soak --worker PROGRAM --folder FOLDER [--short] [--seed N] [PART...]
       soak judge FOLDER
       soak list

";

/// What all parts are run with.
struct Setting {
    /// Sizes that are done in seconds, for every test run.
    short: bool,
    /// The program under test.
    worker: PathBuf,
    seed: u64,
    /// What the part leaves behind.
    folder: PathBuf,
}

impl Setting {
    /// A worker that reports nothing for this long, or does not reach a moment by then, hangs.
    fn patience(&self) -> Duration {
        Duration::from_secs(if self.short { 45 } else { 600 })
    }
}

/// What a part found.
struct Findings {
    /// Those that the part must show beside those of every part.
    claims: &'static [Claim],
    figures: String,
    verdict: Verdict,
}

struct Part {
    name: &'static str,
    about: &'static str,
    run: fn(&Setting) -> Result<Findings>,
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

/// The arguments of a run.
struct Arguments {
    worker: PathBuf,
    folder: PathBuf,
    short: bool,
    seed: u64,
    parts: Vec<&'static Part>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let report = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}{}", list());
            return ExitCode::SUCCESS;
        }
        ["list"] => {
            print!("{}", list());
            return ExitCode::SUCCESS;
        }
        ["judge", folder] => judge(Path::new(folder)),
        words => parse(words).and_then(|arguments| run(&arguments)),
    };
    match report {
        Ok(report) if report.close() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The parts, for the help text.
fn list() -> String {
    let lines = PARTS
        .iter()
        .map(|part| format!("  {:<12}{}\n", part.name, part.about));
    format!("Parts of the soak:\n{}", lines.collect::<String>())
}

fn parse(words: &[&str]) -> Result<Arguments> {
    let (mut worker, mut folder, mut short, mut seed) = (None, None, false, SEED);
    let mut parts: Vec<&Part> = Vec::new();
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} takes a value"));
        match word {
            "--worker" => worker = Some(PathBuf::from(value()?)),
            "--folder" => folder = Some(PathBuf::from(value()?)),
            "--seed" => seed = value()?.parse().map_err(|_| "--seed takes a number")?,
            "--short" => short = true,
            flag if flag.starts_with("--") => return Err(format!("no such option: {flag}").into()),
            name => match PARTS.iter().find(|part| part.name == name) {
                Some(part) => parts.push(part),
                None => return Err(format!("no such part: {name}\n\n{}", list()).into()),
            },
        }
    }
    Ok(Arguments {
        worker: worker.ok_or("--worker is missing")?,
        folder: folder.ok_or("--folder is missing")?,
        short,
        seed,
        parts,
    })
}

/// Runs the parts that were named, or all.
fn run(arguments: &Arguments) -> Result<Report> {
    let mut report = Report::default();
    let is_all = arguments.parts.is_empty();
    let all: Vec<&Part> = PARTS.iter().collect();
    let start = Instant::now();
    for part in if is_all { &all } else { &arguments.parts } {
        run_part(&mut report, arguments, part)?;
    }
    if arguments.short && is_all {
        let took = start.elapsed();
        say(format!("all short forms in {:.0} s", took.as_secs_f64()));
        let in_time = (took < SHORT_FORMS).then_some(());
        let late = || format!("they took {} s", took.as_secs());
        report.check("the short forms in time", in_time.ok_or_else(|| late().into()));
    }
    Ok(report)
}

fn run_part(report: &mut Report, arguments: &Arguments, part: &Part) -> Result {
    let seed = arguments.seed;
    let setting = Setting {
        short: arguments.short,
        worker: arguments.worker.clone(),
        seed,
        folder: arguments.folder.join(part.name),
    };
    fresh(&setting.folder)?;
    let start = Instant::now();
    let has_failed = match (part.run)(&setting) {
        Ok(findings) => {
            say(format!(
                "{:<8}{:>7.1} s  seed {seed}: {}",
                part.name,
                start.elapsed().as_secs_f64(),
                findings.figures
            ));
            let claims = [&OF_EVERY_PART, findings.claims].concat();
            report.claims(part.name, &claims, &findings.verdict)
        }
        Err(error) => {
            report.check(&format!("{} with seed {seed}", part.name), Err(error));
            true
        }
    };
    if has_failed {
        let kept = arguments.folder.join(format!("failed-{}-{seed}", part.name));
        keep(&setting.folder, &kept)?;
    }
    Ok(())
}

/// Keeps journal, fault script, lives and the service's records.
fn keep(folder: &Path, kept: &Path) -> Result {
    if kept.exists() {
        fs::remove_dir_all(kept)?;
    }
    fs::rename(folder, kept)?;
    say(format!(
        "the evidence is in {0}; `cargo xtask soak judge {0}` judges it again",
        kept.display()
    ));
    Ok(())
}

/// Judges what was kept: in the folder, or in each folder in it.
fn judge(folder: &Path) -> Result<Report> {
    let mut folders = vec![folder.to_owned()];
    for entry in fs::read_dir(folder)? {
        folders.push(entry?.path());
    }
    folders.retain(|folder| Evidence::is_in(folder));
    folders.sort();
    if folders.is_empty() {
        return Err(format!("no evidence in {}", folder.display()).into());
    }
    let mut report = Report::default();
    for folder in folders {
        let verdict = model::judge(&Evidence::load(&folder)?);
        let claims: Vec<Claim> = verdict.examined().collect();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        report.claims(&name, &claims, &verdict);
    }
    Ok(report)
}

/// Empties a folder, or makes it.
fn fresh(folder: &Path) -> Result {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}
