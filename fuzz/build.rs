//! Builds `libgraph_devices.a` for the target `capi`, with the sanitizer and the coverage counters that cargo-fuzz asks for.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    let folder = |name: &str| PathBuf::from(env::var_os(name).expect("cargo sets it for a build script"));
    let text = |name: &str| env::var(name).expect("cargo sets it for a build script");
    let top = folder("CARGO_MANIFEST_DIR").join("..");
    for part in ["Cargo.toml", "Cargo.lock", "crates/core", "crates/capi"] {
        println!("cargo::rerun-if-changed={}", top.join(part).display());
    }

    // A folder of its own: cargo holds a lock on that of the build this is part of.
    let built = folder("OUT_DIR").join("archive");
    let target = text("TARGET");
    let mut cargo = Command::new(folder("CARGO"));
    cargo
        .args([
            "rustc",
            "--quiet",
            "--release",
            "--package",
            "graph-devices-capi",
            "--lib",
        ])
        .args(["--crate-type", "staticlib", "--target", &target])
        .current_dir(&top)
        .env("CARGO_TARGET_DIR", &built)
        // The same code as in a release, but with the names of its functions in a finding.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
        .env("CARGO_ENCODED_RUSTFLAGS", text("CARGO_ENCODED_RUSTFLAGS"));
    let ended = cargo.status().expect("cargo can be started");
    assert!(ended.success(), "libgraph_devices.a could not be built");

    let archive = built.join(target).join("release/libgraph_devices.a");
    println!("cargo::rustc-link-arg-bin=capi={}", archive.display());
}
