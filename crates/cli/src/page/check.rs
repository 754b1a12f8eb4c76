//! Compares a page, or a noted hash, with a journal.

use std::path::{Path, PathBuf};

use graph_devices::history;

use super::account::{Account, Made};
use super::html::html;
use super::list::Given;
use crate::digest;
use crate::failure::{Failure, Result};

/// What a check found.
pub(crate) enum Found {
    Agrees(String),
    Differs(String),
}

/// Makes a page once more from the bytes of the journals that it names, and compares.
pub(crate) fn check_page(
    page: &Path,
    journals: &[PathBuf],
    given: Option<&Given>,
    by: &str,
) -> Result<Found> {
    let text = std::fs::read_to_string(page).map_err(|error| {
        Failure::usage(format!(
            "{} cannot be read: {error}; check the name",
            page.display()
        ))
    })?;
    let made = made(&text).ok_or_else(|| {
        Failure::usage(format!(
            "{} is not a page of graph-devices report, or its head was changed",
            page.display()
        ))
    })?;
    if made.journals.len() != journals.len() {
        return Err(Failure::usage(format!(
            "{} was made from {}; name as many",
            page.display(),
            names(&made)
        )));
    }
    if let Some(columns) = &made.columns
        && given.is_none_or(|given| given.columns != *columns)
    {
        return Err(Failure::usage(format!(
            "{} shows a list; name it with --list{}",
            page.display(),
            if columns.is_empty() {
                String::new()
            } else {
                format!(" and --columns \"{}\"", columns.join(","))
            }
        )));
    }
    let journals = match in_order(&made, journals)? {
        Ok(journals) => journals,
        Err(differs) => return Ok(Found::Differs(differs)),
    };
    if made.by != by {
        return Err(Failure::unable(format!(
            "the journal is the one that {} names, but the page says that {} made it, so only that version can compare the rest",
            page.display(),
            made.by
        )));
    }
    let history = history::read_beginnings(&journals)?;
    let mut account = Account::new(&history, made.clone(), given.filter(|_| made.columns.is_some()))?;
    if made.pseudonyms {
        account.pseudonymise();
    }
    let again = html(&account).map_err(|_| Failure::bug())?;
    Ok(match first_difference(&text, &again) {
        None => Found::Agrees(format!(
            "the page is what {} says, to the character",
            names(&made)
        )),
        Some(line) => Found::Differs(format!(
            "line {line} of {} is not what the journal says: the page was changed",
            page.display()
        )),
    })
}

/// Compares the first bytes of a journal with a hash that was noted earlier.
pub(crate) fn check_bytes(journal: &Path, length: u64, sha256: &str) -> Result<Found> {
    let (now, read) = hash(journal, length)?;
    let name = journal.display();
    Ok(if read < length {
        Found::Differs(format!(
            "{name} has only {read} bytes, and had {length}: it was cut"
        ))
    } else if now.eq_ignore_ascii_case(sha256) {
        Found::Agrees(format!("the first {length} bytes of {name} are as they were"))
    } else {
        Found::Differs(format!(
            "the first {length} bytes of {name} were changed: their sha256 is {now}"
        ))
    })
}

fn hash(journal: &Path, length: u64) -> Result<(String, u64)> {
    digest::of_file(journal, length).map_err(|error| {
        Failure::usage(format!(
            "{} cannot be read: {error}; check the name",
            journal.display()
        ))
    })
}

/// The journals in the order of the page, each with its length there; or why one of them is missing.
fn in_order(made: &Made, journals: &[PathBuf]) -> Result<std::result::Result<Vec<(PathBuf, u64)>, String>> {
    let mut found = Vec::new();
    for facts in &made.journals {
        let mut is_there = None;
        for journal in journals {
            let (sha256, read) = hash(journal, facts.length)?;
            if sha256 == facts.sha256 && read == facts.length {
                is_there = Some((journal.clone(), facts.length));
            }
        }
        match is_there {
            Some(journal) => found.push(journal),
            None => {
                return Ok(Err(format!(
                    "the first {} bytes of {} are not those that the page was made from (sha256 {}): the journal or the page was changed",
                    facts.length, facts.name, facts.sha256
                )));
            }
        }
    }
    Ok(Ok(found))
}

fn names(made: &Made) -> String {
    let names = made.journals.iter().map(|journal| journal.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// How a page says that it was made.
fn made(page: &str) -> Option<Made> {
    let (_, rest) = page.split_once("<meta name=\"graph-devices\" content=\"")?;
    let (escaped, _) = rest.split_once('"')?;
    serde_json::from_str(&unescaped(escaped)).ok()
}

/// The text of an attribute: the numbered characters of HTML, which the template writes, are those again.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part
            .split_once(';')
            .and_then(|(number, rest)| Some((char::from_u32(number.parse().ok()?)?, rest)));
        if let Some((character, rest)) = known {
            plain.push(character);
            plain.push_str(rest);
        } else {
            plain.push_str("&#");
            plain.push_str(part);
        }
    }
    plain
}

/// The first line in which two texts differ.
fn first_difference(one: &str, two: &str) -> Option<usize> {
    if one == two {
        return None;
    }
    let same = one
        .split('\n')
        .zip(two.split('\n'))
        .take_while(|(one, two)| one == two);
    Some(same.count() + 1)
}
