//! Packages of Linux distributions with the C and C++ library, made by nfpm from its tree.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::build;
use super::libraries::soname;
use super::targets::{System, Target};
use crate::tools::{Result, VERSION, command, files, output, root, target};

/// A form of package.
struct Form {
    name: &'static str,
    /// Where libraries lie.
    lib: &'static str,
    /// What it needs of the system.
    needs: &'static str,
}

const DEB: Form = Form {
    name: "deb",
    lib: "/usr/lib",
    needs: "libc6 (>= 2.17)",
};

const RPM: Form = Form {
    name: "rpm",
    lib: "/usr/lib64",
    needs: "glibc >= 2.17",
};

const APK: Form = Form {
    name: "apk",
    lib: "/usr/lib",
    needs: "musl",
};

/// Makes the packages that a target has: `.deb` and `.rpm` with glibc, `.apk` with musl.
pub(super) fn make(wanted: &Target, tree: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    let forms: &[Form] = match (wanted.system, wanted.glibc) {
        (System::Linux, Some(_)) => &[DEB, RPM],
        (System::Linux, None) => &[APK],
        _ => &[],
    };
    forms
        .iter()
        .map(|form| package(form, wanted, tree, out))
        .collect()
}

fn package(form: &Form, wanted: &Target, tree: &Path, out: &Path) -> Result<PathBuf> {
    let machine = if wanted.triple.starts_with("aarch64") {
        "arm64"
    } else {
        "amd64"
    };
    let config = json!({
        "name": "graph-devices",
        "arch": machine,
        "version": VERSION,
        "release": "1",
        "maintainer": "The graph-devices authors",
        "description": "Retires every Intune-managed device of a user through Microsoft Graph",
        "homepage": "https://github.com/graph-devices/graph-devices",
        "license": "MIT OR Apache-2.0",
        "section": "libdevel",
        "depends": [form.needs],
        "contents": contents(form, tree)?,
        "deb": {"triggers": {"activate": ["ldconfig"]}},
        "rpm": {"buildhost": "localhost"},
        "overrides": {"rpm": {"provides": [format!("{}()(64bit)", soname())]}},
    });
    let place = target()
        .join("dist")
        .join(format!("nfpm-{}.{}.yaml", wanted.triple, form.name));
    // JSON is YAML.
    fs::write(&place, serde_json::to_string_pretty(&config)?)?;
    let file = out.join(format!("graph-devices_{VERSION}_{machine}.{}", form.name));
    let mut nfpm = command(build::tools()?.join("nfpm"));
    nfpm.args(["package", "--packager", form.name, "--config"])
        .arg(&place)
        .arg("--target")
        .arg(&file)
        .env("SOURCE_DATE_EPOCH", build::epoch()?);
    output(&mut nfpm)?;
    Ok(file)
}

/// Every file of the tree at its place. The script for PowerShell stays in the archive.
fn contents(form: &Form, tree: &Path) -> Result<Vec<Value>> {
    let mut contents = Vec::new();
    for file in files(tree)? {
        let inside = file.strip_prefix(tree)?.to_string_lossy().into_owned();
        let to = match inside.split_once('/') {
            _ if file.extension().is_some_and(|kind| kind == "ps1") => continue,
            Some(("lib", rest)) => format!("{}/{rest}", form.lib),
            Some(("include", rest)) => format!("/usr/include/{rest}"),
            _ => format!("/usr/share/doc/graph-devices/{inside}"),
        };
        contents.push(if file.is_symlink() {
            json!({"src": fs::read_link(&file)?, "dst": to, "type": "symlink"})
        } else {
            let from = file.strip_prefix(root()).unwrap_or(&file);
            json!({"src": from, "dst": to, "file_info": {"mode": 0o644}})
        });
    }
    Ok(contents)
}
