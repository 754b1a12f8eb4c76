//! Link arguments of the shared library: its name for the dynamic linker, and that it is never unloaded, because its
//! threads may still be running.

/// The number in the library's name. It changes with every release that breaks the ABI: before 1.0 it is the version of that
/// release, `0.MINOR`, and then the major version.
const SOVERSION: &str = include_str!("SOVERSION");

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=SOVERSION");
    let number = SOVERSION.trim();
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux" | "android" | "freebsd") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libgraph_devices.so.{number}");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        Ok("macos") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libgraph_devices.{number}.dylib");
        }
        _ => {}
    }
}
