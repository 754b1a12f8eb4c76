//! The library for 64-bit Windows, built on Linux: by a toolchain that has the target, else by Debian's compiler, which builds the
//! standard library from its sources (packages rustc-web, cargo-web, rust-web-src), and mingw.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Profile;
use crate::tools::{Result, cargo, command, find, messages, output, target};

/// The target of the GNU tool chain.
const TRIPLE: &str = "x86_64-pc-windows-gnu";

/// What builds for Windows here.
enum Toolchain {
    /// The cargo that runs this program has the target's standard library.
    Own,
    /// Debian's.
    Debian,
}

/// Why nothing can be built for Windows here: the missing program or package.
pub(crate) fn missing() -> Option<&'static str> {
    if find("x86_64-w64-mingw32-gcc").is_none() {
        return Some("x86_64-w64-mingw32-gcc");
    }
    toolchain().is_none().then_some(
        "a Rust compiler for x86_64-pc-windows-gnu (a target of rustup, or Debian's rustc-web, cargo-web and rust-web-src)",
    )
}

/// Builds the library and, for tests, the emulator; returns the folder they lie in.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    let toolchain = toolchain().ok_or("no Rust compiler for Windows is installed")?;
    // Two compilers in one folder would build everything again by turns.
    let folder = target().join("windows");
    let mut build = match toolchain {
        Toolchain::Own => cargo(&["build"]),
        Toolchain::Debian => debian(),
    };
    build
        .args(["--locked", "--target", TRIPLE, "--package", "graph-devices-capi"])
        .args(["--profile", profile.name()])
        .env("CARGO_TARGET_DIR", &folder);
    if profile == Profile::Dev {
        build.args(["--package", "graph-emulator"]);
    }
    messages(&mut build)?;
    Ok(folder.join(TRIPLE).join(profile.folder()))
}

fn toolchain() -> Option<Toolchain> {
    let library = output(command("rustc").args(["--print", "target-libdir", "--target", TRIPLE]));
    if library.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Some(Toolchain::Own);
    }
    let sources = Path::new("/usr/lib/rustlib/src/rust/library");
    let is_there =
        sources.is_dir() && Path::new("/usr/bin/cargo").is_file() && Path::new("/usr/bin/rustc").is_file();
    is_there.then_some(Toolchain::Debian)
}

fn debian() -> Command {
    let mut build = command("/usr/bin/cargo");
    build
        .args(["build", "-Zbuild-std=std,panic_unwind"])
        .env("RUSTC", "/usr/bin/rustc")
        // Building the standard library is a feature of nightly compilers.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTUP_TOOLCHAIN");
    build
}
