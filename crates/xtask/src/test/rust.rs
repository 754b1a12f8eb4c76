//! The Rust side: lints and tests.

use crate::report::{Suite, cargo_test};
use crate::secrets::say;
use crate::tools::{Result, attempt, cargo, output, printed, tail};

pub(super) fn clippy(suite: &mut Suite) {
    let mut clippy = cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    suite.check(
        "cargo clippy --workspace --all-targets",
        output(&mut clippy).map(drop),
    );
}

pub(super) fn tests(suite: &mut Suite) -> Result {
    // The Python module leaves Python's symbols open, so that no test program can be linked with it; pytest tests it.
    let mut command = cargo(&[
        "test",
        "--no-fail-fast",
        "--workspace",
        "--exclude",
        "graph-devices-python",
    ]);
    let ended = attempt(&mut command)?;
    let text = printed(&ended);
    let counts = cargo_test(&text);
    suite.count(counts);
    if ended.status.success() {
        return Ok(());
    }
    if counts.failed > 0 {
        say(failures(&text));
        suite.failed_in("cargo test", &text);
        return Ok(());
    }
    Err(tail(&text, 60).into())
}

/// The part of the output that says why tests failed.
fn failures(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.ends_with("... ok") && !line.trim_start().starts_with("Compiling"));
    tail(&lines.collect::<Vec<_>>().join("\n"), 120)
}
