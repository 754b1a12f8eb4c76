//! How a C program is compiled and run for a target on this machine.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs;
use crate::dist::build;
use crate::dist::targets::{System, Target};
use crate::test::wine;
use crate::tools::{Result, command, find};

/// A compiler and what its programs run in.
pub(super) struct Platform {
    pub(super) target: &'static Target,
    pub(super) compiler: &'static str,
    /// The program that runs those of another system or machine, with its arguments.
    runner: Vec<OsString>,
    /// Options for CMake.
    pub(super) cmake: Vec<String>,
    /// Where the programs lie.
    pub(super) folder: PathBuf,
}

/// The program that is missing to compile for a target or to run its programs.
pub(super) fn missing(target: &Target) -> Option<String> {
    let runner: &[&str] = match target.system {
        System::Windows => &["wine"],
        _ if is_foreign_arm(target) => &["qemu-aarch64"],
        _ => &[],
    };
    let all = [compiler(target), "cmake", "pkg-config"];
    all.iter()
        .chain(runner)
        .find(|program| find(program).is_none())
        .map(|program| (*program).to_owned())
}

fn compiler(target: &Target) -> &'static str {
    match target.system {
        System::Windows => "x86_64-w64-mingw32-gcc",
        _ if target.triple.ends_with("musl") => "musl-gcc",
        _ if is_foreign_arm(target) => "aarch64-linux-gnu-gcc",
        _ => "cc",
    }
}

fn is_foreign_arm(target: &Target) -> bool {
    target.triple.starts_with("aarch64") && !cfg!(target_arch = "aarch64")
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
        let (runner, cmake) = match target.system {
            System::Windows => (words(&["wine"]), cross("Windows", "AMD64")),
            _ if is_foreign_arm(target) => (
                words(&["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]),
                cross("Linux", "aarch64"),
            ),
            _ => (vec![], vec![]),
        };
        let compiler = compiler(target);
        Ok(Self {
            target,
            compiler,
            runner,
            cmake,
            folder,
        })
    }

    /// The compiler, and what it needs after the libraries, for a program that is static as a whole.
    pub(super) fn static_compiler(&self) -> Result<(Command, &'static [&'static str])> {
        if !self.by_musl_gcc() {
            return Ok((self.compile(), &[]));
        }
        let mut zig = command(build::tools()?.join("python-zig"));
        zig.args(["cc", "-target", "x86_64-linux-musl"]);
        Ok((zig, &["-lunwind"]))
    }

    /// Debian's compiler for musl has glibc's unwinder, which a static library of Rust cannot use.
    pub(super) fn by_musl_gcc(&self) -> bool {
        self.compiler == "musl-gcc"
    }

    pub(super) fn compile(&self) -> Command {
        command(self.compiler)
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
                wine::stand_in(folder)?;
                run.env("WINEDEBUG", "-all");
            }
            _ if self.runner.is_empty() => {
                run.env("LD_LIBRARY_PATH", programs::libraries(tree));
            }
            _ => {
                run.env(
                    "QEMU_SET_ENV",
                    format!("LD_LIBRARY_PATH={}", programs::libraries(tree).display()),
                );
            }
        }
        Ok(run)
    }
}
