//! The files of GitHub Actions, which cannot run here: their form, their pins, and that they build every target.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::dist::targets::TARGETS;
use crate::python;
use crate::report::Suite;
use crate::tools::{Result, command, files, output, root};

const REQUIREMENTS: &str = "crates/xtask/workflows-requirements.txt";
const RELEASE: &str = ".github/workflows/release.yml";

pub(super) fn checks(suite: &mut Suite) -> Result {
    let workflows = files(&root().join(".github/workflows"))?;
    suite.check(
        "release.yml builds the targets of xtask",
        targets(&fs::read_to_string(root().join(RELEASE))?),
    );
    for workflow in &workflows {
        let name = workflow.file_name().unwrap_or_default().to_string_lossy();
        suite.check(
            &format!("{name}: every action is pinned, and no right is given to all jobs"),
            pinned(&fs::read_to_string(workflow)?),
        );
    }
    lint(suite, &workflows)
}

fn lint(suite: &mut Suite, workflows: &[PathBuf]) -> Result {
    let Some(tools) = python::tools("workflows", REQUIREMENTS)? else {
        suite.missing("zizmor and actionlint", "python3");
        return Ok(());
    };
    let mut zizmor = command(tools.join("zizmor"));
    zizmor.args(["--offline", "--no-progress"]).args(workflows);
    suite.check("zizmor --offline", output(&mut zizmor).map(drop));
    let mut actionlint = command(tools.join("actionlint"));
    suite.check("actionlint", output(actionlint.args(workflows)).map(drop));
    Ok(())
}

/// The build matrix has each target once.
fn targets(release: &str) -> Result {
    let matrix = release
        .split_once("\n  build:")
        .and_then(|(_, rest)| rest.split_once("    runs-on:"))
        .ok_or("no matrix was found")?
        .0;
    let found: Vec<&str> = matrix
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- target: "))
        .collect();
    let wanted: BTreeSet<&str> = TARGETS.iter().map(|target| target.triple).collect();
    if found.len() == wanted.len() && found.iter().copied().collect::<BTreeSet<_>>() == wanted {
        Ok(())
    } else {
        Err(format!("it builds {found:?}, and xtask {wanted:?}").into())
    }
}

fn pinned(workflow: &str) -> Result {
    if !workflow.lines().any(|line| line == "permissions: {}") {
        return Err("no line is `permissions: {}`".into());
    }
    for action in workflow
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
    {
        let commit = action
            .split('@')
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .unwrap_or_default();
        if commit.len() != 40 || !commit.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(format!("{action} is not pinned by its whole commit").into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{pinned, targets};

    #[test]
    fn a_tag_is_no_pin() {
        let file = |pin: &str| format!("permissions: {{}}\njobs:\n  - uses: actions/checkout@{pin} # v7\n");
        assert!(pinned(&file(&"a1".repeat(20))).is_ok());
        assert!(pinned(&file("v7")).is_err());
        assert!(pinned(&file(&"a1".repeat(20)).replace("{}", "write-all")).is_err());
    }

    #[test]
    fn a_missing_target_is_found() {
        let release =
            "\n  build:\n    matrix:\n          - target: x86_64-unknown-linux-gnu\n    runs-on: x\n";
        assert!(targets(release).is_err());
    }
}
