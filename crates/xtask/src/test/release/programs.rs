//! C programs that use an unpacked archive by pkg-config and by CMake, and the emulator of the release.

use std::fs;
use std::path::{Path, PathBuf};

use super::platform::Platform;
use super::source;
use crate::emulator::Emulator;
use crate::report::Suite;
use crate::tools::{Result, command, fresh, output};

/// The users of the small run, and what comes of each.
pub(super) const RUN: [(&str, &str); 3] = [
    ("adele@contoso.com", "skipped"),
    ("diego@contoso.com", "accepted"),
    ("missing@contoso.com", "failed"),
];

/// The user of the call with two arguments.
const ONE: &str = "diego@contoso.com";

pub(super) fn checks(suite: &mut Suite, platform: &Platform, tree: &Path, emulator: &Emulator) {
    let triple = platform.target.triple;
    for kind in ["shared", "static"] {
        let ran = by_pkg_config(platform, tree, kind)
            .and_then(|[call, run]| use_them(platform, tree, &call, &run, emulator));
        suite.check(&format!("{triple}: pkg-config, {kind}"), ran);
    }
    let built = by_cmake(platform, tree);
    match built {
        Err(error) => suite.check(&format!("{triple}: CMake"), Err(error)),
        Ok(folder) => {
            for kind in ["shared", "static"] {
                if kind == "static" && platform.by_musl_gcc() {
                    suite.skip(
                        &format!("{triple}: CMake, static"),
                        "Debian's musl-gcc has the unwinder of glibc",
                    );
                    continue;
                }
                let program = |name: &str| folder.join(format!("{name}_{kind}{}", platform.target.exe()));
                let ran = use_them(
                    platform,
                    tree,
                    &program("two_arguments"),
                    &program("journaled"),
                    emulator,
                );
                suite.check(&format!("{triple}: CMake, {kind}"), ran);
            }
        }
    }
}

/// The emulator starts.
pub(super) fn start(suite: &mut Suite, platform: &Platform, tree: &Path, rehearsal: &Path) {
    let triple = platform.target.triple;
    let program = rehearsal.join(format!("graph-emulator{}", platform.target.exe()));
    let help = platform
        .run(&program, tree)
        .and_then(|mut run| output(run.arg("--help")));
    suite.check(&format!("{triple}: the emulator starts"), help.map(drop));
}

/// The command line removes one user, and reports it.
pub(super) fn remove(platform: &Platform, tree: &Path, command_line: &Path, emulator: &Emulator) -> Result {
    emulator.reset(None)?;
    let program = command_line.join(format!("graph-devices{}", platform.target.exe()));
    let ran = |words: &[&str]| {
        let mut run = platform.run(&program, tree)?;
        run.args(words)
            .current_dir(command_line)
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint)
            .env("GRAPH_TOKEN", "demo-token");
        output(&mut run)
    };
    ran(&["remove", ONE, "--yes", "1", "--journal", "one.jsonl"])?;
    let report = ran(&["report", "one.jsonl", "--format", "json"])?;
    if report.contains(r#""accepted""#) {
        Ok(())
    } else {
        Err(format!("{ONE} is not accepted: {report}").into())
    }
}

/// Programs by pkg-config with the shared library of a tree.
pub(super) fn shared(platform: &Platform, tree: &Path, emulator: &Emulator) -> Result {
    let [call, run] = by_pkg_config(platform, tree, "shared")?;
    use_them(platform, tree, &call, &run, emulator)
}

/// The call of two arguments and a small run with a journal.
fn use_them(platform: &Platform, tree: &Path, call: &Path, run: &Path, emulator: &Emulator) -> Result {
    emulator.reset(None)?;
    let printed = output(
        platform
            .run(call, tree)?
            .arg(ONE)
            .env("GRAPH_TOKEN", "demo-token")
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint),
    )?;
    if printed.trim() != "ok" {
        return Err(format!("the call of two arguments printed {printed:?}").into());
    }
    emulator.reset(None)?;
    let journal = platform.folder.join("run.jsonl");
    if journal.exists() {
        fs::remove_file(&journal)?;
    }
    let printed = output(
        platform
            .run(run, tree)?
            .current_dir(&platform.folder)
            .arg("run.jsonl")
            .args(RUN.map(|(user, _)| user))
            .env("GRAPH_TOKEN", "demo-token")
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint),
    )?;
    outcomes(&printed)?;
    ended(&journal)
}

/// Each user has its line.
pub(super) fn outcomes(printed: &str) -> Result {
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    for (user, outcome) in RUN {
        if !lines.contains(&format!("{user} {outcome}").as_str()) {
            return Err(format!("{user} is not {outcome}: {printed}").into());
        }
    }
    Ok(())
}

/// The journal ends with the line of a finished run.
pub(super) fn ended(journal: &Path) -> Result {
    let text = fs::read_to_string(journal)?;
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    if last["event"] == "end" {
        Ok(())
    } else {
        Err(format!("the journal ends with {last}").into())
    }
}

/// Where libraries lie: Red Hat's systems have a folder of their own for those of 64 bits.
pub(super) fn libraries(tree: &Path) -> PathBuf {
    let wide = tree.join("lib64");
    if wide.is_dir() { wide } else { tree.join("lib") }
}

fn by_pkg_config(platform: &Platform, tree: &Path, kind: &str) -> Result<[PathBuf; 2]> {
    let mut ask = command("pkg-config");
    ask.args(["--cflags", "--libs", "graph_devices"])
        .env("PKG_CONFIG_LIBDIR", libraries(tree).join("pkgconfig"));
    if kind == "static" {
        ask.arg("--static");
    }
    let flags = output(&mut ask)?;
    let build = |name: &str| -> Result<PathBuf> {
        let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
        let program = platform
            .folder
            .join(format!("{stem}-{kind}{}", platform.target.exe()));
        let (mut compile, after) = match kind {
            "static" => platform.static_compiler()?,
            _ => (platform.compile(), &[][..]),
        };
        compile.arg("-std=c11").arg(source(name)).arg("-o").arg(&program);
        if kind == "static" {
            compile.arg("-static");
        }
        output(compile.args(flags.split_whitespace()).args(after))?;
        Ok(program)
    };
    Ok([build("c/two_arguments.c")?, build("release/journaled.c")?])
}

fn by_cmake(platform: &Platform, tree: &Path) -> Result<PathBuf> {
    let folder = platform.folder.join("cmake");
    fresh(&folder)?;
    let mut configure = command("cmake");
    configure
        .arg("-S")
        .arg(source("release"))
        .arg("-B")
        .arg(&folder)
        .arg(format!("-DCMAKE_C_COMPILER={}", platform.compiler))
        .arg(format!(
            "-DGraphDevices_DIR={}",
            tree.join("lib/cmake/GraphDevices").display()
        ))
        .args(&platform.cmake);
    output(&mut configure)?;
    let mut build = command("cmake");
    build.arg("--build").arg(&folder);
    if platform.by_musl_gcc() {
        build.args(["--target", "journaled_shared", "two_arguments_shared"]);
    }
    output(&mut build)?;
    Ok(folder)
}
