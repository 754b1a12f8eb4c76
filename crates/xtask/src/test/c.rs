//! C and C++ programs compiled against the laid-out tree, linked both ways.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::compile::Program;
use super::header::functions;
use crate::dist::{Profile, c};
use crate::emulator::{self, Emulator};
use crate::header;
use crate::report::Suite;
use crate::tools::{Result, attempt, command, find, find_any, fresh, output, root, target};

const ABI: [&str; 2] = ["tests/c/abi_test.c", "tests/c/abi_many_test.c"];

pub(super) fn checks(suite: &mut Suite) -> Result {
    let Some(cc) = find("cc") else {
        suite.missing("all C programs", "a C compiler");
        return Ok(());
    };
    suite.check(
        "the C tests call every function of the header",
        every_function_in(
            &[
                ABI[0],
                ABI[1],
                "tests/c/scenario_runner.c",
                "tests/c/generated/nothing.h",
            ]
            .map(|source| root().join(source)),
        ),
    );
    let private = c::build(Profile::Dev)?;
    let tree = c::lay_out(Profile::Dev)?;
    for source in ABI {
        let c11 = Program::new(&cc, "-std=c11", source);
        let shared = c11.shared(&tree)?;
        suite.program(&format!("{source}, shared"), &mut command(&shared));
        suite.program(
            &format!("{source}, static"),
            &mut command(c11.fixed(&tree, &private)?),
        );
        valgrind(suite, source, &mut command(shared));
    }
    lent(suite, &cc, &tree)?;
    cpp(suite, &tree)?;
    demo(suite, &cc, &tree)?;
    two_arguments(suite, &cc, &tree)?;
    pkg_config(suite, &cc, &tree)?;
    cmake(suite, &tree)
}

/// The C header as C++, and the C++ header over it.
fn cpp(suite: &mut Suite, tree: &Path) -> Result {
    suite.check(
        "graph_devices.hpp uses every function of the header",
        every_function_in(&c::cpp_headers()?),
    );
    let Some(compiler) = find_any(&["c++", "g++", "clang++"]) else {
        suite.missing("all C++ programs", "a C++ compiler");
        return Ok(());
    };
    for (source, standard) in [
        (ABI[0], "-std=c++17"),
        (ABI[1], "-std=c++17"),
        ("tests/cpp/surface_test.cpp", "-std=c++17"),
        ("tests/cpp/surface_test.cpp", "-std=c++20"),
    ] {
        let program = Program::new(&compiler, standard, source).shared(tree)?;
        suite.program(&format!("{source}, {standard}"), &mut command(program));
    }
    Ok(())
}

fn every_function_in(sources: &[PathBuf]) -> Result {
    let texts: Vec<String> = sources
        .iter()
        .map(fs::read_to_string)
        .collect::<std::io::Result<_>>()?;
    let text = texts.concat();
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
fn valgrind(suite: &mut Suite, what: &str, program: &mut Command) {
    let what = format!("{what} under valgrind");
    let Some(valgrind) = find("valgrind") else {
        return suite.missing(&what, "valgrind");
    };
    let arguments = [
        "--quiet",
        "--leak-check=full",
        "--errors-for-leak-kinds=definite",
        "--show-leak-kinds=definite",
        "--error-exitcode=9",
    ];
    let mut watched = command(valgrind);
    watched
        .args(arguments)
        .arg(program.get_program())
        .args(program.get_args());
    suite.check(&what, output(&mut watched).map(drop));
}

/// The program that reads every field of lists and events while they live.
fn lent(suite: &mut Suite, cc: &Path, tree: &Path) -> Result {
    let program = Program::new(cc, "-std=c11", "tests/c/scenario_runner.c").shared(tree)?;
    emulator::build()?;
    let emulator = Emulator::start("c")?;
    for (what, call) in [
        ("a list of devices", &["devices"][..]),
        ("rows with devices", &["run", "preview=1"]),
    ] {
        let mut runner = command(&program);
        runner
            .args(call)
            .arg(format!("endpoint={}", emulator.endpoint))
            .args(["token=demo-token", "user=adele@contoso.com"]);
        valgrind(suite, what, &mut runner);
    }
    Ok(())
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
    let refused = run("missing@contoso.com");
    let said = refused.err().map(|error| error.to_string()).unwrap_or_default();
    let result = if said.contains("user_not_found") {
        Ok(())
    } else {
        Err(format!("it said {said:?}").into())
    };
    suite.check("demo.c fails for a user who does not exist", result);
    Ok(())
}

/// The call of two arguments has only its status to report that an earlier attempt may have been applied.
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
        let printed = String::from_utf8(attempt(&mut call)?.stdout)?;
        let same = if printed.trim() == wanted {
            Ok(())
        } else {
            Err(format!("it said {printed:?}, not {wanted}").into())
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
        ("static as a whole", vec!["--cflags", "--libs", "--static"]),
    ] {
        if kind == "static as a whole" && !has_static_libc(cc)? {
            suite.missing("a program that is static as a whole", "libc.a");
            continue;
        }
        let mut ask = command(&pkg_config);
        ask.args(options)
            .arg("graph_devices")
            .env("PKG_CONFIG_PATH", tree.join("lib/pkgconfig"));
        let program = target()
            .join("c")
            .join(format!("pkg-config-{}", kind.replace(' ', "-")));
        let flags = output(&mut ask)?;
        for source in ABI {
            let mut compiler = command(cc);
            compiler
                .arg("-std=c11")
                .arg(root().join(source))
                .arg("-o")
                .arg(&program);
            if kind == "static as a whole" {
                compiler.arg("-static");
            }
            if kind == "static" {
                compiler.args(["-Wl,-Bstatic", "-lgraph_devices", "-Wl,-Bdynamic"]);
                compiler.arg(format!("-L{}", tree.join("lib").display()));
            }
            let built = output(compiler.args(flags.split_whitespace()));
            let ran = built.and_then(|_| output(command(&program).env("LD_LIBRARY_PATH", tree.join("lib"))));
            suite.check(&format!("{source} built by pkg-config, {kind}"), ran.map(drop));
        }
    }
    Ok(())
}

/// A compiler that does not find a library answers with its bare name.
fn has_static_libc(cc: &Path) -> Result<bool> {
    let place = output(command(cc).arg("-print-file-name=libc.a"))?;
    Ok(Path::new(place.trim()).is_absolute())
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
        for program in ["abi_test_shared", "abi_test_static", "abi_many_test_shared"] {
            output(&mut command(folder.join(program)))?;
        }
        Ok(())
    });
    suite.check("a CMake project, shared and static", ran);
    Ok(())
}
