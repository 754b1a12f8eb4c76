//! The .NET assembly's own tests, on every runtime of this machine.

use std::path::Path;

use crate::dist::powershell;
use crate::emulator;
use crate::report::Suite;
use crate::tools::{Result, command, files, find, root, target};

pub(super) fn checks(suite: &mut Suite) -> Result {
    let mut sources = files(&root().join("tests/dotnet"))?;
    sources.retain(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with("Scenario") && name != "Fields.cs"
    });
    let Some(program) = powershell::program("assembly_tests", &sources)? else {
        suite.missing("all", "mcs");
        return Ok(());
    };
    emulator::build()?;
    match find("mono") {
        Some(mono) => run(suite, "on Mono", &mono, &program),
        None => suite.missing("on Mono", "mono"),
    }
    match find("clr") {
        Some(clr) => run(suite, "on .NET", &clr, &program),
        None => suite.skip("on .NET", "clr is not on PATH"),
    }
    Ok(())
}

fn run(suite: &mut Suite, what: &str, runtime: &Path, program: &Path) {
    let mut tests = command(runtime);
    tests
        .arg(program)
        .env("GRAPH_EMULATOR", target().join("debug/graph-emulator"))
        .env_remove("GRAPH_DEVICES_ENDPOINT")
        // If a test should ever address the real service, nothing leaves this machine.
        .env("HTTPS_PROXY", "http://127.0.0.1:1");
    suite.program(what, &mut tests);
}
