//! The files of a release, made once for the same sources and tools: the suite uses each file every time, and makes it only if
//! what it is made of has changed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::dist::targets::Target;
use crate::dist::{build, files};
use crate::tools::{Result, attempt, command, files as files_in, fresh, printed, root, target};

/// All that the files are made of.
const SOURCES: [&str; 13] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "bindings",
    "crates/capi",
    "crates/cli",
    "crates/core",
    "crates/emulator",
    "crates/python",
    "crates/xtask",
    "include",
    "python",
];

/// The programs that make them, beside those that the requirements of crates/xtask name.
const TOOLS: [[&str; 2]; 6] = [
    ["rustc", "-vV"],
    ["/usr/bin/rustc", "-vV"],
    ["x86_64-w64-mingw32-gcc", "--version"],
    ["mcs", "--version"],
    ["python3", "--version"],
    ["git", "--version"],
];

/// The folder of a target's files.
pub(super) fn folder(wanted: &Target) -> PathBuf {
    target().join("dist/release").join(wanted.triple)
}

/// The files of a release for a target.
pub(super) fn make(wanted: &'static Target) -> Result<Vec<PathBuf>> {
    let out = folder(wanted);
    once(&out, &inputs()?, || files::make(wanted, &out).map(drop))?;
    let mut made = files_in(&out)?;
    made.retain(|file| !file.ends_with(files::SUMS));
    Ok(made)
}

/// Calls `make` to fill a folder, unless it was filled from the same inputs and its checksums still hold.
pub(super) fn once(folder: &Path, inputs: &str, make: impl FnOnce() -> Result) -> Result {
    let stamp = folder.with_extension("made");
    if fs::read_to_string(&stamp).is_ok_and(|before| before == inputs) && holds(folder) {
        return Ok(());
    }
    if stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    fresh(folder)?;
    make()?;
    Ok(fs::write(stamp, inputs)?)
}

/// Whether the checksums in a folder are those of its files.
fn holds(folder: &Path) -> bool {
    let sums = folder.join(files::SUMS);
    let written = fs::read_to_string(sums).unwrap_or_default();
    files::checksums_of(folder).is_ok_and(|found| found == written)
}

/// The checksum of every source, the version of every tool, and the time that the files get.
fn inputs() -> Result<String> {
    let mut inputs = format!("time {}\n", build::epoch()?);
    for [program, argument] in TOOLS {
        let version = attempt(command(program).arg(argument))
            .map_or_else(|_| "none\n".to_owned(), |ended| printed(&ended));
        write!(inputs, "{program}: {version}")?;
    }
    for source in SOURCES {
        for file in files_in(&root().join(source))? {
            let place = file.strip_prefix(root())?.display();
            writeln!(inputs, "{}  {place}", files::sha256(&fs::read(&file)?))?;
        }
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::once;
    use crate::dist::files;
    use crate::tools::{fresh, target};

    #[test]
    fn files_are_made_again_if_an_input_or_a_file_changed() {
        let folder = target().join("xtask-tests/made");
        fresh(&folder).unwrap();
        let _ = fs::remove_file(folder.with_extension("made"));
        let made = |inputs: &str| {
            let mut is_made = false;
            once(&folder, inputs, || {
                is_made = true;
                fs::write(folder.join("a"), "content")?;
                files::checksums(&folder)
            })
            .unwrap();
            is_made
        };
        assert!(made("one"));
        assert!(!made("one"));
        assert!(made("two"));
        fs::write(folder.join("a"), "changed").unwrap();
        assert!(made("two"));
        assert!(!made("two"));
    }
}
