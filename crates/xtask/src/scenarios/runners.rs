//! The runner of each language: how it is built and started.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::dist::{Profile, c, powershell};
use crate::test::compile;
use crate::tools::{Result, cargo, find, messages, root, target};

/// How a language's runner is started.
pub(crate) struct Runner {
    pub(crate) language: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
}

/// Whether a language can run on this machine.
pub(crate) enum Availability {
    Ready(Runner),
    /// A tool that `.ci/run` installs is not installed.
    Missing(&'static str),
    /// It cannot run here, for this reason.
    Absent(String),
}

/// Every language with a runner.
pub(crate) const LANGUAGES: [&str; 6] = ["rust", "c", "cpp", "python", "mono", "clr"];

/// Builds the runner of a language, if its tools are installed.
pub(crate) fn available(name: &str) -> Result<Availability> {
    let known = LANGUAGES.into_iter().find(|language| *language == name);
    let language =
        known.ok_or_else(|| format!("no such language: {name}; there are {}", LANGUAGES.join(", ")))?;
    match language {
        "rust" => rust(),
        "c" => native(language, "tests/c/scenario_runner.c", &["cc"], "-std=c11"),
        "cpp" => native(
            language,
            "tests/cpp/scenario_runner.cpp",
            &["c++", "g++", "clang++"],
            "-std=c++17",
        ),
        "python" => python(),
        _ => dotnet(language),
    }
}

fn ready(language: &'static str, program: PathBuf, arguments: Vec<OsString>) -> Availability {
    Availability::Ready(Runner {
        language,
        program,
        arguments,
    })
}

fn rust() -> Result<Availability> {
    messages(&mut cargo(&["build", "--package", "scenario-runner"]))?;
    Ok(ready("rust", target().join("debug/scenario-runner"), Vec::new()))
}

fn native(
    language: &'static str,
    source: &str,
    compilers: &[&'static str],
    standard: &str,
) -> Result<Availability> {
    if !root().join(source).exists() {
        return Ok(Availability::Absent(format!("there is no {source}")));
    }
    let Some(compiler) = crate::tools::find_any(compilers) else {
        return Ok(Availability::Missing(compilers[0]));
    };
    let tree = c::lay_out(Profile::Dev)?;
    let program = compile::Program::new(&compiler, standard, source).shared(&tree)?;
    Ok(ready(language, program, Vec::new()))
}

fn python() -> Result<Availability> {
    let Some(python) = crate::python::environment("test")? else {
        return Ok(Availability::Missing("python3"));
    };
    Ok(ready(
        "python",
        python,
        vec![root().join("tests/python/scenario_runner.py").into()],
    ))
}

fn dotnet(language: &'static str) -> Result<Availability> {
    let Some(runtime) = find(language) else {
        return Ok(match language {
            "mono" => Availability::Missing("mono"),
            _ => Availability::Absent(format!("{language} is not on PATH")),
        });
    };
    match powershell::scenario_runner()? {
        Some(program) => Ok(ready(language, runtime, vec![program.into()])),
        None => Ok(Availability::Missing("mcs")),
    }
}
