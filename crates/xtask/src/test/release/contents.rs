//! What lies in the archives: notices, the oldest glibc, no folder of the builder, checksums.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::dist::targets::Target;
use crate::report::Suite;
use crate::tools::{Result, command, files, output, root};

pub(super) fn checks(
    suite: &mut Suite,
    target: &Target,
    library: &Path,
    programs: &[&PathBuf],
    out: &Path,
) -> Result {
    let triple = target.triple;
    let mut trees = vec![library];
    trees.extend(programs.iter().map(|tree| tree.as_path()));
    for tree in &trees {
        let name = tree.file_name().unwrap_or_default().to_string_lossy();
        suite.check(&format!("{name}: licences and notices"), notices(tree));
    }
    suite.check(&format!("{triple}: no folder of the builder"), no_folder(&trees));
    if let Some(oldest) = target.glibc {
        let newest = newest_glibc(library)?;
        let result = if newest == oldest {
            Ok(())
        } else {
            Err(format!("the library needs glibc {newest}").into())
        };
        suite.check(&format!("{triple}: glibc {oldest}"), result);
    }
    suite.check(
        &format!("{triple}: SHA256SUMS"),
        output(
            command("sha256sum")
                .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
                .current_dir(out),
        )
        .map(drop),
    );
    Ok(())
}

/// Every crate of the bill of materials has its notice.
fn notices(tree: &Path) -> Result {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        if !tree.join(name).is_file() {
            return Err(format!("{name} is missing").into());
        }
    }
    let texts = fs::read_to_string(tree.join("THIRD-PARTY-NOTICES.txt"))?;
    let bill: Value = serde_json::from_str(&fs::read_to_string(tree.join("sbom.cyclonedx.json"))?)?;
    let components = bill["components"].as_array().ok_or("no components")?;
    for component in components {
        let title = format!(
            "{} {} (",
            component["name"].as_str().unwrap_or_default(),
            component["version"].as_str().unwrap_or_default()
        );
        if !texts.contains(&title) {
            return Err(format!("no notice of {title}").into());
        }
    }
    let has_rustls = components.iter().any(|component| component["name"] == "rustls");
    if has_rustls {
        Ok(())
    } else {
        Err("rustls is not in the bill".into())
    }
}

/// No file names a folder of the machine that built it.
pub(super) fn no_folder(trees: &[&Path]) -> Result {
    let mut folders = vec![root()];
    folders.extend(std::env::home_dir());
    for file in trees
        .iter()
        .map(|tree| files(tree))
        .collect::<Result<Vec<_>>>()?
        .concat()
    {
        let content = fs::read(&file)?;
        for folder in &folders {
            let wanted = format!("{}/", folder.display());
            if contains(&content, wanted.as_bytes()) {
                return Err(format!("{} contains {wanted}", file.display()).into());
            }
        }
    }
    Ok(())
}

fn contains(content: &[u8], wanted: &[u8]) -> bool {
    content.windows(wanted.len()).any(|part| part == wanted)
}

/// The newest version of glibc that a symbol of the shared library asks for.
fn newest_glibc(library: &Path) -> Result<String> {
    let symbols = output(
        command("objdump")
            .arg("-T")
            .arg(library.join("lib/libgraph_devices.so")),
    )
    .or_else(|_| {
        output(
            command("readelf")
                .args(["-W", "--dyn-syms"])
                .arg(library.join("lib/libgraph_devices.so")),
        )
    })?;
    let mut versions: Vec<Vec<u32>> = symbols
        .split("GLIBC_")
        .skip(1)
        .map(|rest| {
            let number = rest.split(|c: char| !c.is_ascii_digit() && c != '.').next();
            number
                .unwrap_or_default()
                .split('.')
                .filter_map(|part| part.parse().ok())
                .collect()
        })
        .collect();
    versions.sort();
    let newest = versions.pop().ok_or("no symbol of glibc was found")?;
    Ok(newest.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
}
