//! The packages for .NET: the module in a PowerShell, and the NuGet package restored and called by a program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{contents, made};
use crate::dist::targets::Target;
use crate::dist::{files, natives};
use crate::emulator::Emulator;
use crate::report::Suite;
use crate::tools::{
    Result, VERSION, attempt, command, files as files_in, find, fresh, output, printed, root, target,
};

const USER: &str = "diego@contoso.com";

/// Makes both packages from the C archives of these targets, and uses them.
pub(super) fn checks(suite: &mut Suite, targets: &[&'static Target], emulator: &Emulator) -> Result {
    if find("mcs").is_none() {
        suite.missing("the packages for .NET", "mcs");
        return Ok(());
    }
    let place = target().join("release/dotnet");
    fresh(&place)?;
    let archives = place.join("archives");
    fs::create_dir(&archives)?;
    for file in targets
        .iter()
        .map(|wanted| files_in(&made::folder(wanted)))
        .collect::<Result<Vec<_>>>()?
        .concat()
    {
        let name = file.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with(natives::C_LIBRARY) {
            fs::copy(&file, archives.join(name))?;
        }
    }
    let built: BTreeSet<&str> = targets.iter().map(|wanted| wanted.rid).collect();
    let out = folder();
    fresh(&out)?;
    let packages = files::make_dotnet(&archives, &out)?;
    let [module, nuget] = packages.as_slice() else {
        return Err(format!("{packages:?} are not two packages").into());
    };
    natives::unpack(module, &place)?;
    suite.check(
        "PowerShell module: the library of each target made here",
        has_natives(&place.join("GraphDevices").join(VERSION).join("native"), &built),
    );
    in_powershell(suite, &place, emulator);

    let tree = place.join("nuget");
    fs::create_dir(&tree)?;
    natives::unpack(nuget, &tree)?;
    suite.check(
        "NuGet package: the library of each target made here",
        has_natives(&tree.join("runtimes"), &built),
    );
    suite.check("NuGet package: manifest and parts", parts(&tree));
    suite.check(
        "packages for .NET: no folder of the builder",
        contents::no_folder(&[&place]),
    );
    restored(suite, nuget, &place, emulator)
}

/// The folder of both packages.
pub(super) fn folder() -> PathBuf {
    target().join("dist/release-dotnet")
}

fn has_natives(folder: &Path, wanted: &BTreeSet<&'static str>) -> Result {
    let mut found = BTreeSet::new();
    for file in files_in(folder)? {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.contains("graph_devices") {
            let rid = file.strip_prefix(folder)?.iter().next().unwrap_or_default();
            found.insert(rid.to_string_lossy().into_owned());
        }
    }
    if found.iter().map(String::as_str).eq(wanted.iter().copied()) {
        Ok(())
    } else {
        Err(format!("it has {found:?}, and the targets are {wanted:?}").into())
    }
}

/// One manifest at the top, for this version, and a type for each file, as the Open Packaging Conventions want it.
fn parts(tree: &Path) -> Result {
    let manifest = fs::read_to_string(tree.join("GraphDevices.nuspec"))?;
    if !manifest.contains(&format!("<version>{VERSION}</version>")) {
        return Err(format!("the manifest is not of {VERSION}").into());
    }
    let relations = fs::read_to_string(tree.join("_rels/.rels"))?;
    if !relations.contains("Target=\"/GraphDevices.nuspec\"") {
        return Err("_rels/.rels does not name the manifest".into());
    }
    let types = fs::read_to_string(tree.join("[Content_Types].xml"))?;
    for file in files_in(tree)? {
        let part = file.strip_prefix(tree)?.to_string_lossy().into_owned();
        let declared = match file.extension() {
            // A file `.rels` is all extension.
            _ if part == "_rels/.rels" => "Extension=\"rels\"".to_owned(),
            Some(kind) => format!("Extension=\"{}\"", kind.to_string_lossy()),
            None => format!("PartName=\"/{part}\""),
        };
        if part != "[Content_Types].xml" && !types.contains(&declared) {
            return Err(format!("{part} has no type").into());
        }
    }
    for wanted in [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "build/net462/GraphDevices.targets",
        "lib/net462/GraphDevices.dll",
        "lib/netstandard2.0/GraphDevices.dll",
        "lib/netstandard2.0/GraphDevices.xml",
    ] {
        if !tree.join(wanted).is_file() {
            return Err(format!("{wanted} is missing").into());
        }
    }
    Ok(())
}

/// The module, imported from where its archive was unpacked, retires a user's devices.
fn in_powershell(suite: &mut Suite, place: &Path, emulator: &Emulator) {
    let what = "PowerShell module: one user";
    let Some(pwsh) = find("pwsh") else {
        suite.skip(what, "pwsh is not on PATH");
        return;
    };
    let mut shell = command(pwsh);
    shell
        .args(["-NoProfile", "-NonInteractive", "-Command"])
        .arg(format!(
            "$ErrorActionPreference = 'Stop'; Import-Module GraphDevices; \
             (Remove-GraphAllUserDevice {USER} -AccessToken {{ $env:GRAPH_TOKEN }} -Force).Outcome"
        ))
        .env("PSModulePath", place);
    suite.check(what, accepts(&mut shell, emulator));
}

/// Debian's client of NuGet restores the package. The example of .NET, compiled against it, finds the library as .NET and the
/// package's targets lay it out: beside the program.
fn restored(suite: &mut Suite, nuget: &Path, place: &Path, emulator: &Emulator) -> Result {
    let packages = place.join("packages");
    match find("nuget") {
        None => suite.skip(
            "NuGet package: restored",
            "nuget is not installed (Debian: nuget)",
        ),
        Some(client) => {
            let mut install = command(client);
            install.args([
                "install",
                "GraphDevices",
                "-NonInteractive",
                "-NoCache",
                "-Source",
            ]);
            install.arg(nuget.parent().ok_or("a file has a folder")?);
            install.arg("-OutputDirectory").arg(&packages);
            suite.check("NuGet package: restored", output(&mut install).map(drop));
        }
    }
    let tree = match packages.join(format!("GraphDevices.{VERSION}")) {
        tree if tree.is_dir() => tree,
        _ => place.join("nuget"),
    };
    for (framework, runtime) in [("net462", "mono"), ("netstandard2.0", "pwsh")] {
        let what = format!("NuGet package: {framework} by {runtime}");
        let Some(program) = find(runtime) else {
            suite.skip(&what, &format!("{runtime} is not on PATH"));
            continue;
        };
        let folder = place.join(framework);
        let called = compile(&tree, framework, &folder).and_then(|exe| {
            let mut call = command(program);
            match runtime {
                "mono" => call.arg(exe).arg(USER),
                _ => call.args([
                    "-NoProfile",
                    "-NonInteractive",
                    "-Command",
                    &by_entry_point(&folder),
                ]),
            };
            accepts(&mut call, emulator)
        });
        suite.check(&what, called);
    }
    Ok(())
}

/// Runs the program in PowerShell's own .NET: both assemblies are loaded by their path, as a host does that has no list of them.
fn by_entry_point(folder: &Path) -> String {
    let load = |name: &str| {
        format!(
            "[Reflection.Assembly]::LoadFrom('{}')",
            folder.join(name).display()
        )
    };
    format!(
        "[void]{}; exit {}.EntryPoint.Invoke($null, @(,[string[]]@('{USER}')))",
        load("GraphDevices.dll"),
        load("Retire.exe")
    )
}

fn compile(tree: &Path, framework: &str, folder: &Path) -> Result<PathBuf> {
    fresh(folder)?;
    let dll = folder.join("GraphDevices.dll");
    fs::copy(tree.join("lib").join(framework).join("GraphDevices.dll"), &dll)?;
    let native = tree.join("runtimes").join(Target::host()?.rid).join("native");
    for file in files_in(&native)? {
        fs::copy(&file, folder.join(file.file_name().ok_or("a file has a name")?))?;
    }
    let exe = folder.join("Retire.exe");
    let mut compiler = command("mcs");
    compiler
        .arg(format!("-out:{}", exe.display()))
        .arg(format!("-r:{}", dll.display()))
        .arg(root().join("bindings/powershell/examples/Retire.cs"));
    output(&mut compiler)?;
    Ok(exe)
}

/// Runs a program that retires the devices of one user.
fn accepts(program: &mut std::process::Command, emulator: &Emulator) -> Result {
    emulator.reset(None)?;
    program
        .env("GRAPH_TOKEN", "demo-token")
        .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
    let ended = attempt(program)?;
    let text = printed(&ended);
    if ended.status.success() && text.to_lowercase().contains("accepted") {
        Ok(())
    } else {
        Err(format!("{}: {text}", ended.status).into())
    }
}
