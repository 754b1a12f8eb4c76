//! The host's files, made again from a clone in another folder: every byte is the same.

use std::fs;

use crate::dist::targets::Target;
use crate::report::Suite;
use crate::tools::{Result, cargo, command, fresh, output, root, target};

pub(super) fn checks(suite: &mut Suite) -> Result {
    let host = Target::host()?.triple;
    let changed = output(command("git").args(["status", "--porcelain"]))?;
    if !changed.is_empty() {
        suite.skip(
            "a second build in another folder",
            "there are changes that are not committed",
        );
        return Ok(());
    }
    let place = target().join("release/second");
    fresh(&place)?;
    let (clone, out) = (place.join("clone"), place.join("files"));
    output(command("git").args(["clone", "--quiet"]).arg(root()).arg(&clone))?;
    let mut make = cargo(&["xtask", "dist", "--target", host, "--out"]);
    make.arg(&out)
        .current_dir(&clone)
        .env("CARGO_TARGET_DIR", place.join("target"));
    output(&mut make)?;
    let first = target().join("dist/release").join(host).join("SHA256SUMS");
    let (first, second) = (
        fs::read_to_string(first)?,
        fs::read_to_string(out.join("SHA256SUMS"))?,
    );
    let same = if first == second {
        Ok(())
    } else {
        Err(format!("first:\n{first}second:\n{second}").into())
    };
    suite.check("a second build in another folder is the same", same);
    Ok(())
}
