//! `cargo xtask dist --target T --out D`: the files that a release has for one platform.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::libraries::Libraries;
use super::targets::Target;
use super::{Profile, build, c, cli, copy_licences, linked, natives, nuget, packages, powershell, python};
use crate::tools::{Result, VERSION, command, files, fresh, output, root, target};

const PACK: &str = "crates/xtask/src/dist/archive.py";

/// Makes all files for a target and their checksums, and prints them.
pub(crate) fn run(words: &[&str]) -> Result {
    let usage = "usage: cargo xtask dist [--target TRIPLE] [--out FOLDER]";
    let (triple, out) = options(words, "--target", usage)?;
    let wanted = triple.map_or_else(Target::host, Target::named)?;
    let out = out.unwrap_or_else(|| target().join("dist/files"));
    print(&make(wanted, &out)?, &out);
    Ok(())
}

/// `cargo xtask dist dotnet`: the packages for .NET from the C archives in a folder, and their checksums.
pub(crate) fn run_dotnet(words: &[&str]) -> Result {
    let usage = "usage: cargo xtask dist dotnet --from FOLDER [--out FOLDER]";
    let (from, out) = options(words, "--from", usage)?;
    let from = root().join(from.ok_or(usage)?);
    let out = out.unwrap_or_else(|| from.clone());
    print(&make_dotnet(&from, &out)?, &out);
    Ok(())
}

/// The value of an option of that name and that of `--out`.
fn options<'a>(words: &[&'a str], name: &str, usage: &str) -> Result<(Option<&'a str>, Option<PathBuf>)> {
    let (mut value, mut out) = (None, None);
    for pair in words.chunks(2) {
        match pair {
            [option, given] if *option == name => value = Some(*given),
            ["--out", folder] => out = Some(root().join(folder)),
            _ => return Err(usage.into()),
        }
    }
    Ok((value, out))
}

fn print(made: &[PathBuf], out: &Path) {
    for file in made {
        println!("{}", file.display());
    }
    println!("{}", out.join(SUMS).display());
}

/// Makes the PowerShell module's archive and the NuGet package with the library of each C archive in the folder `from`.
pub(crate) fn make_dotnet(from: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(out)?;
    let natives = natives::unpack_all(from)?;
    let made = vec![powershell::make(&natives, out)?, nuget::make(&natives, out)?];
    checksums(out)?;
    Ok(made)
}

/// Makes all files for a target; `SHA256SUMS` has the checksum of each file in the folder.
pub(crate) fn make(wanted: &Target, out: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(out)?;
    let tree = library(wanted)?;
    let mut made = vec![
        pack(&tree, wanted, out)?,
        command_line(wanted, out)?,
        emulator(wanted, out)?,
    ];
    made.extend(packages::make(wanted, &tree, out)?);
    if *wanted == *Target::host()? {
        made.push(python::wheel(wanted, out)?);
        made.push(python::sdist(out)?);
    }
    checksums(out)?;
    Ok(made)
}

/// Builds and lays out the C and C++ library.
pub(super) fn library(wanted: &Target) -> Result<PathBuf> {
    let built = build::library(wanted, Profile::Release)?;
    let tree = tree(natives::C_LIBRARY, wanted);
    c::lay_out_built(&tree, &Libraries::of(wanted), &built.folder, &built.private)?;
    notices("graph-devices-capi", wanted, &tree)?;
    Ok(tree)
}

/// The command line, with its manual pages and completions.
fn command_line(wanted: &Target, out: &Path) -> Result<PathBuf> {
    let program = build::command_line(wanted, Profile::Release)?;
    let tree = tree("graph-devices-cli", wanted);
    cli::lay_out_built(&tree, &program)?;
    notices("graph-devices-cli", wanted, &tree)?;
    pack(&tree, wanted, out)
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
    pack_as(tree, &archive)?;
    Ok(archive)
}

/// Packs a folder in the form that the archive's name ends with.
pub(super) fn pack_as(tree: &Path, archive: &Path) -> Result {
    let mut pack = command(python3()?);
    pack.arg(PACK).arg(tree).arg(archive).arg(build::epoch()?);
    output(&mut pack).map(drop)
}

fn python3() -> Result<PathBuf> {
    crate::python::bare("release")?.ok_or_else(|| "python3 is not installed".into())
}

/// The file of the checksums.
pub(crate) const SUMS: &str = "SHA256SUMS";

/// Writes the checksums of the files in a folder.
pub(crate) fn checksums(out: &Path) -> Result {
    Ok(fs::write(out.join(SUMS), checksums_of(out)?)?)
}

/// The checksum of each file in a folder, in the form of sha256sum, sorted by name.
pub(crate) fn checksums_of(out: &Path) -> Result<String> {
    let mut lines = String::new();
    for file in files(out)? {
        if file.ends_with(SUMS) {
            continue;
        }
        let name = file.strip_prefix(out)?.to_string_lossy().replace('\\', "/");
        writeln!(lines, "{}  {name}", sha256(&fs::read(&file)?))?;
    }
    Ok(lines)
}

/// In hexadecimal.
pub(crate) fn sha256(content: &[u8]) -> String {
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
