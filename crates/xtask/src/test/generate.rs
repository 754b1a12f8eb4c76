//! Generated files are up to date, and a new option, field, status and event reach every language: each is added to core in a
//! copy of the repository, the mirrors are written, and the code that uses them is compiled.

use std::fs;
use std::path::{Path, PathBuf};

use crate::generate;
use crate::report::Suite;
use crate::tools::{
    Result, attempt, cargo, command, files, find_any, fresh, output, printed, root, tail, target,
};

/// What is added: the file of core, the text before which it goes in, and the new text.
const ADDED: [(&str, &str, &str); 12] = [
    (
        "crates/core/src/run/options.rs",
        "    /// The most requests in flight at once",
        "    /// An option of a test. The default is 7.\n    pub fn tested_option(mut self, number: usize) -> Result<Self> {\n        self.connections = number.min(MAX_CONNECTIONS);\n        Ok(self)\n    }\n\n",
    ),
    (
        "crates/core/src/error.rs",
        "    /// The wait that the service asked for.",
        "    /// A field of a test.\n    pub tested_field: Option<String>,\n",
    ),
    (
        "crates/core/src/error.rs",
        "            retry_after: None,",
        "            tested_field: None,\n",
    ),
    (
        "crates/core/src/status.rs",
        "    /// A bug in this library. After a panic its effect is possible.\n    Internal = 17,",
        "    /// A status of a test.\n    TestedStatus = 18,\n",
    ),
    (
        "crates/core/src/status.rs",
        "        Self::Internal,\n    ];",
        "        Self::TestedStatus,\n",
    ),
    (
        "crates/core/src/status.rs",
        "            Self::Ok => (",
        "            Self::TestedStatus => (\"tested_status\", \"a status of a test\"),\n",
    ),
    ("crates/core/src/status.rs", "    const ALL: [Self; 18]", ""),
    (
        "crates/core/src/run/event.rs",
        "    /// The last event: counts",
        "    /// An event of a test.\n    TestedEvent = 8,\n",
    ),
    (
        "crates/core/src/run/event.rs",
        "            Self::Verified,\n        ]",
        "            Self::TestedEvent,\n",
    ),
    (
        "crates/core/src/run/event.rs",
        "            Self::Verified => \"verified\",",
        "            Self::TestedEvent => \"tested_event\",\n",
    ),
    (
        "crates/core/src/run/event.rs",
        "            Self::Verified(_) => EventKind::Verified,",
        "            Self::TestedEvent => EventKind::TestedEvent,\n",
    ),
    (
        "crates/core/src/run/event.rs",
        "    /// A user is done.\n    Result(UserResult),",
        "    /// An event of a test.\n    TestedEvent,\n",
    ),
];

/// The files that must then have each of them, in the spelling of the language.
const REACHED: [(&str, &[&str]); 9] = [
    (
        "include/graph_devices.h",
        &[
            "graph_run_options_set_tested_option",
            "graph_error_tested_field",
            "GRAPH_STATUS_TESTED_STATUS = 18",
            "GRAPH_EVENT_TESTED_EVENT = 8",
        ],
    ),
    (
        "include/graph_devices/generated/options.hpp",
        &[
            "std::optional<int> tested_option",
            "graph_run_options_set_tested_option",
        ],
    ),
    (
        "include/graph_devices/generated/records.hpp",
        &["tested_field() const"],
    ),
    (
        "include/graph_devices/generated/words.hpp",
        &["tested_status =", "tested_event ="],
    ),
    (
        "bindings/powershell/src/generated/Options.cs",
        &["int? TestedOption"],
    ),
    (
        "bindings/powershell/src/generated/Records.cs",
        &["string TestedField"],
    ),
    (
        "bindings/powershell/src/generated/Numbers.cs",
        &["TestedStatus = 18", "TestedEvent = 8"],
    ),
    (
        "python/src/graph_devices/generated/errors.py",
        &["class TestedStatusError", "tested_field: Optional[str]"],
    ),
    ("docs/reference/options.md", &["`tested_option`"]),
];

