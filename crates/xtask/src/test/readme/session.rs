//! Sessions of the command-line program: the commands of a block run in one folder, and the block shows what they print.

use std::env;
use std::fs;
use std::path::Path;

use super::blocks::Block;
use crate::emulator::Emulator;
use crate::tools::{Result, attempt, command, fresh};

const PROMPT: &str = "$ ";
const PROGRAM: &str = "graph-devices ";
/// Shows the exit code of the command before.
const EXIT: &str = "echo $?";
/// Stands for lines, or a part of a line, that a page leaves out.
const LEFT_OUT: &str = "...";
/// The list that a page shows before its sessions, under this name.
const LIST: &str = "leavers.csv";

/// A command, and the lines that the page shows below it.
struct Step<'a> {
    command: &'a str,
    shown: Vec<&'a str>,
}

/// Whether a block is a session.
pub(super) fn is_one(block: &Block) -> bool {
    block.language == "console" && steps(block).iter().any(|step| step.command.starts_with(PROGRAM))
}

/// Runs a session in a new folder with the list.
pub(super) fn check(
    block: &Block,
    list: Option<&str>,
    emulator: &Emulator,
    program: &Path,
    folder: &Path,
) -> Result {
    fresh(folder)?;
    if let Some(list) = list {
        fs::write(folder.join(LIST), list)?;
    }
    let programs = program.parent().unwrap_or(Path::new("."));
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(programs.to_owned()).chain(env::split_paths(&path)))?;
    let mut exit = None;
    for step in steps(block) {
        if step.command == EXIT {
            let exit = exit.map(|code: i32| code.to_string());
            if step.shown.first().copied() != exit.as_deref() {
                return Err(format!("the exit code is {exit:?}, and the page shows {:?}", step.shown).into());
            }
            continue;
        }
        let mut run = command("sh");
        run.args(["-c", step.command])
            .current_dir(folder)
            .env("PATH", &path)
            .env("GRAPH_TOKEN", "demo-token")
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
        let output = attempt(&mut run)?;
        exit = output.status.code();
        let (answer, beside) = (
            String::from_utf8(output.stdout)?,
            String::from_utf8(output.stderr)?,
        );
        compare(&step.shown, &answer, &beside)
            .map_err(|error| format!("{}: {error}\nprinted:\n{answer}{beside}", step.command))?;
    }
    Ok(())
}

fn steps(block: &Block) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix(PROMPT), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                command: command.trim_end(),
                shown: Vec::new(),
            }),
            (None, Some(step)) => step.shown.push(line),
            (None, None) => {}
        }
    }
    steps
}

/// Every line of the answer is shown, in order, unless `...` stands in its place. Of what is printed beside the answer, a page
/// shows what it wants.
fn compare(shown: &[&str], answer: &str, beside: &str) -> Result {
    let mut printed = answer.lines().map(str::trim_end);
    let mut is_left_out = false;
    for line in shown {
        if *line == LEFT_OUT {
            is_left_out = true;
            continue;
        }
        if beside.lines().any(|other| is_like(line, other)) {
            continue;
        }
        if is_left_out {
            is_left_out = false;
            if !printed.any(|other| is_like(line, other)) {
                return Err(format!("not printed: {line}").into());
            }
        } else {
            match printed.next() {
                Some(other) if is_like(line, other) => {}
                other => return Err(format!("shown: {line}\nprinted: {}", other.unwrap_or_default()).into()),
            }
        }
    }
    match printed.next().filter(|_| !is_left_out) {
        Some(line) => Err(format!("not shown: {line}").into()),
        None => Ok(()),
    }
}

/// Whether a line is printed as it is shown, but for what is left out.
fn is_like(shown: &str, printed: &str) -> bool {
    let mut parts = shown.split(LEFT_OUT);
    let Some(mut rest) = parts.next().and_then(|first| printed.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    // What is left out at the end can be anything.
    rest.is_empty() || last == Some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_like_another_but_for_what_is_left_out() {
        for (shown, printed) in [
            ("a", "a"),
            ("sha256 ...", "sha256 c0ffee"),
            ("a ... c", "a b c"),
            ("...", "all"),
        ] {
            assert!(is_like(shown, printed), "{shown} {printed}");
        }
        for (shown, printed) in [
            ("a", "ab"),
            ("a 1", "a 12"),
            ("a ... c", "a b d"),
            ("b ...", "a b c"),
        ] {
            assert!(!is_like(shown, printed), "{shown} {printed}");
        }
    }

    #[test]
    fn every_line_of_the_answer_is_shown_in_order() {
        let answer = "one\ntwo\nthree\n";
        for shown in [
            &["one", "two", "three"][..],
            &["one", "...", "three"],
            &["note", "..."],
            &["one", "two", "..."],
        ] {
            assert!(compare(shown, answer, "note\n").is_ok(), "{shown:?}");
        }
        for shown in [
            &["one", "three"][..],
            &["two", "one", "three"],
            &["one", "two"],
            &["...", "four"],
            &[],
        ] {
            assert!(compare(shown, answer, "note\n").is_err(), "{shown:?}");
        }
    }

    #[test]
    fn a_session_is_a_block_with_commands_of_the_program() {
        let block = |text: &str| Block {
            language: "console".to_owned(),
            line: 1,
            text: text.to_owned(),
        };
        assert!(is_one(&block("$ graph-devices doctor\nok\n")));
        assert!(!is_one(&block("$ cargo xtask demo\ngraph-devices x\n")));
    }
}
