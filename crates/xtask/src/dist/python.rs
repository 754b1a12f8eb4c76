//! The wheel and the source distribution.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::targets::Target;
use super::{build, linked};
use crate::python::{bare, pip};
use crate::tools::{Result, VERSION, command, files, fresh, output, root, target};

const PACKAGE: &str = "graph-devices-python";

/// maturin's own default is level 6.
const SMALLEST: [&str; 2] = ["--compression-level", "9"];

/// Builds the wheel for this machine alone in `target/dist/python`.
pub(crate) fn run() -> Result {
    let python = bare("build")?.ok_or("python3 is not installed")?;
    let folder = target().join("dist/python");
    fresh(&folder)?;
    output(
        pip(&python)
            .args(["wheel", "--no-deps", "./python", "--wheel-dir"])
            .arg(&folder)
            .env("MATURIN_PEP517_ARGS", SMALLEST.join(" ")),
    )?;
    for wheel in files(&folder)? {
        println!("{}", wheel.display());
    }
    Ok(())
}

/// Builds the wheel of a release, with the notices and the bill of materials of what it links.
pub(super) fn wheel(wanted: &Target, out: &Path) -> Result<PathBuf> {
    let crates = linked::crates(PACKAGE, wanted)?;
    let bill = target().join("dist").join("graph-devices.cyclonedx.json");
    fs::write(&bill, linked::bill_of_materials(PACKAGE, &crates)?)?;
    // pyproject.toml takes the texts from its own folder. Git ignores them, and they go after the build.
    let folder = root().join("python");
    linked::write_notices(&crates, &folder)?;
    let built = build_wheel(wanted, &bill, out);
    for file in notices(&folder)? {
        fs::remove_file(file)?;
    }
    built?;
    one(out, ".whl")
}

fn build_wheel(wanted: &Target, bill: &Path, out: &Path) -> Result {
    let mut build = maturin("build")?;
    build.args(["--release", "--locked", "--target", wanted.triple]);
    build.args(SMALLEST);
    if build::by_zig(wanted) {
        build.arg("--zig");
    }
    if let Some(platform) = wanted.wheel {
        build.args(["--compatibility", platform]);
    }
    build.arg("--sbom-include").arg(bill).arg("--out").arg(out);
    build::environment(&mut build, wanted)?;
    // maturin names another linker than cargo-zigbuild: in one folder, each would build everything again.
    build.env("CARGO_TARGET_DIR", target().join("wheel"));
    output(&mut build).map(drop)
}

/// Makes the source distribution.
pub(crate) fn sdist(out: &Path) -> Result<PathBuf> {
    let mut build = maturin("sdist")?;
    build
        .arg("--out")
        .arg(out)
        .env("SOURCE_DATE_EPOCH", build::epoch()?);
    output(&mut build)?;
    one(out, &format!("graph_devices-{VERSION}.tar.gz"))
}

fn maturin(subcommand: &str) -> Result<Command> {
    let mut maturin = command(build::tools()?.join("maturin"));
    maturin.arg(subcommand).current_dir(root().join("python"));
    Ok(maturin)
}

fn notices(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("THIRD-PARTY-") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn one(folder: &Path, end: &str) -> Result<PathBuf> {
    files(folder)?
        .into_iter()
        .find(|file| file.to_string_lossy().ends_with(end))
        .ok_or_else(|| format!("no file ends in {end}").into())
}
