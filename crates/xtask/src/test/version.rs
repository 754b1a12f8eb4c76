//! Compares the version of the workspace with every place that names it.

use std::fs;

use crate::report::Suite;
use crate::tools::{Result, VERSION, files, root};

/// A file, and the text before and after the version in it.
const PLACES: [(&str, &str, &str); 6] = [
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
    ("CHANGELOG.md", "\n## ", " "),
];

/// What stands before the version in the name of the C archive.
const ARCHIVE: &str = "dist/c/graph-devices-";

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
    suite.check("the archive's name in the documentation", archives());
    Ok(())
}

/// Each archive that the documentation names has the version.
fn archives() -> Result {
    let mut named = 0;
    for file in [files(&root().join("README.md"))?, files(&root().join("docs"))?].concat() {
        let text = fs::read_to_string(&file)?;
        for (_, rest) in text
            .match_indices(ARCHIVE)
            .map(|(at, _)| text.split_at(at + ARCHIVE.len()))
        {
            let number = rest
                .split(|c: char| !c.is_ascii_digit() && c != '.')
                .next()
                .unwrap_or_default();
            if number.trim_end_matches('.') != VERSION {
                return Err(format!("{} names {ARCHIVE}{number}", file.display()).into());
            }
            named += 1;
        }
    }
    if named == 0 {
        return Err(format!("no document names {ARCHIVE}").into());
    }
    Ok(())
}

/// The text between two texts, at their first occurrence.
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
