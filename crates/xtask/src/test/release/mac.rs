//! macOS, which cannot be linked for or run here: zig has its C headers, so programs that use ours compile, and Rust's sources
//! of the standard library let the library be type-checked.

use crate::dist::build;
use crate::dist::targets::Target;
use crate::report::Suite;
use crate::tools::{Result, command, fresh, output, root, target};

/// Programs, and the compiler of zig that takes them.
const PROGRAMS: [(&str, &str, &str); 3] = [
    ("cc", "-std=c11", "tests/c/two_arguments.c"),
    ("cc", "-std=c11", "tests/release/journaled.c"),
    ("c++", "-std=c++17", "tests/cpp/surface_test.cpp"),
];

pub(super) fn checks(suite: &mut Suite, wanted: &Target) -> Result {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let folder = target().join("release/mac");
    fresh(&folder)?;
    for (compiler, standard, source) in PROGRAMS {
        let mut zig = command(build::tools()?.join("python-zig"));
        zig.args([compiler, "-target", "aarch64-macos", standard, "-Wall", "-Werror"]);
        zig.arg("-I").arg(root().join("include"));
        zig.args(["-c", source, "-o"]).arg(folder.join("program.o"));
        suite.check(
            &format!("{}: {source} compiles by zig", wanted.triple),
            output(&mut zig).map(drop),
        );
    }
    match build::type_check(wanted) {
        Some(checked) => suite.check(&format!("{}: the library's types", wanted.triple), checked),
        None => suite.skip(
            &format!("{}: the library's types", wanted.triple),
            "Debian's rustc-web, cargo-web and rust-web-src are not installed",
        ),
    }
    Ok(())
}
