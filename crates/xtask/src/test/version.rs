//! That the version of the workspace stands in every place that names it.

use std::fs;

use crate::report::Suite;
use crate::tools::{Result, VERSION, root};

/// A file, and the text before and after the version in it.
const PLACES: [(&str, &str, &str); 7] = [
    ("Cargo.toml", "path = \"crates/core\", version = \"", "\""),
    (
        "bindings/powershell/GraphDevices/GraphDevices.psd1",
        "ModuleVersion          = '",
        "'",
    ),
    (
        "tests/powershell/Module.Tests.ps1",
        "$found.Version | Should -Be '",
        "'",
    ),
    (
        "tests/cpp/surface_test.cpp",
        "gd::version() == std::string(\"",
        "\"",
    ),
    ("fuzz/Cargo.lock", "name = \"graph-devices\"\nversion = \"", "\""),
    ("README.md", "target/dist/c/graph-devices-", "\n"),
    ("CHANGELOG.md", "\n## ", " "),
];

pub(super) fn checks(suite: &mut Suite) -> Result {
    for (file, before, after) in PLACES {
        let text = fs::read_to_string(root().join(file))?;
        let found = found(&text, before, after);
        let result = match found {
            Some(VERSION) => Ok(()),
            Some(other) => Err(format!("it has {other}, and Cargo.toml {VERSION}").into()),
            None => Err(format!("no version stands after {before:?}").into()),
        };
        suite.check(file, result);
    }
    Ok(())
}

/// What stands between two texts, the first time.
fn found<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn the_first_version_is_found() {
        let text = "# Changelog\n\n## 0.2.0 - unreleased\n\n## 0.1.0 - May\n";
        assert_eq!(found(text, "\n## ", " "), Some("0.2.0"));
        assert_eq!(found(text, "Version ", " "), None);
    }
}
