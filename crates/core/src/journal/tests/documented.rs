//! `docs/journal.md` says what is written and what follows from it.

use std::fs;
use std::process::Command;

use super::fold::folded;
use super::records::encoded;
use super::*;
use crate::Outcome;

fn documentation() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/journal.md")).unwrap()
}

/// What stands in the blocks of one language.
fn blocks(language: &str) -> String {
    let documentation = documentation();
    let mut blocks = documentation.split("```");
    std::iter::from_fn(|| blocks.nth(1))
        .filter_map(|block| block.strip_prefix(language))
        .collect()
}

fn example() -> String {
    blocks("json\n")
}

#[test]
fn the_example_is_what_the_library_writes() {
    let example = example();
    let lines = Lines::new(example.as_bytes(), Path::new("J")).map(Result::unwrap);
    let again: Vec<_> = lines
        .map(|line| encoded(&line.record, line.time, &line.run))
        .collect();
    assert_eq!(again.concat(), example);
    assert!(again.len() > 10);
}

#[test]
fn every_member_is_documented() {
    let documentation = documentation();
    for line in example().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for member in line.as_object().unwrap().keys() {
            assert!(documentation.contains(&format!("`{member}`")), "{member}");
        }
    }
    let words = Outcome::all().iter().map(|outcome| outcome.name());
    let words = words.chain(Verdict::all().iter().map(|verdict| verdict.name()));
    let words = words.chain(record::Approval::ALL.map(Approval::name));
    for word in words.chain(record::Mode::ALL.map(Mode::name)) {
        assert!(documentation.contains(&format!("`{word}`")), "{word}");
    }
}

#[test]
fn the_example_comes_to_what_is_said_of_it() {
    let history = folded(example().as_bytes(), Keep::All).unwrap();
    let states: Vec<_> = history.people().map(|past| (past.user(), past.state())).collect();
    assert_eq!(
        states,
        [
            ("adele@contoso.com", State::Done(Outcome::Accepted)),
            ("bob@contoso.com", State::Refused)
        ]
    );
}

#[test]
#[cfg(unix)]
fn the_filters_run() {
    let folder = Folder::new();
    fs::write(folder.file("leavers.jsonl"), example() + "{\"event\":\"resu").unwrap();
    let commands = blocks("sh\n");
    let printed: Vec<_> = commands
        .lines()
        .map(|command| {
            let ran = Command::new("sh")
                .args(["-c", command])
                .current_dir(folder.file(""))
                .output()
                .unwrap();
            assert!(
                ran.status.success(),
                "{command}: {}",
                String::from_utf8_lossy(&ran.stderr)
            );
            String::from_utf8_lossy(&ran.stdout).lines().count()
        })
        .collect();
    assert_eq!(printed, [2, 1, 3, 0]);
}
