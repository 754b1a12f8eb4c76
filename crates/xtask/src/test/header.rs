//! The C header, and that the library exports what it declares and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::compile::Program;
use crate::dist::{Profile, c};
use crate::header;
use crate::report::Suite;
use crate::tools::{Result, command, find, find_any, output, root};

const TWICE: &str = "tests/c/twice.c";

pub(super) fn checks(suite: &mut Suite) -> Result {
    suite.check("include/graph_devices.h is the generated one", header::check());
    let text = fs::read_to_string(header::path())?;
    let functions = functions(&text);
    suite.check("every function is documented", documented(&functions));
    suite.check("every name begins with graph_ or GRAPH_", own_names(&text));
    compiles(suite, &["cc"], &["-std=c11", "-std=c17"]);
    compiles(suite, &["c++", "g++", "clang++"], &["-std=c++17", "-std=c++20"]);

    let tree = c::lay_out(Profile::Dev)?;
    let library = tree.join(format!("lib/{}", c::soname()));
    if find("nm").is_none() || find("readelf").is_none() {
        suite.missing("exports and soname", "binutils");
        return Ok(());
    }
    suite.check(
        "the library exports what the header declares",
        exports(&library, &functions),
    );
    let dynamic = output(command("readelf").args(["-d", "-W"]).arg(&library))?;
    suite.check(
        "soname",
        line_with(&dynamic, "SONAME", &format!("[{}]", c::soname())),
    );
    suite.check("never unloaded", line_with(&dynamic, "FLAGS_1", "NODELETE"));
    Ok(())
}

fn compiles(suite: &mut Suite, compilers: &[&str], standards: &[&str]) {
    let Some(compiler) = find_any(compilers) else {
        suite.missing("the header included twice", compilers[0]);
        return;
    };
    for standard in standards {
        let program = Program::new(&compiler, standard, TWICE);
        suite.check(
            &format!("the header included twice, {standard}"),
            program.check(&root().join("include")),
        );
    }
}

/// A function of the header and whether a comment stands before it.
pub(crate) struct Function {
    pub(crate) name: String,
    documented: bool,
}

/// The functions declared in a header, one declaration after the other.
pub(crate) fn functions(header: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut commented = false;
    let mut in_comment = false;
    let mut in_declaration = false;
    for line in header.lines().map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.contains("*/");
            commented = true;
            continue;
        }
        let name = line
            .split('(')
            .next()
            .and_then(|head| head.split([' ', '*']).next_back())
            .unwrap_or_default();
        if !in_declaration && line.contains('(') && name.starts_with("graph_") {
            found.push(Function {
                name: name.to_owned(),
                documented: commented,
            });
        }
        in_declaration =
            !(line.is_empty() || line.ends_with(';') || line.starts_with('#') || line.ends_with('{'));
        if !in_declaration {
            commented = false;
        }
    }
    found
}

fn documented(functions: &[Function]) -> Result {
    let bare: Vec<&str> = functions
        .iter()
        .filter(|function| !function.documented)
        .map(|function| function.name.as_str())
        .collect();
    if functions.is_empty() {
        return Err("no function was found in the header".into());
    }
    if bare.is_empty() {
        Ok(())
    } else {
        Err(format!("no comment before {}", bare.join(", ")).into())
    }
}

/// A header is included into other programs, so it may define no name but its own.
fn own_names(header: &str) -> Result {
    let mut foreign = Vec::new();
    for line in header.lines() {
        let words: Vec<&str> = line
            .split([' ', '(', ';'])
            .filter(|word| !word.is_empty())
            .collect();
        let (name, prefix) = match words.as_slice() {
            ["#define", name, ..] => (*name, "GRAPH_"),
            ["typedef", .., name] | ["enum" | "struct", name, ..] => (*name, "graph_"),
            _ => continue,
        };
        if !name.starts_with(prefix) {
            foreign.push(name);
        }
    }
    if foreign.is_empty() {
        Ok(())
    } else {
        Err(format!("it defines {}", foreign.join(", ")).into())
    }
}

fn exports(library: &Path, functions: &[Function]) -> Result {
    let declared: BTreeSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    let symbols = output(command("nm").args(["-D", "--defined-only"]).arg(library))?;
    let exported: BTreeSet<&str> = symbols
        .lines()
        .filter_map(|line| line.split_whitespace().next_back()?.split('@').next())
        .collect();
    let difference: Vec<&&str> = declared.symmetric_difference(&exported).collect();
    if difference.is_empty() {
        Ok(())
    } else {
        Err(format!("only declared or only exported: {difference:?}").into())
    }
}

fn line_with(text: &str, line: &str, word: &str) -> Result {
    let found = text
        .lines()
        .any(|candidate| candidate.contains(line) && candidate.contains(word));
    if found {
        Ok(())
    } else {
        Err(format!("no {line} with {word}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::{functions, own_names};

    #[test]
    fn declarations_and_their_comments_are_found() {
        let header = "/** One. */\nint graph_one(const char *a,\n              int b);\n\n\
                      const char *graph_two(void);\n\n/* several\n * lines */\n\ngraph_status graph_three(int c);\n";
        let found = functions(header);
        let names: Vec<(&str, bool)> = found.iter().map(|f| (f.name.as_str(), f.documented)).collect();
        assert_eq!(
            names,
            [("graph_one", true), ("graph_two", false), ("graph_three", false)]
        );
    }

    #[test]
    fn a_name_of_another_is_found() {
        assert!(own_names("#define GRAPH_X 1\ntypedef struct graph_y graph_y;\nenum graph_z\n").is_ok());
        for foreign in ["#define MAX 1", "typedef int32_t status;", "enum Cloud {"] {
            assert!(own_names(foreign).is_err(), "{foreign}");
        }
    }
}
