//! `cargo xtask format`: rustfmt, clang-format and ruff over what is written by hand.

use std::path::PathBuf;
use std::process::Command;

use crate::python;
use crate::report::Suite;
use crate::tools::{Result, cargo, command, files, output, root, target};

/// The versions of clang-format and ruff; another version formats differently.
const REQUIREMENTS: &str = "crates/xtask/format-requirements.txt";
const PYTHON: [&str; 4] = ["python", "tests/emulator.py", "tests/python", "tests/cli"];
const C: [&str; 4] = ["include", "tests/c", "tests/cpp", "tests/host"];

/// Formats all files, and applies the fixes of ruff.
pub(crate) fn write() -> Result {
    output(&mut cargo(&["fmt", "--all"]))?;
    let Some(tools) = tools()? else {
        return Err("python3 is not installed".into());
    };
    output(tools.ruff(&["check", "--fix"]).args(PYTHON))?;
    output(tools.ruff(&["format"]).args(PYTHON))?;
    output(&mut tools.clang_format(&["-i"])?)?;
    Ok(())
}

/// Checks the format of all files.
pub(crate) fn checks(suite: &mut Suite) -> Result {
    suite.check(
        "cargo fmt --all --check",
        output(&mut cargo(&["fmt", "--all", "--check"])).map(drop),
    );
    let Some(tools) = tools()? else {
        suite.missing("ruff and clang-format", "python3");
        return Ok(());
    };
    let mut run = |what: &str, command: &mut Command| suite.check(what, output(command).map(drop));
    run("ruff check", tools.ruff(&["check"]).args(PYTHON));
    run(
        "ruff format --check",
        tools.ruff(&["format", "--check"]).args(PYTHON),
    );
    run(
        "clang-format --dry-run --Werror",
        &mut tools.clang_format(&["--dry-run", "--Werror"])?,
    );
    Ok(())
}

struct Tools(PathBuf);

/// Both tools in a virtual environment; `None` without Python.
fn tools() -> Result<Option<Tools>> {
    Ok(python::tools("format", REQUIREMENTS)?.map(Tools))
}

impl Tools {
    fn ruff(&self, arguments: &[&str]) -> Command {
        let mut ruff = command(self.0.join("ruff"));
        ruff.args(arguments)
            .args(["--quiet", "--config", "python/pyproject.toml"]);
        ruff.arg("--cache-dir").arg(target().join("ruff"));
        ruff
    }

    fn clang_format(&self, arguments: &[&str]) -> Result<Command> {
        let mut clang_format = command(self.0.join("clang-format"));
        clang_format.args(arguments).args(sources()?);
        Ok(clang_format)
    }
}

/// The C and C++ files that are not generated.
fn sources() -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for folder in C {
        sources.extend(files(&root().join(folder))?);
    }
    sources.retain(|file| {
        let is_c = file
            .extension()
            .is_some_and(|kind| kind == "c" || kind == "h" || kind == "cpp" || kind == "hpp");
        let is_generated =
            file.iter().any(|part| part == "generated") || file.ends_with(crate::header::HEADER);
        is_c && !is_generated
    });
    Ok(sources)
}
