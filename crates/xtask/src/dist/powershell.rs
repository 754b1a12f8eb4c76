//! The PowerShell module with its small assembly and native library, and the programs that test the assembly.

use std::fs;
use std::path::{Path, PathBuf};

use super::natives::{self, Native};
use super::targets::{Target, WINDOWS};
use super::{Profile, c, copy_licences, files};
use crate::tools::{Result, VERSION, command, files as files_in, find, fresh, output, root, target};

/// The reference assemblies of .NET Framework 4.6.2 are taken from this folder if it is set.
const REFERENCES: &str = "GRAPH_DEVICES_NET462";

/// The script that calls the library without the module; it lies beside each library.
pub(crate) const SCRIPT: &str = "bindings/powershell/Invoke-GraphRetire.ps1";

/// Lays out the module for users, with the library of each platform that can be built here, and prints its place.
pub(crate) fn run() -> Result {
    let folder = Profile::Release.dist("powershell");
    println!("{}", lay_out_with(&folder, &natives::build_all()?)?.display());
    Ok(())
}

/// Lays out the module with these libraries and packs it into `out`.
pub(super) fn make(natives: &[Native], out: &Path) -> Result<PathBuf> {
    let module = lay_out_with(&Profile::Release.dist("powershell"), natives)?;
    let archive = out.join(format!("GraphDevices-{VERSION}-powershell.zip"));
    files::pack_as(module.parent().ok_or("a module has a folder")?, &archive)?;
    Ok(archive)
}

/// Lays out `target/dist/powershell/GraphDevices/VERSION` for this platform, ready for `Import-Module`.
pub(crate) fn lay_out(profile: Profile) -> Result<PathBuf> {
    lay_out_with(&profile.dist("powershell"), &[own(profile)?])
}

/// The same for Windows alone, with a library that lies in `built`.
pub(crate) fn lay_out_windows(profile: Profile, built: &Path) -> Result<PathBuf> {
    lay_out_with(
        &profile.dist("powershell-windows"),
        &[Native::of(&WINDOWS, built)],
    )
}

fn own(profile: Profile) -> Result<Native> {
    c::build(profile)?;
    Ok(Native::of(Target::host()?, &target().join(profile.folder())))
}

fn lay_out_with(folder: &str, natives: &[Native]) -> Result<PathBuf> {
    let module = target()
        .join("dist")
        .join(folder)
        .join("GraphDevices")
        .join(VERSION);
    fresh(&module)?;
    let source = root().join("bindings/powershell/GraphDevices");
    for file in files_in(&source)? {
        let to = module.join(file.strip_prefix(&source)?);
        fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
        fs::copy(&file, to)?;
    }
    for native in natives {
        let folder = module.join("native").join(native.rid);
        fs::create_dir_all(&folder)?;
        fs::copy(&native.file, folder.join(native.name))?;
        copy_script(&folder)?;
        assembly(&folder.join("GraphDevices.dll"))?;
        native.copy_notices(&module)?;
    }
    copy_licences(&module)?;
    Ok(module)
}

/// Copies the script that calls the library beside it.
pub(crate) fn copy_script(folder: &Path) -> Result {
    let script = root().join(SCRIPT);
    let name = script.file_name().ok_or("a file has a name")?;
    fs::copy(&script, folder.join(name)).map_err(|error| format!("{SCRIPT}: {error}"))?;
    Ok(())
}

/// Builds the .NET scenario runner in a folder with the assembly and the library; `None` without a C# compiler.
pub(crate) fn scenario_runner() -> Result<Option<PathBuf>> {
    let folder = root().join("tests/dotnet");
    program(
        "scenario_runner",
        &["ScenarioRunner.cs", "ScenarioJson.cs", "generated/Fields.cs"].map(|file| folder.join(file)),
    )
}

/// Builds a .NET program beside the assembly and the quick build of the library; `None` without a C# compiler.
pub(crate) fn program(name: &str, sources: &[PathBuf]) -> Result<Option<PathBuf>> {
    let Some(mcs) = find("mcs") else { return Ok(None) };
    let folder = target().join("dotnet").join(name);
    fresh(&folder)?;
    c::build(Profile::Dev)?;
    fs::copy(
        target().join("debug/libgraph_devices.so"),
        folder.join("libgraph_devices.so"),
    )?;
    let dll = folder.join("GraphDevices.dll");
    assembly(&dll)?;
    let exe = folder.join(format!("{name}.exe"));
    let mut compiler = command(mcs);
    compiler
        .args(["-langversion:5", "-warnaserror"])
        .arg(option("-out:", &exe))
        .arg(option("-r:", &dll));
    output(compiler.args(sources))?;
    Ok(Some(exe))
}

/// Compiles `GraphDevices.dll`, the same bytes each time.
pub(super) fn assembly(to: &Path) -> Result {
    let mcs = find("mcs").ok_or("mcs is not installed (Debian: mono-mcs)")?;
    let mut compiler = command(mcs);
    compiler
        .args([
            "-target:library",
            "-langversion:5",
            "-warnaserror",
            "-unsafe+",
            "-deterministic",
        ])
        .arg(option("-out:", to));
    compiler.arg(option("-doc:", &to.with_extension("xml")));
    if let Some(references) = references() {
        compiler.args(["-nostdlib", "-noconfig"]);
        compiler.args(
            ["mscorlib", "System", "System.Core"]
                .map(|name| option("-r:", &references.join(format!("{name}.dll")))),
        );
    }
    let version = to.with_file_name("AssemblyVersion.cs");
    fs::write(&version, assembly_version())?;
    compiler.arg(&version);
    let sources = files_in(&root().join("bindings/powershell/src"))?;
    compiler.args(
        sources
            .iter()
            .filter(|file| file.extension().is_some_and(|extension| extension == "cs")),
    );
    output(&mut compiler)?;
    fs::remove_file(version)?;
    Ok(())
}

/// The assembly's version is the workspace's: a runtime that has another version loaded can then see the difference.
fn assembly_version() -> String {
    format!(
        "[assembly: System.Reflection.AssemblyTitle(\"GraphDevices\")]\n\
         [assembly: System.Reflection.AssemblyVersion(\"{VERSION}.0\")]\n\
         [assembly: System.Reflection.AssemblyFileVersion(\"{VERSION}.0\")]\n"
    )
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push(path);
    option
}

/// Reference assemblies of .NET Framework 4.6.2: without them the assembly is compiled against the assemblies of mcs, which
/// does not show whether Windows PowerShell 5.1 has every member.
fn references() -> Option<PathBuf> {
    let named = std::env::var_os(REFERENCES).map(PathBuf::from);
    let beside = || Some(find("pwsh")?.canonicalize().ok()?.parent()?.join("refs/net462"));
    named
        .or_else(beside)
        .filter(|folder| folder.join("mscorlib.dll").is_file())
}
