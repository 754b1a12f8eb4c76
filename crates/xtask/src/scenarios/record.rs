//! The journal of a row: a path of its own, lines that are there before the call, and what it must hold after.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::compare::mismatches;
use super::table::Row;
use crate::tools::{Result, VERSION, target};

/// A path for the journal of one row in one language, at which no file exists.
pub(crate) fn path(language: &str, row: &str) -> Result<PathBuf> {
    let folder = target().join("journals").join(language);
    fs::create_dir_all(&folder)?;
    let path = folder.join(row.replace('/', "-"));
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(path),
    }
}

/// Writes the lines that the row has before the call.
pub(crate) fn write(path: &Path, row: &Row, endpoint: &str) -> Result {
    if row.journal.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = row.journal.iter().map(|line| text(line, endpoint)).collect();
    Ok(fs::write(path, lines.concat())?)
}

/// A record gets the members that every line has, and a line end; a text is written as it is, as a torn line would be.
fn text(line: &Value, endpoint: &str) -> String {
    let Value::Object(members) = line else {
        return line.as_str().unwrap_or_default().to_owned();
    };
    let mut whole =
        json!({"time": "2026-01-02T03:04:05.000Z", "run": "60000000-0000-4000-8000-000000000001"});
    if members.get("event").is_some_and(|event| event == "run") {
        whole["version"] = json!(1);
        whole["tool"] = json!(format!("graph-devices/{VERSION}"));
        whole["mode"] = json!("run");
        whole["endpoint"] = json!(endpoint);
    }
    for (name, value) in members {
        whole[name] = value.clone();
    }
    format!("{whole}\n")
}

/// What the journal lacks, and its text, to be searched.
pub(crate) fn missing(path: &Path, row: &Row) -> (Vec<String>, String) {
    let found = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<Value> = found
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let lacks = |pattern: &&Value| !lines.iter().any(|line| mismatches("", pattern, line).is_empty());
    let missing = row.journal_has.iter().filter(lacks);
    let missing = missing.map(|pattern| format!("no line of the journal fits {pattern}"));
    (missing.collect(), found)
}
