//! The journal that goes on with a list: its default name, whether it may be used, and its hash at the end.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use graph_devices::history::{self, Ending, History, Mode};
use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::list::List;
use crate::people::Source;

/// A first line that is longer begins no journal.
const LONGEST_LINE: u64 = 1024 * 1024;

/// How a run finds its journal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A file that is not there yet.
    New,
    /// A journal of the same list in which nothing was sent.
    Again,
    /// A journal of the same list in which a run has begun.
    GoOn,
}

/// Whether a file is a journal, by its first line. One that a run writes to cannot be read on Windows; core says so.
pub(crate) fn is_journal(path: &Path) -> bool {
    const ERROR_LOCK_VIOLATION: i32 = 33;
    let Ok(file) = File::open(path) else {
        return false;
    };
    let mut line = Vec::new();
    if let Err(cause) = BufReader::new(file.take(LONGEST_LINE)).read_until(b'\n', &mut line) {
        return cfg!(windows) && cause.raw_os_error() == Some(ERROR_LOCK_VIOLATION);
    }
    let first: Option<Value> = serde_json::from_slice(&line).ok();
    first.is_some_and(|first| first.get("event").and_then(Value::as_str) == Some("run"))
}

/// The journal of a list: its name with `.jsonl`, in the current folder. For users and the standard input a name with the time.
pub(crate) fn default_path(source: &Source) -> PathBuf {
    if let Source::File(path) = source
        && let Some(name) = path.file_stem()
    {
        let mut name = name.to_owned();
        name.push(".jsonl");
        return name.into();
    }
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    PathBuf::from(format!("graph-devices-{}.jsonl", now.replace(':', "")))
}

/// Decides how the case of a list uses this file.
pub(crate) fn start(path: &Path, list: &List) -> Result<Start> {
    if !path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
        return Ok(Start::New);
    }
    let shown = path.display();
    if !is_journal(path) {
        return Err(Failure::usage(format!(
            "{shown} exists and is no journal; name another file with --journal"
        )));
    }
    let history = history::read(&[path])?;
    if list.sha256.is_empty() {
        return Err(of_another_list(path));
    }
    require_list(path, &history, list)?;
    let has_begun = history.runs().iter().any(|run| run.mode != Mode::Preview);
    Ok(if has_begun { Start::GoOn } else { Start::Again })
}

/// Refuses a journal of another list: it can show people of this list as done whose devices came later.
pub(crate) fn require_list(path: &Path, history: &History, list: &List) -> Result<()> {
    let listed = history.runs().iter().find_map(|run| run.input_list.as_ref());
    let listed = listed.map_or("", |(_, sha256)| sha256.as_str());
    if listed == list.sha256 {
        Ok(())
    } else {
        Err(of_another_list(path))
    }
}

fn of_another_list(path: &Path) -> Failure {
    Failure::usage(format!(
        "{} exists and is the journal of another list; name another file with --journal, or go on with that journal",
        path.display()
    ))
    .with_next(command(path))
}

/// Reads a journal whose newest preview came to all of its users.
pub(crate) fn with_preview(path: &Path) -> Result<History> {
    let history = history::read(&[path])?;
    let shown = path.display();
    let listed = history.runs().iter().find_map(|run| run.input_list.as_ref());
    let list = quoted(listed.map_or("LIST", |(name, _)| name.as_str()));
    let again = |options: &[String]| command_with(options, &list, Some(&shown.to_string()));
    let Some(preview) = history.preview() else {
        let consent = history.runs().iter().rev().find_map(|run| run.consent.clone());
        let bound = consent.filter(|consent| consent.starts_with("--yes "));
        let bound = bound.unwrap_or_else(|| "--yes N".to_owned());
        return Err(Failure::usage(format!(
            "{shown} has no preview, so it does not name all users; give the list again, without a preview as before"
        ))
        .with_next(again(&[bound, "--no-preview".to_owned()])));
    };
    match &preview.ending {
        Ending::Ended(end) if end.ended_by.is_none() => Ok(history),
        Ending::Running => Err(Failure::usage(format!(
            "a run is writing to {shown}; wait for its end"
        ))),
        _ => Err(Failure::usage(format!(
            "the preview in {shown} did not come to its end; give the list again"
        ))
        .with_next(again(&[]))),
    }
}

/// The command that goes on with a journal.
pub(crate) fn command(path: &Path) -> String {
    format!("graph-devices remove {}", quoted(&path.display().to_string()))
}

/// The command `remove` with options, what it is about, and the journal.
pub(crate) fn command_with(options: &[String], what: &str, journal: Option<&str>) -> String {
    let mut words = vec!["graph-devices remove".to_owned()];
    words.extend_from_slice(options);
    words.push(what.to_owned());
    words.extend(journal.map(|journal| format!("--journal {}", quoted(journal))));
    words.join(" ")
}

/// The options that have a value, as words of a command.
pub(crate) fn given<'a>(options: impl IntoIterator<Item = (&'a str, Option<String>)>) -> Vec<String> {
    let given = options
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    given
        .map(|(name, value)| format!("{name} {}", quoted(&value)))
        .collect()
}

/// A word of a command line, as the system's shell reads it.
pub(crate) fn quoted(word: &str) -> String {
    // PowerShell, too, takes a comma and an `@` at the beginning for itself, and so does `sh` a `~` and each backslash.
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || "-_./:@+=".contains(c) || (cfg!(windows) && "~\\".contains(c));
    if !word.is_empty() && !word.starts_with('@') && word.chars().all(is_plain) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::quoted;

    #[test]
    fn the_shell_reads_a_quoted_word_as_it_was() {
        for word in [
            "", "a b", "it's", "a\\b", "~root", "$HOME", "*", "a;b", "a&b", "@a", "a,b", "ä", "j.jsonl",
        ] {
            let line = format!("printf %s {}", quoted(word));
            let printed = Command::new("sh")
                .args(["-c", &line])
                .output()
                .expect("a shell")
                .stdout;
            assert_eq!(String::from_utf8_lossy(&printed), word);
        }
    }
}
