//! The places of files, and finding and running other programs.

use std::env;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::secrets;

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Result<T = ()> = std::result::Result<T, Error>;

/// The version that every part of the workspace shares.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The top folder of the repository.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.ancestors().nth(2).unwrap_or(xtask).to_path_buf()
}

/// The folder in which cargo builds; all output of the commands goes there.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The program of that name on `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file())
}

/// The first of these programs that is on `PATH`.
pub(crate) fn find_any(programs: &[&str]) -> Option<PathBuf> {
    programs.iter().find_map(|program| find(program))
}

/// A command run from the top of the repository, without input.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

/// Runs to the end and returns the standard output; a non-zero exit is an error that shows the output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = finish(command)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Like [`output`], for a program that reads `input`.
pub(crate) fn output_of(command: &mut Command, input: &str) -> Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", show(command)))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{}: {said}", show(command)).into())
}

/// Like [`output`], for the standard error.
pub(crate) fn messages(command: &mut Command) -> Result<String> {
    let output = finish(command)?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Runs to the end and accepts any exit code; only a program that cannot be started is an error.
pub(crate) fn attempt(command: &mut Command) -> Result<Output> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", show(command)))?;
    let program = command.get_program().to_string_lossy().into_owned();
    secrets::look(&program, &printed(&output));
    Ok(output)
}

fn finish(command: &mut Command) -> Result<Output> {
    let output = attempt(command)?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!(
        "{}: {}\n{}",
        show(command),
        output.status,
        tail(&printed(&output), 60)
    )
    .into())
}

/// All that a program printed, its standard output first.
pub(crate) fn printed(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The newest modification time of the files in these folders, without build output and caches.
pub(crate) fn newest(paths: &[PathBuf]) -> Result<std::time::SystemTime> {
    let mut newest = std::time::UNIX_EPOCH;
    for path in paths {
        for file in files(path)? {
            newest = newest.max(file.metadata()?.modified()?);
        }
    }
    Ok(newest)
}

/// Every file below a folder, in a stable order; for a file, the file itself.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let folder = std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut entries: Vec<PathBuf> = folder
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()?;
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        let name = entry
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name != "target" && name != "__pycache__" {
            all.extend(files(&entry)?);
        }
    }
    Ok(all)
}

/// Empties a folder, or makes it.
pub(crate) fn fresh(folder: &Path) -> Result {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(())
}
