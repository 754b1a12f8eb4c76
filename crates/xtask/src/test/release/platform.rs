//! How a C program is compiled and run for a target on this machine.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist::build;
use crate::dist::targets::{System, Target};
use crate::tools::{Result, command, find, output};

/// A compiler and what its programs run in.
pub(super) struct Platform {
    pub(super) target: &'static Target,
    /// The compiler and its first arguments.
    pub(super) compiler: Vec<OsString>,
    /// The program that runs those of another system or machine, with its arguments.
    runner: Vec<OsString>,
    /// Options for CMake.
    pub(super) cmake: Vec<String>,
    /// Where the programs lie.
    pub(super) folder: PathBuf,
}

/// The program that is missing to compile for a target or to run its programs.
pub(super) fn missing(target: &Target) -> Option<String> {
    let wanted: &[&str] = match (target.system, target.triple) {
        (System::Windows, _) => &["x86_64-w64-mingw32-gcc", "wine"],
        (_, triple) if triple.ends_with("musl") => &["musl-gcc"],
        (_, triple) if triple.starts_with("aarch64") => &["qemu-aarch64"],
        _ => &["cc"],
    };
    let all = wanted.iter().chain(&["cmake", "pkg-config"]);
    all.copied()
        .find(|program| find(program).is_none())
        .map(str::to_owned)
}

impl Platform {
    pub(super) fn of(target: &'static Target, place: &Path) -> Result<Self> {
        let folder = place.join("programs");
        fs::create_dir_all(&folder)?;
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let cross = |system: &str, machine: &str| {
            vec![
                format!("-DCMAKE_SYSTEM_NAME={system}"),
                format!("-DCMAKE_SYSTEM_PROCESSOR={machine}"),
            ]
        };
        let (compiler, runner, cmake) = match target.system {
            System::Windows => {
                stand_in(&folder)?;
                (
                    words(&["x86_64-w64-mingw32-gcc"]),
                    words(&["wine"]),
                    cross("Windows", "AMD64"),
                )
            }
            _ if target.triple.ends_with("musl") => (words(&["musl-gcc"]), vec![], vec![]),
            _ if target.triple.starts_with("aarch64") && !cfg!(target_arch = "aarch64") => {
                let mut zig = vec![build::tools()?.join("python-zig").into_os_string()];
                zig.extend(words(&["cc", "-target", "aarch64-linux-gnu.2.17"]));
                let qemu = words(&["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]);
                (zig, qemu, cross("Linux", "aarch64"))
            }
            _ => (words(&["cc"]), vec![], vec![]),
        };
        Ok(Self {
            target,
            compiler,
            runner,
            cmake,
            folder,
        })
    }

    /// Whether a program can be linked with no shared library at all: zig has no static glibc.
    pub(super) fn links_statically(&self) -> bool {
        !self.compiler[0].to_string_lossy().ends_with("zig")
    }

    pub(super) fn compile(&self) -> Command {
        let mut compile = command(&self.compiler[0]);
        compile.args(&self.compiler[1..]);
        compile
    }

    /// Runs a program with the shared library of a laid-out tree within reach.
    pub(super) fn run(&self, program: &Path, tree: &Path) -> Result<Command> {
        let mut run = match self.runner.split_first() {
            Some((runner, arguments)) => {
                let mut run = command(runner);
                run.args(arguments).arg(program);
                run
            }
            None => command(program),
        };
        match self.target.system {
            System::Windows => {
                let folder = program.parent().ok_or("a program has a folder")?;
                fs::copy(
                    tree.join("bin/graph_devices.dll"),
                    folder.join("graph_devices.dll"),
                )?;
                stand_in(folder)?;
                run.env("WINEDEBUG", "-all");
            }
            _ if self.runner.is_empty() => {
                run.env("LD_LIBRARY_PATH", tree.join("lib"));
            }
            _ => {
                run.env(
                    "QEMU_SET_ENV",
                    format!("LD_LIBRARY_PATH={}", tree.join("lib").display()),
                );
            }
        }
        Ok(run)
    }
}

/// Compiles the DLL that Rust's standard library imports and older releases of wine lack.
fn stand_in(folder: &Path) -> Result {
    let dll = folder.join("bcryptprimitives.dll");
    if dll.exists() {
        return Ok(());
    }
    let mut compiler = command("x86_64-w64-mingw32-gcc");
    compiler.args(["-shared", "-O1", "-o"]).arg(dll);
    output(compiler.args(["tests/windows/bcryptprimitives.c", "-ladvapi32"])).map(drop)
}
