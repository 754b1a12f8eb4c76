//! C and C++ programs compiled against the laid-out tree, linked both ways.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::compile::Program;
use super::header::functions;
use crate::dist::{Profile, c};
use crate::emulator::{self, Emulator};
use crate::header;
use crate::report::Suite;
use crate::tools::{Result, command, find, find_any, fresh, output, root, target};

const ABI: &str = "tests/c/abi_test.c";

pub(super) fn checks(suite: &mut Suite) -> Result {
    let Some(cc) = find("cc") else {
        suite.missing("all C programs", "a C compiler");
        return Ok(());
    };
    suite.check(
        "abi_test calls every function of the header",
        every_function_in(ABI),
    );
    let private = c::build(Profile::Dev)?;
    let tree = c::lay_out(Profile::Dev)?;
    let c11 = Program::new(&cc, "-std=c11", ABI);
    let shared = c11.shared(&tree)?;
    suite.program("abi_test, shared", &mut command(&shared));
    suite.program("abi_test, static", &mut command(c11.fixed(&tree, &private)?));
    cpp(suite, &tree)?;
    valgrind(suite, &shared);
    demo(suite, &cc, &tree)?;
    two_arguments(suite, &cc, &tree)?;
    pkg_config(suite, &cc, &tree)?;
    cmake(suite, &tree)
}

/// The C header as C++, and the C++ header over it.
fn cpp(suite: &mut Suite, tree: &Path) -> Result {
    suite.check(
        "graph_devices.hpp uses every function of the header",
        every_function_in("include/graph_devices.hpp"),
    );
    let Some(compiler) = find_any(&["c++", "g++", "clang++"]) else {
        suite.missing("all C++ programs", "a C++ compiler");
        return Ok(());
    };
    for (source, standard) in [
        (ABI, "-std=c++17"),
        ("tests/cpp/surface_test.cpp", "-std=c++17"),
        ("tests/cpp/surface_test.cpp", "-std=c++20"),
    ] {
        let program = Program::new(&compiler, standard, source).shared(tree)?;
        suite.program(&format!("{source}, {standard}"), &mut command(program));
    }
    Ok(())
}

fn every_function_in(source: &str) -> Result {
    let text = fs::read_to_string(root().join(source))?;
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect();
    let mut missing = functions(&fs::read_to_string(header::path())?);
    missing.retain(|function| !words.contains(function.name.as_str()));
    let names: Vec<String> = missing.into_iter().map(|function| function.name).collect();
    if names.is_empty() {
        Ok(())
    } else {
        Err(format!("not called: {}", names.join(", ")).into())
    }
}

/// No invalid access and nothing definitely lost.
fn valgrind(suite: &mut Suite, program: &Path) {
    let what = "abi_test under valgrind";
    let Some(valgrind) = find("valgrind") else {
        return suite.missing(what, "valgrind");
    };
    let arguments = [
        "--quiet",
        "--leak-check=full",
        "--errors-for-leak-kinds=definite",
        "--show-leak-kinds=definite",
        "--error-exitcode=9",
    ];
    suite.check(
        what,
        output(command(valgrind).args(arguments).arg(program)).map(drop),
    );
}

/// The C demonstration, as a user would run it.
fn demo(suite: &mut Suite, cc: &Path, tree: &Path) -> Result {
    let program = Program::new(cc, "-std=c11", "tests/c/demo.c").shared(tree)?;
    emulator::build()?;
    let emulator = Emulator::start("c")?;
    let run = |user: &str| {
        let mut demo = command(&program);
        demo.arg(user)
            .env("GRAPH_TOKEN", "demo-token")
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
        output(&mut demo)
    };
    suite.check(
        "demo.c retires a user's devices",
        run("adele@contoso.com").map(drop),
    );
    let refused = run("nobody@contoso.com");
    let said = refused.err().map(|error| error.to_string()).unwrap_or_default();
    let told = if said.contains("user_not_found") {
        Ok(())
    } else {
        Err(format!("it said {said:?}").into())
    };
    suite.check("demo.c fails for a user who does not exist", told);
    Ok(())
}

/// The call of two arguments has nothing but a status to tell that an earlier attempt may have been applied.
fn two_arguments(suite: &mut Suite, cc: &Path, tree: &Path) -> Result {
    let program = Program::new(cc, "-std=c11", "tests/c/two_arguments.c").shared(tree)?;
    let emulator = Emulator::start("c")?;
    let refusal =
        json!({"status": 403, "json": {"error": {"code": "Authorization_RequestDenied", "message": "no"}}});
    for (what, faults, wanted) in [
        ("two arguments, refused", json!([refusal]), "permission_denied"),
        (
            "two arguments, lost and then refused",
            json!([{"reset": "after"}, refusal]),
            "interrupted",
        ),
    ] {
        emulator.post("/_emulator/faults", &faults)?;
        let mut call = command(&program);
        call.arg("adele@contoso.com")
            .env("GRAPH_TOKEN", "demo-token")
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
        let told = String::from_utf8(call.output()?.stdout)?;
        let same = if told.trim() == wanted {
            Ok(())
        } else {
            Err(format!("it said {told:?}, not {wanted}").into())
        };
        suite.check(what, same);
    }
    Ok(())
}

/// A program built with nothing but what pkg-config says.
fn pkg_config(suite: &mut Suite, cc: &Path, tree: &Path) -> Result {
    let Some(pkg_config) = find("pkg-config") else {
        suite.missing("pkg-config", "pkg-config");
        return Ok(());
    };
    for (kind, options) in [
        ("shared", vec!["--cflags", "--libs"]),
        ("static", vec!["--cflags", "--libs", "--static"]),
    ] {
        let what = format!("built by pkg-config, {kind}");
        let mut ask = command(&pkg_config);
        ask.args(options)
            .arg("graph_devices")
            .env("PKG_CONFIG_PATH", tree.join("lib/pkgconfig"));
        let program = target().join("c").join(format!("pkg-config-{kind}"));
        let flags = output(&mut ask)?;
        let mut compiler = command(cc);
        compiler
            .arg("-std=c11")
            .arg(root().join(ABI))
            .arg("-o")
            .arg(&program);
        if kind == "static" {
            compiler.args(["-Wl,-Bstatic", "-lgraph_devices", "-Wl,-Bdynamic"]);
            compiler.arg(format!("-L{}", tree.join("lib").display()));
        }
        let built = output(compiler.args(flags.split_whitespace()));
        let ran = built.and_then(|_| output(command(&program).env("LD_LIBRARY_PATH", tree.join("lib"))));
        suite.check(&what, ran.map(drop));
    }
    Ok(())
}

/// A project that finds the library by `find_package`.
fn cmake(suite: &mut Suite, tree: &Path) -> Result {
    let Some(cmake) = find("cmake") else {
        suite.missing("a CMake project", "cmake");
        return Ok(());
    };
    let folder = target().join("c/cmake");
    fresh(&folder)?;
    let mut configure = command(&cmake);
    configure
        .arg("-S")
        .arg(root().join("tests/c"))
        .arg("-B")
        .arg(&folder);
    configure.arg(format!("-DCMAKE_PREFIX_PATH={}", tree.display()));
    let built = output(&mut configure).and_then(|_| output(command(&cmake).arg("--build").arg(&folder)));
    let ran = built.and_then(|_| {
        for program in ["abi_test_shared", "abi_test_static"] {
            output(&mut command(folder.join(program)))?;
        }
        Ok(())
    });
    suite.check("a CMake project, shared and static", ran);
    Ok(())
}
