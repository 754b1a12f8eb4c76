//! The command-line program with its manual pages and completions, in `target/dist/cli`.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Profile, copy_licences};
use crate::tools::{Result, VERSION, cargo, command, fresh, messages, output, target};

/// The shells, and the name of the file in which each looks for completions.
pub(crate) const COMPLETIONS: [(&str, &str); 4] = [
    ("bash", "graph-devices"),
    ("zsh", "_graph-devices"),
    ("fish", "graph-devices.fish"),
    ("powershell", "graph-devices.ps1"),
];

/// Lays out the tree and prints its place.
pub(crate) fn run(profile: Profile) -> Result {
    println!("{}", lay_out(profile)?.display());
    Ok(())
}

/// Builds the program for this machine and lays out `target/dist/cli/graph-devices-VERSION`.
pub(crate) fn lay_out(profile: Profile) -> Result<PathBuf> {
    let program = build(profile)?;
    let tree = target()
        .join("dist")
        .join(profile.dist("cli"))
        .join(format!("graph-devices-{VERSION}"));
    lay_out_built(&tree, &program)?;
    Ok(tree)
}

/// Lays out a program that was built for any system. Its pages are written on this one.
pub(super) fn lay_out_built(tree: &Path, program: &Path) -> Result {
    fresh(tree)?;
    let name = program.file_name().ok_or("the program has no name")?;
    fs::copy(program, tree.join(name))?;
    pages(&["man", &tree.join("man/man1").to_string_lossy()])?;
    completions(&tree.join("completions"))?;
    copy_licences(tree)
}

/// Builds the program; returns its path.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    messages(&mut cargo(&[
        "build",
        "--package",
        "graph-devices-cli",
        "--profile",
        profile.name(),
    ]))?;
    let name = format!("graph-devices{}", std::env::consts::EXE_SUFFIX);
    Ok(target().join(profile.folder()).join(name))
}

/// Runs the example of crates/cli that writes pages from the arguments of the program.
pub(crate) fn pages(arguments: &[&str]) -> Result<String> {
    let mut run = cargo(&[
        "run",
        "--quiet",
        "--package",
        "graph-devices-cli",
        "--example",
        "pages",
        "--",
    ]);
    output(run.args(arguments))
}

fn completions(folder: &Path) -> Result {
    fs::create_dir_all(folder)?;
    let program = build(Profile::Dev)?;
    for (shell, file) in COMPLETIONS {
        let script = output(command(&program).args(["completions", shell]))?;
        fs::write(folder.join(file), script)?;
    }
    Ok(())
}
