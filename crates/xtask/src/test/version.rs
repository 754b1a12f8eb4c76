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

/// What stands before the version in the names of files of a release.
const NAMES: [&str; 6] = [
    "graph-devices-",
    "graph-devices_",
    "graph_devices-",
    "graph-emulator-",
    "GraphDevices-",
    "GraphDevices.",
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
    suite.check("the names of files in the documentation", names());
    Ok(())
}

/// Each file of a release that the documentation names has the version.
fn names() -> Result {
    let mut named = 0;
    for file in [files(&root().join("README.md"))?, files(&root().join("docs"))?].concat() {
        let text = fs::read_to_string(&file)?;
        for number in NAMES.iter().flat_map(|name| numbers(&text, name)) {
            if number != VERSION {
                return Err(format!("{} names version {number}", file.display()).into());
            }
            named += 1;
        }
    }
    if named == 0 {
        return Err(format!("no document names one of {NAMES:?}").into());
    }
    Ok(())
}

/// The versions that follow a name.
fn numbers<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    text.split(name)
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| !c.is_ascii_digit() && c != '.')
                .next()
                .unwrap_or_default()
        })
        .filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
        .map(|number| number.trim_end_matches('.'))
        .collect()
}

/// The text between two texts, at their first occurrence.
fn found<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::{found, numbers};

    #[test]
    fn versions_in_names_of_files_are_found() {
        let text = "graph-devices-0.1.0-x86_64.tar.gz, graph-devices-capi and graph-devices-0.2.0.";
        assert_eq!(numbers(text, "graph-devices-"), ["0.1.0", "0.2.0"]);
    }

    #[test]
    fn the_first_version_is_found() {
        let text = "# Changelog\n\n## 0.2.0 - unreleased\n\n## 0.1.0 - May\n";
        assert_eq!(found(text, "\n## ", " "), Some("0.2.0"));
        assert_eq!(found(text, "Version ", " "), None);
    }
}
