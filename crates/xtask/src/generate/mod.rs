//! `cargo xtask generate`: writes the mirrors of core in other languages from core's structs, enumerations and doc
//! comments.
//!
//! ```text
//! crates/core/src ── read ──> model ──┬── capi ──> crates/capi/src/generated      (cbindgen then writes the C header)
//!                                     ├── cpp ───> include/graph_devices/generated
//!                                     ├── dotnet > bindings/powershell/src/generated
//!                                     ├── python > crates/python/src/generated, python/src/graph_devices/generated
//!                                     ├── runners> tests/*/generated               (what the scenario runners print and take)
//!                                     └── pages ─> docs/reference
//! crates/capi/src ── exports ─────────┬── dotnet > Native.cs (P/Invoke)
//!                                     └── fuzz ──> fuzz/fuzz_targets/capi/generated
//! ```
//!
//! Each language is one module with plain text templates; [`names`] and [`docs`] hold what they share. Generated files are
//! committed, so the diff shows the effect of a change of core.

// Templates are a few kilobytes of text: readability matters more than allocations.
#![allow(clippy::format_collect, clippy::format_push_string)]

mod capi;
mod cpp;
mod docs;
mod dotnet;
mod exports;
mod fuzz;
mod model;
pub(crate) mod names;
mod pages;
mod python;
mod read;
mod runners;

use std::fs;
use std::path::Path;

use crate::secrets::say;
use crate::tools::{Result, root};

/// A generated file; the path is relative to the repository.
pub(crate) struct Generated {
    path: &'static str,
    text: String,
}

/// Writes every generated file and the C header, and prints which changed.
pub(crate) fn write() -> Result {
    for changed in write_at(&root())? {
        say(format!("{changed} written"));
    }
    if crate::reference::write()? {
        say(format!("{} written", crate::reference::PAGE));
    }
    Ok(())
}

/// The same in a copy of the repository. The C ABI comes first, because its exported functions are read for the others.
pub(crate) fn write_at(root: &Path) -> Result<Vec<&'static str>> {
    let model = read::model(&root.join("crates/core"))?;
    let mut changed = write_files(root, capi::files(&model)?)?;
    changed.extend(write_files(root, files(root)?)?);
    if crate::header::write_at(root)? {
        changed.push(crate::header::HEADER);
    }
    Ok(changed)
}

fn write_files(root: &Path, files: Vec<Generated>) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for file in files {
        let path = root.join(file.path);
        if fs::read_to_string(&path).ok().as_deref() != Some(file.text.as_str()) {
            fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            fs::write(&path, &file.text)?;
            changed.push(file.path);
        }
    }
    Ok(changed)
}

/// Fails if a committed file differs from the generated one.
pub(crate) fn check() -> Result {
    let mut stale: Vec<String> = Vec::new();
    for file in files(&root())? {
        let committed = fs::read_to_string(root().join(file.path)).unwrap_or_default();
        if committed != file.text {
            stale.push(file.path.to_owned());
        }
    }
    if stale.is_empty() {
        return crate::reference::check();
    }
    Err(format!("out of date: {}; run `cargo xtask generate`", stale.join(", ")).into())
}

/// Every generated file of the repository at that place.
fn files(root: &Path) -> Result<Vec<Generated>> {
    let model = read::model(&root.join("crates/core"))?;
    let mut files = Vec::new();
    files.extend(capi::files(&model)?);
    files.extend(cpp::files(&model)?);
    let exports = exports::read(&root.join("crates/capi"))?;
    files.extend(dotnet::files(&model, &exports)?);
    files.extend(fuzz::files(&model, &exports)?);
    files.extend(python::files(&model)?);
    files.extend(runners::files(&model)?);
    files.extend(pages::files(&model)?);
    Ok(files)
}
