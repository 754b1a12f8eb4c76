//! The README's programs run as they stand, and its commands exist.

use std::fs;
use std::path::Path;

use super::compile::Program;
use crate::dist::{Profile, c, powershell};
use crate::emulator::{self, Emulator};
use crate::report::Suite;
use crate::tools::{Result, cargo, command, find, fresh, output, root, target};

/// A fenced block of the README.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    language: String,
    line: usize,
    text: String,
}

pub(super) fn checks(suite: &mut Suite) -> Result {
    let readme =
        fs::read_to_string(root().join("README.md")).map_err(|error| format!("README.md: {error}"))?;
    let folder = target().join("readme");
    fresh(&folder)?;
    emulator::build()?;
    let emulator = Emulator::start("readme")?;
    for block in blocks(&readme) {
        emulator.reset(None)?;
        let what = format!("README.md line {}, {}", block.line, block.language);
        match block.language.as_str() {
            "c" | "cpp" => native(suite, &what, &block, &emulator, &folder),
            "python" => python(suite, &what, &block, &emulator, &folder),
            "rust" => suite.check(&what, rust(&block, &emulator, &folder)),
            "powershell" => pwsh(suite, &what, &block, &emulator, &folder),
            "sh" | "console" => suite.check(&what, commands(&block)),
            _ => {}
        }
    }
    Ok(())
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block {
                    language: language.trim().to_owned(),
                    line: index + 1,
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// A program told to talk to the emulator.
fn against(emulator: &Emulator, mut program: std::process::Command) -> Result {
    program
        .env("GRAPH_TOKEN", "demo-token")
        .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
    output(&mut program).map(drop)
}

fn native(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Path) {
    let (compiler, standard) = if block.language == "c" {
        ("cc", "-std=c11")
    } else {
        ("c++", "-std=c++17")
    };
    let Some(compiler) = find(compiler) else {
        return suite.missing(what, compiler);
    };
    let source = folder.join(format!("line{}.{}", block.line, block.language));
    let ran = fs::write(&source, &block.text)
        .map_err(Into::into)
        .and_then(|()| {
            let tree = c::lay_out(Profile::Dev)?;
            let program = Program::new(&compiler, standard, &source.to_string_lossy()).shared(&tree)?;
            against(emulator, command(program))
        });
    suite.check(what, ran);
}

fn python(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Path) {
    let python = match crate::python::environment("test") {
        Ok(Some(python)) => python,
        Ok(None) => return suite.missing(what, "python3"),
        Err(error) => return suite.check(what, Err(error)),
    };
    let script = folder.join(format!("line{}.py", block.line));
    let ran = fs::write(&script, &block.text)
        .map_err(Into::into)
        .and_then(|()| {
            let mut program = command(python);
            // What it writes, a journal, is new each time.
            program.arg(script).current_dir(folder);
            against(emulator, program)
        });
    suite.check(what, ran);
}

fn rust(block: &Block, emulator: &Emulator, folder: &Path) -> Result {
    let package = folder.join(format!("line{}", block.line));
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("src/main.rs"), &block.text)?;
    let manifest = format!(
        "[package]\nname = \"readme-line{}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         graph-devices = {{ path = \"{}\" }}\n",
        block.line,
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

fn pwsh(suite: &mut Suite, what: &str, block: &Block, emulator: &Emulator, folder: &Path) {
    let Some(pwsh) = find("pwsh") else {
        return suite.skip(what, "pwsh is not on PATH");
    };
    let script = folder.join(format!("line{}.ps1", block.line));
    let ran = fs::write(&script, &block.text)
        .map_err(Into::into)
        .and_then(|()| {
            let module = powershell::lay_out(Profile::Dev)?;
            let modules = module
                .ancestors()
                .nth(2)
                .ok_or("the module lies in a folder of modules")?;
            let mut program = command(pwsh);
            program
                .args(["-NoProfile", "-NonInteractive", "-File"])
                .arg(script)
                .env("PSModulePath", modules);
            against(emulator, program)
        });
    suite.check(what, ran);
}

/// Every `cargo xtask` command that the README names is one.
fn commands(block: &Block) -> Result {
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

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn fenced_blocks_are_found_with_their_line_and_language() {
        let found = blocks("a\n```c\nint x;\n```\nb\n```\nplain\n```\n");
        let told: Vec<_> = found
            .iter()
            .map(|b| (b.language.as_str(), b.line, b.text.as_str()))
            .collect();
        assert_eq!(told, [("c", 2, "int x;\n"), ("", 6, "plain\n")]);
    }
}