pub(super) fn checks(suite: &mut Suite) -> Result {
    suite.check("generated files are those of core's sources", generate::check());
    let copy = copied()?;
    suite.check("a new option, field, status and event can be added", added(&copy));
    suite.check("the mirrors are written", generate::write_at(&copy).map(drop));
    for (file, wanted) in REACHED {
        suite.check(&format!("they reach {file}"), holds(&copy.join(file), wanted));
    }
    suite.check(
        "they compile in Rust, the C ABI and the Python module",
        compiled(&copy),
    );
    for (compilers, standard, source) in [
        (["cc", "gcc"], "-std=c11", "tests/c/scenario_runner.c"),
        (["c++", "g++"], "-std=c++17", "tests/cpp/scenario_runner.cpp"),
    ] {
        match find_any(&compilers) {
            Some(compiler) => {
                let mut check = command(compiler);
                check.current_dir(&copy).args([
                    standard,
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-fsyntax-only",
                    "-Iinclude",
                    source,
                ]);
                suite.check(&format!("they compile in {source}"), output(&mut check).map(drop));
            }
            None => suite.missing(source, compilers[0]),
        }
    }
    match find_any(&["mcs"]) {
        Some(mcs) => suite.check("they compile in C#", csharp(&mcs, &copy)),
        None => suite.missing("C#", "mcs"),
    }
    match find_any(&["python3"]) {
        Some(python) => {
            let mut check = command(python);
            check
                .current_dir(&copy)
                .args(["-m", "compileall", "-q", "python/src/graph_devices/generated"]);
            suite.check("they compile in Python", output(&mut check).map(drop));
        }
        None => suite.missing("Python", "python3"),
    }
    // A copy of the tests looks like what a test has written.
    fs::remove_dir_all(copy)?;
    Ok(())
}

/// A copy of what the generator reads and writes.
fn copied() -> Result<PathBuf> {
    let copy = target().join("generate");
    fresh(&copy)?;
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        "clippy.toml",
        "crates",
        "include",
        "bindings",
        "python",
        "tests",
        "fuzz",
        "docs",
    ] {
        for file in files(&root().join(part))? {
            let to = copy.join(file.strip_prefix(root())?);
            fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
            fs::copy(&file, to)?;
        }
    }
    Ok(copy)
}

fn added(copy: &Path) -> Result {
    for (file, before, new) in ADDED {
        let path = copy.join(file);
        let text = fs::read_to_string(&path)?;
        if text.matches(before).count() != 1 {
            return Err(format!("{file} has not one place {before:?}").into());
        }
        let text = match new {
            "" => text.replace("const ALL: [Self; 18]", "const ALL: [Self; 19]"),
            new if before.ends_with("];") || before.ends_with(']') || before.starts_with("    /// A bug") => {
                // Behind the last member.
                let (member, rest) = before.split_at(before.rfind(",\n").map_or(before.len(), |at| at + 2));
                text.replace(before, &format!("{member}{new}{rest}"))
            }
            new => text.replace(before, &format!("{new}{before}")),
        };
        fs::write(&path, text)?;
    }
    Ok(())
}

fn holds(file: &Path, wanted: &[&str]) -> Result {
    let text = fs::read_to_string(file)?;
    let missing: Vec<_> = wanted.iter().filter(|part| !text.contains(**part)).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("there is no {missing:?}").into())
    }
}

/// The whole workspace except the commands; built in the target folder of this one, so that the dependencies are built.
fn compiled(copy: &Path) -> Result {
    let mut check = cargo(&["check", "--quiet"]);
    for package in [
        "graph-devices",
        "graph-devices-capi",
        "graph-devices-python",
        "scenario-runner",
    ] {
        check.args(["--package", package]);
    }
    check.current_dir(copy).env("CARGO_TARGET_DIR", target());
    let ended = attempt(&mut check)?;
    if ended.status.success() {
        return Ok(());
    }
    Err(tail(&printed(&ended), 40).into())
}

fn csharp(mcs: &Path, copy: &Path) -> Result {
    let assembly = copy.join("GraphDevices.dll");
    let mut sources = files(&copy.join("bindings/powershell/src"))?;
    sources.retain(|file| file.extension().is_some_and(|ending| ending == "cs"));
    let flags = ["-langversion:5", "-warnaserror", "-unsafe+", "-nowarn:1591"];
    output(
        command(mcs)
            .args(flags)
            .arg("-target:library")
            .arg(format!("-out:{}", assembly.display()))
            .args(&sources),
    )?;
    let runner = ["ScenarioRunner.cs", "ScenarioJson.cs", "generated/Fields.cs"]
        .map(|file| copy.join("tests/dotnet").join(file));
    let reference = format!("-r:{}", assembly.display());
    output(
        command(mcs)
            .args(["-langversion:5", "-warnaserror", &reference])
            .arg(format!("-out:{}", copy.join("runner.exe").display()))
            .args(runner),
    )?;
    Ok(())
}
