//! `include/graph_devices.h`, generated from crates/capi by the cbindgen that Cargo.lock pins.

use std::fs;
use std::path::{Path, PathBuf};

use crate::generate::names;
use crate::secrets::say;
use crate::tools::{Result, root};

pub(crate) const HEADER: &str = "include/graph_devices.h";

/// The committed header.
pub(crate) fn path() -> PathBuf {
    root().join(HEADER)
}

/// Writes the header.
pub(crate) fn write() -> Result {
    let changed = write_at(&root())?;
    say(format!(
        "{HEADER} {}",
        if changed { "written" } else { "is up to date" }
    ));
    Ok(())
}

/// The same in a copy of the repository; returns whether it changed.
pub(crate) fn write_at(root: &Path) -> Result<bool> {
    let (path, text) = (root.join(HEADER), generate(root)?);
    let changed = fs::read_to_string(&path).ok().as_deref() != Some(text.as_str());
    if changed {
        fs::write(path, text)?;
    }
    Ok(changed)
}

/// Fails if the committed header is not the generated one.
pub(crate) fn check() -> Result {
    let committed = fs::read_to_string(path()).unwrap_or_default();
    match difference(&committed, &generate(&root())?) {
        None => Ok(()),
        Some(hint) => {
            Err(format!("include/graph_devices.h is out of date: run `cargo xtask header`\n{hint}").into())
        }
    }
}

fn generate(root: &Path) -> Result<String> {
    let capi = root.join("crates/capi");
    let config = cbindgen::Config::from_file(capi.join("cbindgen.toml"))?;
    let bindings = cbindgen::Builder::new()
        .with_crate(&capi)
        .with_config(config)
        .generate()?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let mut text = String::from_utf8(text)?;
    // cbindgen names constants by the whole type: GRAPH_NOTICE_KIND_RUN.
    for words in ["NoticeKind", "WarningCode"] {
        text = text.replace(
            &format!("GRAPH_{}_", names::screaming(words)),
            &names::constants(words),
        );
    }
    Ok(text)
}

fn difference(committed: &str, generated: &str) -> Option<String> {
    if committed == generated {
        return None;
    }
    let (mut old, mut new) = (committed.lines(), generated.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                let line = |text: Option<&str>| text.unwrap_or("(end of file)").to_owned();
                return Some(format!(
                    "line {number}\n  committed: {}\n  generated: {}",
                    line(one),
                    line(other)
                ));
            }
        }
    }
    Some("the files differ in line endings".to_owned())
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        let hint = difference("a\nb\n", "a\nc\n").unwrap();
        assert!(
            hint.contains("line 2") && hint.contains("committed: b") && hint.contains("generated: c"),
            "{hint}"
        );
        assert!(
            difference("a\n", "a").is_some(),
            "a missing last newline is drift too"
        );
    }
}
