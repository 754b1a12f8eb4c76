//! The C and C++ archive: headers, libraries with their soname links, pkg-config and CMake files.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Profile, copy_licences, powershell};
use crate::tools::{Result, VERSION, cargo, files, fresh, messages, root, target};

/// The number in the soname. crates/capi/build.rs reads the same file and has the rule.
const SOVERSION: &str = include_str!("../../../capi/SOVERSION").trim_ascii();

/// Lays out the tree and prints its place.
pub(crate) fn run(profile: Profile) -> Result {
    println!("{}", lay_out(profile)?.display());
    Ok(())
}

/// Builds the library and lays out `target/dist/c/graph-devices-VERSION`.
pub(crate) fn lay_out(profile: Profile) -> Result<PathBuf> {
    let private = build(profile)?;
    let tree = target()
        .join("dist")
        .join(profile.dist("c"))
        .join(format!("graph-devices-{VERSION}"));
    fresh(&tree)?;
    headers(&tree)?;
    libraries(&tree, &target().join(profile.folder()))?;
    package_files(&tree, &private)?;
    powershell::copy_script(&tree.join("lib"))?;
    copy_licences(&tree)?;
    Ok(tree)
}

/// The name that programs ask the dynamic linker for, on Linux.
pub(crate) fn soname() -> String {
    format!("libgraph_devices.so.{SOVERSION}")
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

fn libraries(tree: &Path, built: &Path) -> Result {
    let lib = tree.join("lib");
    fs::create_dir(&lib)?;
    fs::copy(built.join("libgraph_devices.a"), lib.join("libgraph_devices.a"))?;
    if cfg!(target_os = "macos") {
        fs::copy(
            built.join("libgraph_devices.dylib"),
            lib.join("libgraph_devices.dylib"),
        )?;
        return Ok(());
    }
    let (file, soname) = (format!("libgraph_devices.so.{VERSION}"), soname());
    fs::copy(built.join("libgraph_devices.so"), lib.join(&file))?;
    link(&file, &lib.join(&soname))?;
    link(&soname, &lib.join("libgraph_devices.so"))
}

#[cfg(unix)]
fn link(to: &str, from: &Path) -> Result {
    Ok(std::os::unix::fs::symlink(to, from)?)
}

#[cfg(not(unix))]
fn link(_: &str, from: &Path) -> Result {
    Err(format!("{}: links are made on Unix only", from.display()).into())
}

fn package_files(tree: &Path, private: &str) -> Result {
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
                fs::write(into.join(name), fill(&fs::read_to_string(&template)?, &private))?;
            }
        }
    }
    Ok(())
}

fn fill(template: &str, private: &str) -> String {
    let items = private.split_whitespace().collect::<Vec<_>>().join(";");
    template
        .replace("@VERSION@", VERSION)
        .replace("@SOVERSION@", SOVERSION)
        .replace("@LIBS_PRIVATE@", private)
        .replace("@LIBS_PRIVATE_LIST@", &items)
}
