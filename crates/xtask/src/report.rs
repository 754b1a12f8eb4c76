//! Counts checks and prints what failed or was skipped.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::failures;
use crate::secrets::{remark, say};
use crate::tools::{Result, attempt, printed, tail};

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// What was counted since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            passed: self.passed - earlier.passed,
            failed: self.failed - earlier.failed,
            skipped: self.skipped - earlier.skipped,
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// What suites counted, and what failed in them.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    counts: Counts,
    failures: Vec<String>,
}

impl Totals {
    pub(crate) fn add(&mut self, other: Self) {
        self.counts.add(other.counts);
        self.failures.extend(other.failures);
    }

    /// Repeats the failures and prints the counts; an error if a check failed.
    pub(crate) fn close(&self) -> Result {
        if !self.failures.is_empty() {
            say("Failed:");
            failures::repeated(&self.failures).iter().for_each(say);
        }
        say(self.counts);
        if self.counts.failed == 0 {
            Ok(())
        } else {
            Err("a check failed".into())
        }
    }
}

/// The checks of one suite.
pub(crate) struct Suite {
    name: &'static str,
    totals: Totals,
}

impl Suite {
    /// Runs a suite and prints its line. An error that ends it early is one failed check.
    pub(crate) fn run(name: &'static str, checks: impl FnOnce(&mut Self) -> Result) -> Totals {
        let start = Instant::now();
        let mut suite = Self {
            name,
            totals: Totals::default(),
        };
        let ended = checks(&mut suite);
        if let Err(error) = ended {
            suite.fail("set-up", &error.to_string());
        }
        say(format!("{name}: {}", suite.totals.counts));
        remark(format!("{name}: {:.1} s", start.elapsed().as_secs_f64()));
        suite.totals
    }

    /// The name that its lines begin with.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// What it has counted so far.
    pub(crate) fn counts(&self) -> Counts {
        self.totals.counts
    }

    /// Counts one check, and shows why it failed.
    pub(crate) fn check(&mut self, what: &str, result: Result) {
        match result {
            Ok(()) => self.totals.counts.passed += 1,
            Err(error) => self.fail(what, &error.to_string()),
        }
    }

    /// Runs a test program and takes over the counts of its closing line; shows its output if a test failed.
    pub(crate) fn program(&mut self, what: &str, program: &mut Command) {
        let ended = match attempt(program) {
            Ok(ended) => ended,
            Err(error) => return self.fail(what, &error.to_string()),
        };
        let text = printed(&ended);
        match closing_line(&text) {
            Some(counts) if ended.status.success() == (counts.failed == 0) => self.count(counts),
            _ => self.fail(what, &ended.status.to_string()),
        }
        if !ended.status.success() {
            say(tail(&text, 80));
            self.failed_in(what, &text);
        }
    }

    /// Like [`Suite::program`], for one that runs long: prints its lines as they come, and takes over the counts of its last.
    pub(crate) fn stream(&mut self, what: &str, program: &mut Command) -> Result {
        let (lines, writer) = std::io::pipe()?;
        program.stdout(writer.try_clone()?).stderr(writer);
        let mut child = program.spawn()?;
        // The pipe ends with the program, if no other writer is left.
        program.stdout(Stdio::null()).stderr(Stdio::null());
        let mut last: Option<String> = None;
        let mut text = String::new();
        for line in BufReader::new(lines).lines() {
            let line = line?;
            text.push_str(&line);
            text.push('\n');
            if let Some(line) = last.replace(line) {
                say(line);
            }
        }
        let status = child.wait()?;
        let last = last.unwrap_or_default();
        match closing_line(&last) {
            Some(counts) if status.success() == (counts.failed == 0) => self.count(counts),
            _ => self.fail(what, &format!("{status}: {last}")),
        }
        if !status.success() {
            self.failed_in(what, &text);
        }
        Ok(())
    }

    /// Counts what another program counted.
    pub(crate) fn count(&mut self, counts: Counts) {
        self.totals.counts.add(counts);
    }

    /// Prints a failure that is counted with others.
    pub(crate) fn failed(&mut self, what: &str, reason: &str) {
        let line = format!("{}: FAIL {what}: {reason}", self.name);
        say(&line);
        self.totals.failures.push(line);
    }

    /// Keeps the failed tests in the output of a program for the end.
    pub(crate) fn failed_in(&mut self, program: &str, output: &str) {
        let failed = failures::found(output).into_iter();
        let failed = failed.map(|failure| format!("{}: {program}: {failure}", self.name));
        self.totals.failures.extend(failed);
    }

    /// A check that this machine cannot run.
    pub(crate) fn skip(&mut self, what: &str, reason: &str) {
        self.totals.counts.skipped += 1;
        say(format!("{}: SKIP {what}: {reason}", self.name));
    }

    /// A check whose tool is not installed: skipped, but a failure in CI, which installs that tool.
    pub(crate) fn missing(&mut self, what: &str, tool: &str) {
        let reason = format!("{tool} is not installed");
        if env::var_os("CI").is_some() {
            self.fail(what, &reason);
        } else {
            self.skip(what, &reason);
        }
    }

    fn fail(&mut self, what: &str, reason: &str) {
        self.totals.counts.failed += 1;
        self.failed(what, reason);
    }
}

/// The counts in the output of `cargo test`: the sum of its `test result:` lines.
pub(crate) fn cargo_test(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        counts.passed += number_before(line, "passed");
        counts.failed += number_before(line, "failed");
        counts.skipped += number_before(line, "ignored");
    }
    counts
}

/// The counts in the last line of pytest, unittest, Pester or of a test program of this repository.
pub(crate) fn closing_line(output: &str) -> Option<Counts> {
    let line = output
        .lines()
        .rev()
        .find(|line| line.contains(" passed") || line.contains("Tests Passed:"))?;
    if line.contains("Tests Passed:") {
        return Some(Counts {
            passed: number_after(line, "Passed:"),
            failed: number_after(line, "Failed:"),
            skipped: number_after(line, "Skipped:"),
        });
    }
    Some(Counts {
        passed: number_before(line, "passed"),
        failed: number_before(line, "failed") + number_before(line, "error"),
        skipped: number_before(line, "skipped"),
    })
}

fn number_before(line: &str, word: &str) -> usize {
    let before = line
        .split(word)
        .next()
        .filter(|before| before.len() < line.len())
        .unwrap_or_default();
    before
        .trim_end()
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

fn number_after(line: &str, word: &str) -> usize {
    let after = line.split(word).nth(1).unwrap_or_default().trim_start();
    after
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Counts, cargo_test, closing_line};

    fn counts(passed: usize, failed: usize, skipped: usize) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn cargo_results_are_summed() {
        let output = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(cargo_test(output), counts(15, 2, 1));
    }

    #[test]
    fn closing_lines_of_other_runners() {
        assert_eq!(
            closing_line("x\n==== 2 failed, 61 passed, 3 skipped in 4.11s ====\n"),
            Some(counts(61, 2, 3))
        );
        assert_eq!(closing_line("abi: 40 passed, 0 failed\n"), Some(counts(40, 0, 0)));
        assert_eq!(
            closing_line("Tests Passed: 7, Failed: 1, Skipped: 2 NotRun: 0\n"),
            Some(counts(7, 1, 2))
        );
        assert_eq!(closing_line("nothing ran\n"), None);
    }
}
