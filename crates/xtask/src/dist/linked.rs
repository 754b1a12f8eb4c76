//! The crates that are linked into a library: their notices and the bill of materials.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::targets::Target;
use crate::tools::{Result, VERSION, cargo, command, output};

/// A crate of others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Crate {
    name: String,
    version: String,
    licence: String,
    repository: String,
    folder: PathBuf,
}

/// What a crate calls the files that its licence asks to pass on.
const TEXTS: [&str; 5] = ["license", "licence", "copying", "copyright", "notice"];

/// The crates of others that `package` links on a target.
pub(crate) fn crates(package: &str, target: &Target) -> Result<Vec<Crate>> {
    let tree = output(&mut cargo(&[
        "tree",
        "--locked",
        "--package",
        package,
        "--target",
        target.triple,
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let linked: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect();
    let metadata = output(&mut cargo(&[
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        target.triple,
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let text = |package: &Value, field: &str| package[field].as_str().unwrap_or_default().to_owned();
    let mut crates: Vec<Crate> = metadata["packages"]
        .as_array()
        .ok_or("cargo metadata lists no packages")?
        .iter()
        .filter(|package| !package["source"].is_null())
        .map(|package| Crate {
            name: text(package, "name"),
            version: text(package, "version"),
            licence: text(package, "license"),
            repository: text(package, "repository"),
            folder: Path::new(&text(package, "manifest_path"))
                .parent()
                .unwrap_or(Path::new(""))
                .to_owned(),
        })
        .filter(|found| linked.contains(&(found.name.as_str(), found.version.as_str())))
        .collect();
    crates.sort();
    Ok(crates)
}

/// Writes the notices of these crates and of Rust's standard library into a folder.
pub(crate) fn write_notices(crates: &[Crate], folder: &Path) -> Result {
    fs::write(folder.join("THIRD-PARTY-NOTICES.txt"), notices(crates)?)?;
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    let own = Path::new(sysroot.trim()).join("share/doc/rust/COPYRIGHT-library.html");
    let debian = Path::new("/usr/share/doc/rustc-web/copyright");
    for (file, name) in [
        (own.as_path(), "THIRD-PARTY-RUST-LIBRARY.html"),
        (debian, "THIRD-PARTY-RUST-LIBRARY.txt"),
    ] {
        if file.is_file() {
            fs::copy(file, folder.join(name))?;
            return Ok(());
        }
    }
    Err(format!("{} and {} do not exist", own.display(), debian.display()).into())
}

/// The text of each licence once, after the crates that have it.
fn notices(crates: &[Crate]) -> Result<String> {
    let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for linked in crates {
        let texts = texts(&linked.folder)?;
        if texts.is_empty() {
            return Err(format!("{} {} carries no licence text", linked.name, linked.version).into());
        }
        for text in texts {
            let title = format!("{} {} ({})", linked.name, linked.version, linked.licence);
            holders.entry(text).or_default().push(title);
        }
    }
    let mut sections: Vec<(Vec<String>, String)> =
        holders.into_iter().map(|(text, titles)| (titles, text)).collect();
    sections.sort();
    let mut all = format!("graph-devices {VERSION} contains the software of others, under these terms.\n");
    for (titles, text) in sections {
        let line = "=".repeat(78);
        writeln!(all, "\n{line}\n{}\n{line}\n\n{text}", titles.join("\n"))?;
    }
    Ok(all)
}

fn texts(folder: &Path) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        if file.is_file() && TEXTS.iter().any(|start| name.starts_with(start)) {
            let text = fs::read_to_string(&file)?.replace("\r\n", "\n");
            texts.insert(text.trim().to_owned());
        }
    }
    Ok(texts)
}

/// The bill of materials: `CycloneDX` 1.5, without time and serial number, so that it is the same for the same crates.
pub(crate) fn bill_of_materials(package: &str, crates: &[Crate]) -> Result<String> {
    let components: Vec<Value> = crates
        .iter()
        .map(|linked| {
            let mut component = json!({
                "type": "library",
                "bom-ref": linked.url(),
                "name": linked.name,
                "version": linked.version,
                "purl": linked.url(),
                "licenses": [{"expression": linked.licence.replace('/', " OR ")}],
            });
            if !linked.repository.is_empty() {
                component["externalReferences"] = json!([{"type": "vcs", "url": linked.repository}]);
            }
            component
        })
        .collect();
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {
            "type": "library",
            "bom-ref": package,
            "name": package,
            "version": VERSION,
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
        }},
        "components": components,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

impl Crate {
    fn url(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}
