//! The safety of the host process: signals, forks, leaving, unloading, small stacks, a disk that fails, no standard
//! streams.

use std::path::Path;

use super::compile::Program;
use crate::dist::{Profile, c};
use crate::emulator::{self, Emulator};
use crate::report::Suite;
use crate::tools::{Result, command, find};

pub(super) fn checks(suite: &mut Suite) -> Result {
    if !cfg!(target_os = "linux") {
        suite.skip("all", "the tests preload a library, as Linux does it");
        return Ok(());
    }
    let Some(cc) = find("cc") else {
        suite.missing("all", "a C compiler");
        return Ok(());
    };
    emulator::build()?;
    let tree = c::lay_out(Profile::Dev)?;
    let preload = program(&cc, "preload").link("preload", &tree, &["-shared", "-fPIC", "-ldl"])?;
    for name in [
        "sigpipe", "signal", "sync", "stdio", "fork", "leave", "unload", "stacks", "cancel", "limits",
        "linear",
    ] {
        let program = program(&cc, name);
        let built = match name {
            "unload" => program.link("unlinked", &tree, &["-ldl"])?,
            _ => program.shared(&tree)?,
        };
        let emulator = Emulator::start("host")?;
        let mut test = command(built);
        test.arg(&emulator.endpoint)
            .env("GRAPH_LIBRARY", tree.join("lib").join(c::soname()));
        if name == "sigpipe" {
            test.env("HOST_LATE_WRITE", "1");
        }
        if matches!(name, "sigpipe" | "leave") {
            test.env("LD_PRELOAD", &preload);
        }
        suite.program(name, &mut test);
    }
    Ok(())
}

fn program<'a>(cc: &'a Path, name: &str) -> Program<'a> {
    Program::new(cc, "-std=c11", &format!("tests/host/{name}.c"))
}
