//! Virtual environments with the Python package installed as a user would install it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::{Result, command, find, newest, output, root, target};

/// The interpreter of `target/venv/NAME`, with the package installed from this tree by pip. The extension is built
/// with cargo's dev profile. `None` without Python.
pub(crate) fn environment(name: &str) -> Result<Option<PathBuf>> {
    let Some(python) = bare(name)? else {
        return Ok(None);
    };
    let stamp = target().join("venv").join(name).join("installed");
    let sources = [
        "python",
        "crates/python",
        "crates/core",
        "crates/cli",
        "Cargo.lock",
        "Cargo.toml",
    ]
    .map(|path| root().join(path));
    if stamp.exists() && stamp.metadata()?.modified()? > newest(&sources)? {
        return Ok(Some(python));
    }
    let mut pip = pip(&python);
    output(
        pip.args(["install", "--force-reinstall", "./python"])
            .env("MATURIN_PEP517_ARGS", "--profile dev"),
    )?;
    fs::write(stamp, "")?;
    Ok(Some(python))
}

/// The interpreter of an environment, new or old, with nothing installed by this call.
pub(crate) fn bare(name: &str) -> Result<Option<PathBuf>> {
    let folder = target().join("venv").join(name);
    let python = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    if !python.exists() {
        let Some(base) = find("python3") else {
            return Ok(None);
        };
        output(command(base).args(["-m", "venv"]).arg(&folder))?;
    }
    Ok(Some(python))
}

/// The folder of the programs that a requirements file names, in an environment of their own; `None` without Python.
pub(crate) fn tools(name: &str, requirements: &str) -> Result<Option<PathBuf>> {
    let Some(python) = bare(name)? else {
        return Ok(None);
    };
    let requirements = root().join(requirements);
    let wanted = fs::read_to_string(&requirements)?;
    let stamp = target().join("venv").join(name).join("installed");
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        install(&python, &requirements)?;
        fs::write(stamp, wanted)?;
    }
    Ok(python.parent().map(Path::to_path_buf))
}

/// Installs what a requirements file names.
pub(crate) fn install(python: &Path, requirements: &Path) -> Result {
    output(pip(python).args(["install", "--requirement"]).arg(requirements)).map(drop)
}

/// The environment's pip, quiet.
pub(crate) fn pip(python: &Path) -> std::process::Command {
    let mut pip = command(python);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
    pip
}
