//! Counting checks and printing what failed, in the form that the other suites have.

use std::fmt::Display;

use crate::Result;
use crate::claims::{Claim, Verdict};

/// How many checks passed and failed so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    /// Counts one check, and prints why it failed.
    pub(super) fn check(&mut self, what: &str, result: Result) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                self.failed += 1;
                say(format!("FAIL {what}: {error}"));
            }
        }
    }

    /// Checks the claims that a part must show, and any other that was broken; true if one failed.
    pub(super) fn claims(&mut self, what: &str, claims: &[Claim], verdict: &Verdict) -> bool {
        let others = verdict.broken().filter(|claim| !claims.contains(claim));
        let failed = self.failed;
        for claim in claims.iter().copied().chain(others) {
            self.check(&format!("{what}: {claim}"), verdict.of(claim));
        }
        self.failed > failed
    }

    /// Prints the closing line; true if no check failed.
    pub(super) fn close(self) -> bool {
        say(format!("{} passed, {} failed", self.passed, self.failed));
        self.failed == 0
    }
}

/// Prints a line under the name of this program.
pub(super) fn say(line: impl Display) {
    println!("soak: {line}");
}
