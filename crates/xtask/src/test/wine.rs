//! Programs for Windows, run by wine.

use std::path::{Path, PathBuf};

use crate::dist::build;
use crate::dist::targets::WINDOWS;
use crate::tools::{Result, command, find, output};

/// What is missing to build programs for Windows, or to run them.
pub(super) fn missing() -> Option<String> {
    let no_wine = || find("wine").is_none().then(|| "wine".to_owned());
    build::missing(&WINDOWS).or_else(no_wine)
}

/// Compiles the DLL that Rust's standard library imports and older releases of wine lack, beside what imports it.
pub(super) fn stand_in(folder: &Path) -> Result {
    let dll = folder.join("bcryptprimitives.dll");
    if dll.exists() {
        return Ok(());
    }
    let mut compiler = command("x86_64-w64-mingw32-gcc");
    compiler.args(["-shared", "-O1", "-o"]).arg(dll);
    output(compiler.args(["tests/windows/bcryptprimitives.c", "-ladvapi32"])).map(drop)
}

/// A file of this machine as wine shows it.
pub(super) fn path(path: &Path) -> PathBuf {
    format!("Z:{}", path.display()).replace('/', "\\").into()
}
