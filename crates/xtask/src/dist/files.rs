//! `cargo xtask dist --target T --out D`: the files that a release has for one platform.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::libraries::Libraries;
use super::targets::Target;
use super::{Profile, build, c, copy_licences, linked, packages, python};
use crate::tools::{Result, VERSION, command, files, fresh, output, root, target};

const PACK: &str = "crates/xtask/src/dist/archive.py";

/// Makes all files for a target and their checksums, and prints them.
pub(crate) fn run(words: &[&str]) -> Result {
    let (mut triple, mut out) = (None, None);
    for pair in words.chunks(2) {
        match pair {
            ["--target", name] => triple = Some(*name),
            ["--out", folder] => out = Some(root().join(folder)),
            _ => return Err("usage: cargo xtask dist [--target TRIPLE] [--out FOLDER]".into()),
        }
    }
    let wanted = triple.map_or_else(Target::host, Target::named)?;
    let out = out.unwrap_or_else(|| target().join("dist/files"));
    for file in make(wanted, &out)? {
        println!("{}", file.display());
    }
    println!("{}", out.join(SUMS).display());
    Ok(())
}

/// Makes all files for a target; `SHA256SUMS` has the checksum of each file in the folder.
pub(crate) fn make(wanted: &Target, out: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(out)?;
    let tree = library(wanted)?;
    let mut made = vec![pack(&tree, wanted, out)?, emulator(wanted, out)?];
    made.extend(packages::make(wanted, &tree, out)?);
    if *wanted == *Target::host()? {
        made.push(python::wheel(wanted, out)?);
        made.push(python::sdist(out)?);
    }
    checksums(out)?;
    Ok(made)
}

/// Lays out the C and C++ library.
fn library(wanted: &Target) -> Result<PathBuf> {
    let built = build::library(wanted, Profile::Release)?;
    let tree = tree("graph-devices", wanted);
    c::lay_out_built(&tree, &Libraries::of(wanted), &built.folder, &built.private)?;
    notices("graph-devices-capi", wanted, &tree)?;
    Ok(tree)
}

/// The emulator, for a rehearsal.
fn emulator(wanted: &Target, out: &Path) -> Result<PathBuf> {
    let program = build::emulator(wanted, Profile::Release)?;
    let tree = tree("graph-emulator", wanted);
    fresh(&tree)?;
    fs::copy(&program, tree.join(format!("graph-emulator{}", wanted.exe())))?;
    fs::copy(root().join("crates/emulator/README.md"), tree.join("README.md"))?;
    copy_licences(&tree)?;
    notices("graph-emulator", wanted, &tree)?;
    pack(&tree, wanted, out)
}

fn tree(name: &str, wanted: &Target) -> PathBuf {
    target()
        .join("dist/trees")
        .join(format!("{name}-{VERSION}-{}", wanted.triple))
}

fn notices(package: &str, wanted: &Target, tree: &Path) -> Result {
    let crates = linked::crates(package, wanted)?;
    linked::write_notices(&crates, tree)?;
    let bill = linked::bill_of_materials(package, &crates)?;
    fs::write(tree.join("sbom.cyclonedx.json"), bill)?;
    Ok(())
}

fn pack(tree: &Path, wanted: &Target, out: &Path) -> Result<PathBuf> {
    let kind = if wanted.exe().is_empty() { "tar.gz" } else { "zip" };
    let name = tree.file_name().unwrap_or_default().to_string_lossy();
    let archive = out.join(format!("{name}.{kind}"));
    let mut pack = command(python3()?);
    pack.arg(PACK).arg(tree).arg(&archive).arg(build::epoch()?);
    output(&mut pack)?;
    Ok(archive)
}

fn python3() -> Result<PathBuf> {
    crate::python::bare("release")?.ok_or_else(|| "python3 is not installed".into())
}

const SUMS: &str = "SHA256SUMS";

/// In the form of sha256sum, sorted by name.
fn checksums(out: &Path) -> Result {
    let mut lines = String::new();
    for file in files(out)? {
        if file.ends_with(SUMS) {
            continue;
        }
        let name = file.strip_prefix(out)?.to_string_lossy().replace('\\', "/");
        writeln!(lines, "{}  {name}", sha256(&fs::read(&file)?))?;
    }
    fs::write(out.join(SUMS), lines)?;
    Ok(())
}

fn sha256(content: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, content);
    let mut text = String::new();
    for byte in digest.as_ref() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sha256;

    #[test]
    fn a_checksum_is_in_the_form_of_sha256sum() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
