//! `cargo xtask abi BASE`: the C interface against that of an earlier commit or tag, by abidiff.
//!
//! The release's library has no types, so a library of pointers to all functions is compiled from each header.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::header;
use crate::report::Suite;
use crate::secrets::say;
use crate::test::header::functions;
use crate::tools::{Result, attempt, command, find, find_any, fresh, output, printed, root, target};

/// The file that holds the number of the soname.
const SOVERSION: &str = "crates/capi/SOVERSION";
const MAJOR: &str = "GRAPH_ABI_VERSION_MAJOR";
const MINOR: &str = "GRAPH_ABI_VERSION_MINOR";

/// An interface: its header, and the number in the library's soname.
#[derive(Clone)]
struct Interface {
    header: String,
    soversion: String,
}

/// What a program that was built with the older interface finds in the newer one.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    Same,
    Added,
    /// With what abidiff reports.
    Broken(String),
}

/// Compares with a commit; an error if a version has to be raised.
pub(crate) fn run(base: &str) -> Result {
    let show = |file: &str| output(command("git").arg("show").arg(format!("{base}:{file}")));
    let old = Interface {
        header: show(header::HEADER)?,
        // The file is younger than the first commits: their number differs from every later one.
        soversion: show(SOVERSION).unwrap_or_default(),
    };
    let missing = missing(&old, &current()?)?;
    if missing.is_empty() {
        say(format!("the C interface fits that of {base}"));
        return Ok(());
    }
    Err(missing.join("\n").into())
}

fn current() -> Result<Interface> {
    Ok(Interface {
        header: fs::read_to_string(header::path())?,
        soversion: fs::read_to_string(root().join(SOVERSION))?,
    })
}

/// The versions that the newer interface does not raise and has to.
fn missing(old: &Interface, new: &Interface) -> Result<Vec<String>> {
    let (before, after) = (version(&old.header)?, version(&new.header)?);
    let mut missing = Vec::new();
    match change(old, new)? {
        Change::Same => {}
        Change::Added => {
            if after <= before {
                missing.push(format!("what was added needs a higher {MINOR}"));
            }
        }
        Change::Broken(report) => {
            if after.0 <= before.0 {
                missing.push(format!("a broken interface needs a higher {MAJOR}:\n{report}"));
            }
            if old.soversion.trim() == new.soversion.trim() {
                missing.push(format!("a broken interface needs another number in {SOVERSION}"));
            }
        }
    }
    Ok(missing)
}

fn version(header: &str) -> Result<(u32, u32)> {
    let number = |name: &str| -> Result<u32> {
        let line = header
            .lines()
            .find_map(|line| line.strip_prefix(&format!("#define {name} ")))
            .ok_or_else(|| format!("the header does not define {name}"))?;
        Ok(line.trim().parse()?)
    };
    Ok((number(MAJOR)?, number(MINOR)?))
}

fn change(old: &Interface, new: &Interface) -> Result<Change> {
    let folder = target().join("abi");
    fresh(&folder)?;
    let (before, after) = (
        library(&folder.join("old"), &old.header)?,
        library(&folder.join("new"), &new.header)?,
    );
    let compared = attempt(command("abidiff").arg("--no-added-syms").args([before, after]))?;
    // Bits of the exit code: 1 an error, 2 wrong usage, 4 a difference, 8 one that breaks.
    match compared.status.code() {
        Some(0) => {}
        Some(4 | 8 | 12) => return Ok(Change::Broken(printed(&compared))),
        _ => return Err(printed(&compared).into()),
    }
    let is_added = names(&new.header)
        .difference(&names(&old.header))
        .next()
        .is_some();
    Ok(if is_added { Change::Added } else { Change::Same })
}

/// Compiles a library with a pointer to each function of the header.
fn library(folder: &Path, header: &str) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("graph_devices.h"), header)?;
    let mut source = "#include \"graph_devices.h\"\nextern \"C\" {\n".to_owned();
    for function in functions(header) {
        let name = &function.name;
        writeln!(
            source,
            "extern decltype(&{name}) const abi_{name};\ndecltype(&{name}) const abi_{name} = &{name};"
        )?;
    }
    source.push_str("}\n");
    fs::write(folder.join("abi.cpp"), source)?;
    let library = folder.join("libabi.so");
    let compiler = find_any(&["g++", "clang++"]).ok_or("no C++ compiler is installed")?;
    let mut compile = command(compiler);
    compile
        .args(["-std=c++17", "-g", "-fPIC", "-shared", "-o"])
        .arg(&library)
        .arg(folder.join("abi.cpp"));
    output(&mut compile)?;
    Ok(library)
}

/// The functions and constants of a header.
fn names(header: &str) -> BTreeSet<&str> {
    header
        .lines()
        .filter(|line| !line.trim_start().starts_with('*'))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .filter(|word| word.starts_with("GRAPH_") || word.starts_with("graph_"))
        .collect()
}

/// A change of the header, and whether it is accepted.
struct Case {
    what: &'static str,
    from: &'static str,
    to: &'static str,
    /// The words of the complaints.
    wanted: &'static [&'static str],
}

const CASES: [Case; 5] = [
    Case {
        what: "a parameter of another type",
        from: "int64_t wait_ms",
        to: "int32_t wait_ms",
        wanted: &[MAJOR, SOVERSION],
    },
    Case {
        what: "a status with another number",
        from: "GRAPH_STATUS_INVALID_ARGUMENT = 1,",
        to: "GRAPH_STATUS_INVALID_ARGUMENT = 99,",
        wanted: &[MAJOR, SOVERSION],
    },
    Case {
        what: "a removed function",
        from: "void graph_run_stop(graph_run *run);",
        to: "",
        wanted: &[MAJOR, SOVERSION],
    },
    Case {
        what: "a new function",
        from: "void graph_run_stop(graph_run *run);",
        to: "void graph_run_stop(graph_run *run);\nvoid graph_run_new(graph_run *run);",
        wanted: &[MINOR],
    },
    Case {
        what: "a renamed parameter",
        from: "int64_t wait_ms",
        to: "int64_t milliseconds",
        wanted: &[],
    },
];

/// The comparison finds what it should, and accepts each change once the versions are raised.
pub(crate) fn checks(suite: &mut Suite) -> Result {
    if find("abidiff").is_none() {
        suite.missing("all", "abidiff");
        return Ok(());
    }
    let old = current()?;
    for case in &CASES {
        let mut new = old.clone();
        new.header = old.header.replacen(case.from, case.to, 1);
        if new.header == old.header {
            suite.check(
                case.what,
                Err(format!("the header has no {:?}", case.from).into()),
            );
            continue;
        }
        suite.check(case.what, complains(&missing(&old, &new)?, case.wanted));
        let (major, minor) = version(&old.header)?;
        raise(&mut new.header, MAJOR, major);
        raise(&mut new.header, MINOR, minor);
        "raised".clone_into(&mut new.soversion);
        suite.check(
            &format!("{}, with its versions raised", case.what),
            complains(&missing(&old, &new)?, &[]),
        );
    }
    Ok(())
}

fn raise(header: &mut String, name: &str, from: u32) {
    *header = header.replace(
        &format!("#define {name} {from}\n"),
        &format!("#define {name} {}\n", from + 1),
    );
}

fn complains(found: &[String], wanted: &[&str]) -> Result {
    let fits = found.len() == wanted.len()
        && found
            .iter()
            .zip(wanted)
            .all(|(complaint, word)| complaint.contains(word));
    if fits {
        Ok(())
    } else {
        Err(format!("{found:?}, not {wanted:?}").into())
    }
}
