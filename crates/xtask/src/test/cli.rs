//! The command line, by pytest: the program against the emulator, and the page of a report in a browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::wine;
use crate::dist::targets::WINDOWS;
use crate::dist::{Profile, build};
use crate::emulator;
use crate::python;
use crate::report::Suite;
use crate::tools::{Result, cargo, command, find, messages, output, root, target};

/// The version of axe-core, whose rules of accessibility the page of a report keeps.
const AXE: &str = "4.14.1";

pub(super) fn checks(suite: &mut Suite) -> Result {
    let Some(python) = python::environment("test")? else {
        suite.missing("all", "python3");
        return Ok(());
    };
    python::install(&python, &requirements())?;
    emulator::build()?;
    messages(&mut cargo(&["build", "--package", "graph-devices-cli"]))?;
    for program in ["chromium", "node", "pdftotext"] {
        if find(program).is_none() {
            suite.missing("the page in a browser", program);
        }
    }
    let axe = axe_core()?;
    if axe.is_none() {
        suite.missing("accessibility", "npm");
    }
    let with_axe = |mut pytest: Command| {
        pytest.envs(axe.iter().map(|axe| ("AXE_CORE", axe)));
        pytest
    };
    let program = target().join("debug/graph-devices");
    let mut all = with_axe(pytest(&python, &["tests/cli"], &program));
    suite.program("the program", &mut all);
    let installed = python.with_file_name("graph-devices");
    let tests = [
        "tests/cli/test_confirm.py",
        "tests/cli/test_run.py",
        "tests/cli/test_streams.py",
    ];
    let mut some = with_axe(pytest(&python, &tests, &installed));
    suite.program("the command that pip installs", &mut some);
    Ok(())
}

/// The tests with the marker `windows`, with the program that a release has for Windows.
pub(super) fn checks_on_windows(suite: &mut Suite) -> Result {
    if let Some(missing) = wine::missing() {
        suite.skip("all", &format!("{missing} is not installed"));
        return Ok(());
    }
    let Some(python) = python::bare("test")? else {
        suite.missing("all", "python3");
        return Ok(());
    };
    python::install(&python, &requirements())?;
    emulator::build()?;
    let program = build::command_line(&WINDOWS, Profile::Release)?;
    wine::stand_in(program.parent().ok_or("a program has a folder")?)?;
    let mut tests = pytest(&python, &["-m", "windows", "tests/cli"], &program);
    tests.env("GRAPH_DEVICES_RUNNER", "wine").env("WINEDEBUG", "-all");
    suite.program("the program for Windows", &mut tests);
    Ok(())
}

fn requirements() -> PathBuf {
    root().join("tests/python/requirements.txt")
}

/// Pytest with a program.
fn pytest(python: &Path, tests: &[&str], program: &Path) -> Command {
    let mut pytest = command(python);
    pytest
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .args(tests);
    pytest
        .env("GRAPH_EMULATOR", target().join("debug/graph-emulator"))
        .env("GRAPH_DEVICES_COMMAND", program)
        .env_remove("GRAPH_DEVICES_RUNNER")
        .env_remove("GRAPH_DEVICES_ENDPOINT");
    pytest
}

/// The file of axe-core, installed below `target`; `None` without npm.
fn axe_core() -> Result<Option<PathBuf>> {
    let Some(npm) = find("npm") else { return Ok(None) };
    let folder = target().join("npm").join(AXE);
    let axe = folder.join("node_modules/axe-core/axe.min.js");
    if !axe.exists() {
        std::fs::create_dir_all(&folder)?;
        let package = format!("axe-core@{AXE}");
        output(
            command(npm)
                .args(["install", "--silent", "--no-save", "--ignore-scripts", "--prefix"])
                .arg(&folder)
                .arg(package),
        )?;
    }
    Ok(Some(axe))
}
