//! The wheel.

use crate::python::{bare, pip};
use crate::tools::{Result, files, fresh, output, target};

/// Builds the wheel for this platform in `target/dist/python`.
pub(crate) fn run() -> Result {
    let python = bare("build")?.ok_or("python3 is not installed")?;
    let folder = target().join("dist/python");
    fresh(&folder)?;
    output(
        pip(&python)
            .args(["wheel", "--no-deps", "./python", "--wheel-dir"])
            .arg(&folder),
    )?;
    for wheel in files(&folder)? {
        println!("{}", wheel.display());
    }
    Ok(())
}
