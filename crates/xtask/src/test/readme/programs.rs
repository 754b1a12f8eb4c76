//! Running a block as a program against the emulator.

use std::fs;
use std::path::PathBuf;

use super::blocks::Block;
use crate::dist::{Profile, c, powershell};
use crate::emulator::Emulator;
use crate::report::Suite;
use crate::test::compile::Program;
use crate::tools::{Result, cargo, command, find, find_any, output, root, target};

/// Where the programs of one page are written, and run.
pub(super) struct Folder {
    path: PathBuf,
    page: String,
}

impl Folder {
    pub(super) fn new(parent: &std::path::Path, page: &str) -> Result<Self> {
        let page = page.trim_end_matches(".md").replace('/', "-").to_lowercase();
        let path = parent.join(&page);
        fs::create_dir_all(&path)?;
        Ok(Self { path, page })
    }

    /// A name that no block of another page has.
    fn name(&self, block: &Block) -> String {
        format!("{}-line{}", self.page, block.line)
    }

    /// A folder of its own for a block.
    pub(super) fn of(&self, block: &Block) -> PathBuf {
        self.path.join(self.name(block))
    }

    fn write(&self, block: &Block, extension: &str) -> Result<PathBuf> {
        let source = self.path.join(format!("{}.{extension}", self.name(block)));
        fs::write(&source, &block.text)?;
        Ok(source)
    }
}

/// Runs a program that talks to the emulator.
fn against(emulator: &Emulator, mut program: std::process::Command) -> Result {
    program
        .env("GRAPH_TOKEN", "demo-token")
        .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
    output(&mut program).map(drop)
}

pub(super) fn native(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Folder) {
    let (compiler, standard) = if block.language == "c" {
        ("cc", "-std=c11")
    } else {
        ("c++", "-std=c++17")
    };
    let Some(compiler) = find(compiler) else {
        return suite.missing(what, compiler);
    };
    let ran = folder.write(block, &block.language).and_then(|source| {
        let tree = c::lay_out(Profile::Dev)?;
        let program = Program::new(&compiler, standard, &source.to_string_lossy()).shared(&tree)?;
        against(emulator, command(program))
    });
    suite.check(what, ran);
}

pub(super) fn csharp(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Folder) {
    let Some(runtime) = find_any(&["mono", "clr", "dotnet"]) else {
        return suite.missing(what, "mono");
    };
    let built = folder
        .write(block, "cs")
        .and_then(|source| powershell::program(&folder.name(block), &[source]));
    let ran = match built {
        Ok(Some(program)) => {
            let mut runtime = command(runtime);
            runtime.arg(program).current_dir(&folder.path);
            against(emulator, runtime)
        }
        Ok(None) => return suite.missing(what, "mcs"),
        Err(error) => Err(error),
    };
    suite.check(what, ran);
}

pub(super) fn python(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Folder) {
    let python = match crate::python::environment("test") {
        Ok(Some(python)) => python,
        Ok(None) => return suite.missing(what, "python3"),
        Err(error) => return suite.check(what, Err(error)),
    };
    let ran = folder.write(block, "py").and_then(|script| {
        let mut program = command(python);
        // What it writes, a journal, is new each time.
        program.arg(script).current_dir(&folder.path);
        against(emulator, program)
    });
    suite.check(what, ran);
}

pub(super) fn rust(block: &Block, emulator: &Emulator, folder: &Folder) -> Result {
    let name = folder.name(block);
    let package = folder.path.join(&name);
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("src/main.rs"), &block.text)?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         graph-devices = {{ path = \"{}\" }}\n",
        root().join("crates/core").display()
    );
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), package.join("Cargo.lock"))?;
    let mut program = cargo(&["run", "--quiet", "--manifest-path"]);
    program
        .arg(package.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target());
    against(emulator, program)
}

pub(super) fn pwsh(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Folder) {
    let Some(pwsh) = find("pwsh") else {
        return suite.skip(what, "pwsh is not on PATH");
    };
    let ran = folder.write(block, "ps1").and_then(|script| {
        let module = powershell::lay_out(Profile::Dev)?;
        let modules = module
            .ancestors()
            .nth(2)
            .ok_or("the module lies in a folder of modules")?;
        let mut program = command(pwsh);
        program
            .args(["-NoProfile", "-NonInteractive", "-File"])
            .arg(script)
            .current_dir(&folder.path)
            .env("PSModulePath", modules);
        against(emulator, program)
    });
    suite.check(what, ran);
}

/// Every `cargo xtask` command that a block names is one.
pub(super) fn commands(block: &Block) -> Result {
    for line in block.text.lines() {
        let Some((_, words)) = line.split_once("cargo xtask ") else {
            continue;
        };
        let name = words.split_whitespace().next().unwrap_or_default();
        if !crate::HELP
            .lines()
            .any(|help| help.trim_start().starts_with(&format!("{name} ")))
        {
            return Err(format!("`cargo xtask {name}` is no command").into());
        }
    }
    Ok(())
}
