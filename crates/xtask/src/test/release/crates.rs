//! The crate, as it would be published: without tests, built from its package, and without an unknown warning of cargo.

use crate::report::Suite;
use crate::tools::{Result, cargo, messages, output};

const PACKAGE: [&str; 4] = ["--locked", "--allow-dirty", "--package", "graph-devices"];

/// What cargo warns of in a dry run of a package whose tests stay behind.
const EXPECTED: [&str; 2] = [
    "is not included in the published package",
    "aborting upload due to dry run",
];

/// How much of a dry run is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The crate is packed.
    Packed,
    /// It is built from its package, too.
    Built,
}

pub(super) fn checks(suite: &mut Suite, depth: Depth) {
    suite.check("the crate has its licences, and no tests", contents());
    let what = match depth {
        Depth::Packed => "cargo publish --dry-run --no-verify",
        Depth::Built => "cargo publish --dry-run",
    };
    suite.check(what, dry_run(depth));
}

fn contents() -> Result {
    let listed = output(cargo(&["package", "--list"]).args(PACKAGE))?;
    if let Some(test) = listed.lines().find(|file| file.starts_with("tests")) {
        return Err(format!("{test} is packed").into());
    }
    for wanted in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"] {
        if !listed.lines().any(|file| file == wanted) {
            return Err(format!("{wanted} is not packed").into());
        }
    }
    Ok(())
}

fn dry_run(depth: Depth) -> Result {
    let mut publish = cargo(&["publish", "--dry-run"]);
    publish.args(PACKAGE);
    if depth == Depth::Packed {
        publish.arg("--no-verify");
    }
    let said = messages(&mut publish)?;
    let unknown: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("warning: ") && !EXPECTED.iter().any(|end| line.ends_with(end)))
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(unknown.join("\n").into())
    }
}
