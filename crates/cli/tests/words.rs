//! `explain` knows each word that the program can print, and refuses others.

use std::process::{Command, Output};

use graph_devices::{CheckKind, Outcome, Reason, Status, Verdict, WarningCode};
use graph_devices_cli::Exit;

type Tested = Result<(), Box<dyn std::error::Error>>;

fn explain(words: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_graph-devices"))
        .arg("explain")
        .args(words)
        .output()
}

/// Each word, its kind and its sentence, from core's tables.
fn words() -> Vec<(String, &'static str, &'static str)> {
    let mut words = Vec::new();
    let mut add = |name: &str, kind, message| words.push((name.to_owned(), kind, message));
    for word in Status::all() {
        add(word.name(), "status", word.message());
    }
    for word in Outcome::all() {
        add(word.name(), "outcome", word.message());
    }
    for word in Reason::all().iter().filter(|word| **word != Reason::None) {
        add(word.name(), "reason", word.message());
    }
    for word in WarningCode::all() {
        add(word.name(), "warning", word.message());
    }
    for word in Verdict::all() {
        add(word.name(), "verdict", word.message());
    }
    for word in CheckKind::all() {
        add(word.name(), "check", word.message());
    }
    for exit in Exit::ALL {
        add(&exit.code().to_string(), "exit code", exit.meaning());
    }
    words
}

#[test]
fn each_word_is_explained_with_its_sentence_and_a_page() -> Tested {
    for (word, kind, message) in words() {
        let output = explain(&[&word])?;
        let text = String::from_utf8(output.stdout)?;
        assert!(output.status.success(), "{word}");
        assert!(!message.is_empty(), "{word}");
        assert!(
            text.contains(&format!("{word} ({kind}): {message}\n  https://")),
            "{word}: {text}"
        );
    }
    Ok(())
}

#[test]
fn all_words_are_listed_for_programs_too() -> Tested {
    let text = String::from_utf8(explain(&["--json"])?.stdout)?;
    let lines: Vec<serde_json::Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let (last, explained) = lines.split_last().ok_or("no line")?;
    assert_eq!((&last["type"], &last["exit"]), (&"summary".into(), &0.into()));
    assert_eq!(explained.len(), words().len());
    for (word, kind, message) in words() {
        let is_it = |line: &&serde_json::Value| line["word"] == word && line["kind"] == kind;
        let line = explained.iter().find(is_it).ok_or_else(|| word.clone())?;
        assert_eq!(line["message"], message);
    }
    Ok(())
}

#[test]
fn a_typing_error_is_wrong_use_with_a_suggestion() -> Tested {
    let output = explain(&["needs_consnt"])?;
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr)?;
    assert!(text.contains("needs_consent"), "{text}");
    Ok(())
}
