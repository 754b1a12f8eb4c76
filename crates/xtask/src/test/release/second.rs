//! The files of every target, made again from a clone in another folder: every byte is the same.

use std::fs;
use std::path::{Path, PathBuf};

use super::{dotnet, made};
use crate::dist::files::SUMS;
use crate::dist::targets::Target;
use crate::report::Suite;
use crate::tools::{Result, cargo, command, fresh, output, root, target};

/// Makes the files of these targets, and the packages for .NET, again.
pub(super) fn checks(suite: &mut Suite, targets: &[&'static Target]) -> Result {
    let changed = output(command("git").args(["status", "--porcelain"]))?;
    if !changed.is_empty() {
        suite.skip(
            "a second build in another folder",
            "there are changes that are not committed",
        );
        return Ok(());
    }
    let place = target().join("release/second");
    let clone = clone(&place)?;
    let dist = |words: &[&str], out: &Path| -> Result {
        let mut make = cargo(&["xtask", "dist"]);
        make.args(words).arg("--out").arg(out).current_dir(&clone);
        output(make.env("CARGO_TARGET_DIR", place.join("target"))).map(drop)
    };
    let files = place.join("files");
    fresh(&files)?;
    for wanted in targets {
        let out = files.join(wanted.triple);
        let same =
            dist(&["--target", wanted.triple], &out).and_then(|()| compare(&made::folder(wanted), &out));
        suite.check(
            &format!("{}: a second build in another folder is the same", wanted.triple),
            same,
        );
    }
    if dotnet::folder().is_dir() {
        let from = files.display().to_string();
        let out = place.join("dotnet");
        fresh(&out)?;
        let same = dist(&["dotnet", "--from", &from], &out).and_then(|()| compare(&dotnet::folder(), &out));
        suite.check(
            "packages for .NET: a second build in another folder is the same",
            same,
        );
    }
    Ok(())
}

/// A clone of this commit. What cargo built there stays: it was built there, and cargo knows what changed since.
fn clone(place: &Path) -> Result<PathBuf> {
    let clone = place.join("clone");
    let git = |words: &[&str]| {
        let mut git = command("git");
        git.arg("-C").arg(&clone).args(words);
        git
    };
    if clone.is_dir() {
        output(git(&["fetch", "--quiet"]).arg(root()).arg("HEAD"))?;
        output(&mut git(&["checkout", "--quiet", "--detach", "FETCH_HEAD"]))?;
    } else {
        fs::create_dir_all(place)?;
        output(command("git").args(["clone", "--quiet"]).arg(root()).arg(&clone))?;
    }
    Ok(clone)
}

/// Compares the checksums, and names each file that differs.
fn compare(first: &Path, second: &Path) -> Result {
    let sums = |folder: &Path| fs::read_to_string(folder.join(SUMS));
    let (first, second) = (sums(first)?, sums(second)?);
    let differing: Vec<&str> = first
        .lines()
        .filter(|line| !second.lines().any(|other| other == *line))
        .collect();
    if differing.is_empty() && first.lines().count() == second.lines().count() {
        Ok(())
    } else {
        Err(format!("differing:\n{}\nsecond:\n{second}", differing.join("\n")).into())
    }
}
