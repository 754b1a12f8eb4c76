//! The wheel in an old and a new Python, the sdist in a clean environment, and what the index's tools find in them.

use std::fs;
use std::path::{Path, PathBuf};

use super::{contents, made, programs, source};
use crate::dist::targets::Target;
use crate::dist::{build, files};
use crate::emulator::Emulator;
use crate::python::pip;
use crate::report::Suite;
use crate::tools::{Result, attempt, command, find, fresh, output, printed, root, target};

pub(super) fn checks(suite: &mut Suite, wanted: &Target, made: &[PathBuf], emulator: &Emulator) -> Result {
    let ends = |end: &str| made.iter().find(|file| file.to_string_lossy().ends_with(end));
    let wheel = ends(".whl").ok_or("no wheel")?;
    let sdist = made
        .iter()
        .find(|file| {
            file.file_name().is_some_and(|name| {
                name.to_string_lossy().starts_with("graph_devices-")
                    && name.to_string_lossy().ends_with(".tar.gz")
            })
        })
        .ok_or("no sdist")?;
    for version in ["3.9", "3.13"] {
        let what = format!("the wheel in CPython {version}");
        match interpreter(version) {
            None => suite.skip(
                &what,
                &format!("CPython {version} is neither on PATH nor in pyenv's folder"),
            ),
            Some(python) => {
                let installed = environment(&format!("wheel-{version}"), &python).and_then(|python| {
                    output(
                        pip(&python)
                            .args(["install", "--no-index", "--no-deps"])
                            .arg(wheel),
                    )?;
                    rehearse(&python, emulator)
                });
                suite.check(&what, installed);
            }
        }
    }
    suite.check("the sdist in a clean environment", from_sdist(sdist, emulator));
    audits(suite, wanted, wheel, sdist)
}

/// pip builds the wheel of a source distribution as for a user, once for each; it is installed and used every time.
fn from_sdist(sdist: &Path, emulator: &Emulator) -> Result {
    let python = environment("sdist", &find("python3").ok_or("python3 is not installed")?)?;
    let wheels = target().join("release/sdist");
    made::once(&wheels, &files::sha256(&fs::read(sdist)?), || {
        let mut build = pip(&python);
        build
            .args(["wheel", "--no-deps", "--wheel-dir"])
            .arg(&wheels)
            .arg(sdist)
            .env("MATURIN_PEP517_ARGS", "--profile dev")
            .env("CARGO_TARGET_DIR", target().join("sdist"));
        output(&mut build)?;
        files::checksums(&wheels)
    })?;
    let mut install = pip(&python);
    install.args(["install", "--no-index", "--no-deps", "--find-links"]);
    output(install.arg(&wheels).arg("graph-devices"))?;
    rehearse(&python, emulator)
}

fn audits(suite: &mut Suite, wanted: &Target, wheel: &Path, sdist: &Path) -> Result {
    let tools = build::tools()?;
    let tool = |name: &str| command(tools.join(name));
    let mut run =
        |what: &str, command: &mut std::process::Command| suite.check(what, output(command).map(drop));
    run(
        "twine",
        tool("twine").args(["check", "--strict"]).arg(wheel).arg(sdist),
    );
    run("check-wheel-contents", tool("check-wheel-contents").arg(wheel));
    run("abi3audit", tool("abi3audit").args(["--strict"]).arg(wheel));
    if let Some(glibc) = wanted.glibc {
        let tag = format!("manylinux_{}_", glibc.replace('.', "_"));
        let shown = output(tool("auditwheel").arg("show").arg(wheel))?;
        let consistent = shown
            .split("following platform tag")
            .nth(1)
            .is_some_and(|rest| rest.contains(&tag));
        let result = if consistent { Ok(()) } else { Err(shown.into()) };
        suite.check(&format!("auditwheel: {tag}"), result);
    }
    // The project has no e-mail address, which alone makes the whole rating 8 of 10.
    let rated = printed(&attempt(
        tool("pyroma").args(["--skip-tests", "AuthorEmail"]).arg(sdist),
    )?);
    let good = rated.contains("Final rating: 10/10");
    suite.check(
        "pyroma without the address",
        if good { Ok(()) } else { Err(rated.into()) },
    );
    suite.check("the wheel's files", wheel_files(wheel));
    Ok(())
}

/// Licences, notices and the bill are in the wheel, and no folder of the builder.
fn wheel_files(wheel: &Path) -> Result {
    let folder = target().join("release/wheel");
    fresh(&folder)?;
    output(
        command("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(&folder),
    )?;
    let names: Vec<String> = crate::tools::files(&folder)?
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    for wanted in [
        "licenses/LICENSE-MIT",
        "licenses/LICENSE-APACHE",
        "licenses/THIRD-PARTY-NOTICES.txt",
        "cyclonedx.json",
    ] {
        if !names.iter().any(|name| name.ends_with(wanted)) {
            return Err(format!("{wanted} is not among {names:?}").into());
        }
    }
    contents::no_folder(&[&folder])
}

/// One user, then a small run with a journal.
fn rehearse(python: &Path, emulator: &Emulator) -> Result {
    emulator.reset(None)?;
    let folder = python.ancestors().nth(2).ok_or("an environment has a folder")?;
    let journal = folder.join("run.jsonl");
    if journal.exists() {
        fs::remove_file(&journal)?;
    }
    let mut script = command(python);
    script
        .arg(source("release/wheel.py"))
        .arg(&journal)
        .args(programs::RUN.map(|(user, _)| user))
        .current_dir(folder)
        .env("GRAPH_TOKEN", "demo-token")
        .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
    let shown = output(&mut script)?;
    if !shown.starts_with("ok") {
        return Err(shown.into());
    }
    programs::outcomes(&shown)?;
    programs::ended(&journal)
}

fn environment(name: &str, python: &Path) -> Result<PathBuf> {
    let folder = target().join("venv").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    output(command(python).args(["-m", "venv"]).arg(&folder))?;
    Ok(folder.join("bin/python"))
}

/// A Python of that version on PATH, or one of pyenv.
fn interpreter(version: &str) -> Option<PathBuf> {
    let name = format!("python{version}");
    let pyenv = std::env::home_dir()?.join(".pyenv/versions");
    let of_pyenv = fs::read_dir(pyenv)
        .ok()
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let is_it = folder
                .file_name()?
                .to_string_lossy()
                .starts_with(&format!("{version}."));
            is_it.then(|| folder.join("bin").join(&name))
        });
    find(&name).into_iter().chain(of_pyenv).find(|python| {
        attempt(command(python).arg("--version").current_dir(root()))
            .is_ok_and(|ended| ended.status.success())
    })
}
