//! The C and C++ tree: headers, libraries, pkg-config and CMake files.

pub(crate) use super::libraries::soname;

use std::fs;
use std::path::{Path, PathBuf};

use super::libraries::Libraries;
use super::targets::Target;
use super::{Profile, copy_licences, powershell};
use crate::tools::{Result, VERSION, cargo, files, fresh, messages, root, target};

/// Lays out the tree and prints its place.
pub(crate) fn run(profile: Profile) -> Result {
    println!("{}", lay_out(profile)?.display());
    Ok(())
}

/// Builds the library for this machine and lays out `target/dist/c/graph-devices-VERSION`.
pub(crate) fn lay_out(profile: Profile) -> Result<PathBuf> {
    let private = build(profile)?;
    let tree = target()
        .join("dist")
        .join(profile.dist("c"))
        .join(format!("graph-devices-{VERSION}"));
    let libraries = Libraries::of(Target::host()?);
    lay_out_built(&tree, &libraries, &target().join(profile.folder()), &private)?;
    Ok(tree)
}

/// Lays out what lies in the folder `built`.
pub(super) fn lay_out_built(tree: &Path, libraries: &Libraries, built: &Path, private: &str) -> Result {
    fresh(tree)?;
    headers(tree)?;
    libraries.copy(built, tree)?;
    package_files(tree, libraries, private)?;
    powershell::copy_script(&tree.join(libraries.folder_of_shared()))?;
    copy_licences(tree)
}

/// Builds the libraries; returns the system libraries that a static link needs.
pub(crate) fn build(profile: Profile) -> Result<String> {
    let said = messages(&mut cargo(&[
        "rustc",
        "--package",
        "graph-devices-capi",
        "--lib",
        "--profile",
        profile.name(),
        "--",
        "--print",
        "native-static-libs",
    ]))?;
    let line = said
        .lines()
        .find_map(|line| line.split_once("native-static-libs: "));
    Ok(line
        .ok_or("cargo did not name the native static libraries")?
        .1
        .trim()
        .to_owned())
}

fn headers(tree: &Path) -> Result {
    let include = tree.join("include");
    fs::create_dir(&include)?;
    fs::copy(
        root().join("include/graph_devices.h"),
        include.join("graph_devices.h"),
    )
    .map_err(|error| format!("include/graph_devices.h: {error}; run `cargo xtask header`"))?;
    for header in cpp_headers()? {
        let to = include.join(header.strip_prefix(root().join("include"))?);
        fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
        fs::copy(header, to)?;
    }
    Ok(())
}

/// The C++ header and its parts.
pub(crate) fn cpp_headers() -> Result<Vec<PathBuf>> {
    let mut headers = files(&root().join("include"))?;
    headers.retain(|file| file.extension().is_some_and(|extension| extension == "hpp"));
    Ok(headers)
}

fn package_files(tree: &Path, libraries: &Libraries, private: &str) -> Result {
    // Compilers link the half of libgcc that fits by themselves; a program that is static as a whole has no libgcc_s
    // (<https://github.com/rust-lang/rust/issues/83143>).
    let private = private.replace("-lgcc_s", "").trim().to_owned();
    for (folder, into) in [
        ("bindings/pkgconfig", "lib/pkgconfig"),
        ("bindings/cmake", "lib/cmake/GraphDevices"),
    ] {
        let into = tree.join(into);
        fs::create_dir_all(&into)?;
        for entry in fs::read_dir(root().join(folder))? {
            let template = entry?.path();
            if let Some(name) = template
                .file_name()
                .and_then(|name| name.to_str()?.strip_suffix(".in"))
            {
                let text = fs::read_to_string(&template)?;
                fs::write(into.join(name), fill(&text, libraries, &private))?;
            }
        }
    }
    Ok(())
}

fn fill(template: &str, libraries: &Libraries, private: &str) -> String {
    let items = private.split_whitespace().collect::<Vec<_>>().join(";");
    template
        .replace("@VERSION@", VERSION)
        .replace("@SHARED_PROPERTIES@", &libraries.cmake_properties())
        .replace("@STATIC_LIBRARY@", libraries.fixed)
        .replace("@LIBS_PRIVATE@", private)
        .replace("@LIBS_PRIVATE_LIST@", &items)
}
