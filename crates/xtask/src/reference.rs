//! `docs/reference/command-line.md`, which the program's own arguments give. Unlike other generated files it needs the
//! program to be built.

use std::fs;

use crate::dist::cli;
use crate::tools::{Result, root};

pub(crate) const PAGE: &str = "docs/reference/command-line.md";

/// Writes the page; returns whether it changed.
pub(crate) fn write() -> Result<bool> {
    let (path, text) = (root().join(PAGE), cli::pages(&["reference"])?);
    let changed = fs::read_to_string(&path).ok().as_deref() != Some(text.as_str());
    if changed {
        fs::write(path, text)?;
    }
    Ok(changed)
}

/// Fails if the committed page is not the generated one.
pub(crate) fn check() -> Result {
    let committed = fs::read_to_string(root().join(PAGE)).unwrap_or_default();
    if committed == cli::pages(&["reference"])? {
        return Ok(());
    }
    Err(format!("{PAGE} is out of date; run `cargo xtask generate`").into())
}
