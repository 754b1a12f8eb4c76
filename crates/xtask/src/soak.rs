//! `cargo xtask soak`: builds the soak, a program of its own in crates/soak, and runs it on the example `offboard`.

use std::path::PathBuf;

use crate::report::Suite;
use crate::tools::{Result, cargo, command, messages, target};

/// `soak [PART...] [--short] [--seed N]`, or `soak judge FOLDER`.
pub(crate) fn run(words: &[&str]) -> Result {
    if words == ["help"] {
        print!("{}", crate::tools::output(command(build()?).arg("list"))?);
        return Ok(());
    }
    Suite::run("soak", |suite| soak(suite, words)).close()
}

/// Every part in its short form.
pub(crate) fn checks(suite: &mut Suite) -> Result {
    soak(suite, &["--short"])
}

fn soak(suite: &mut Suite, words: &[&str]) -> Result {
    let mut soak = command(build()?);
    if words.first() != Some(&"judge") {
        soak.arg("--worker").arg(program("examples/offboard"));
        soak.arg("--folder").arg(target().join("soak"));
    }
    suite.stream("the soak", soak.args(words))
}

fn build() -> Result<PathBuf> {
    messages(&mut cargo(&["build", "--package", "soak"]))?;
    messages(&mut cargo(&[
        "build",
        "--package",
        "graph-devices",
        "--example",
        "offboard",
    ]))?;
    Ok(program("soak"))
}

fn program(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join("debug").join(name)
}
