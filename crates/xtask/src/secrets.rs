//! Searches all that the tests print or write for tokens and texts of a claims challenge.
//!
//! The output of each test program and of this one is searched as it comes; the files that the suites left are searched
//! at the end. A finding is reported by its place alone.

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::report::Suite;
use crate::tools::{Result, files, target};

/// How a token begins that has claims, how claims begin in Base64, and as text, by itself or inside JSON.
const BEGINNINGS: [&str; 5] = [
    "eyJ0eX",
    "eyJhbGci",
    "eyJhY2Nlc3NfdG9rZW4i",
    "{\"access_token\"",
    "{\\\"access_token\\\"",
];

/// The endings of every token of the tests, and of passwords of proxies.
const ENDINGS: [&str; 2] = ["-token", "-password"];

/// What is built, installed or copied: no output of a test.
const NOT_WRITTEN_BY_TESTS: [&str; 9] = [
    "debug", "release", "dist", "doc", "maturin", "npm", "package", "venv", "wheels",
];

#[derive(Default)]
struct Seen {
    texts: usize,
    places: Vec<String>,
}

static SEEN: Mutex<Seen> = Mutex::new(Seen {
    texts: 0,
    places: Vec::new(),
});

fn seen() -> MutexGuard<'static, Seen> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at what a program printed, or at what is about to be printed.
pub(crate) fn look(place: &str, text: &str) {
    let mut seen = seen();
    seen.texts += 1;
    if is_in(text) && !seen.places.iter().any(|known| known == place) {
        seen.places.push(place.to_owned());
    }
}

/// Prints a line.
#[allow(clippy::print_stdout, reason = "the one place of the tests that prints")]
pub(crate) fn say(line: impl Display) {
    let line = line.to_string();
    look("what this program prints", &line);
    println!("{line}");
}

/// Prints a line that is not a result.
#[allow(clippy::print_stderr, reason = "the one place of the tests that prints")]
pub(crate) fn remark(line: impl Display) {
    let line = line.to_string();
    look("what this program prints", &line);
    eprintln!("{line}");
}

/// Whether a token or claims can be read in a text.
pub(crate) fn is_in(text: &str) -> bool {
    let begins = BEGINNINGS.iter().any(|beginning| text.contains(beginning));
    begins || ENDINGS.iter().any(|ending| is_word(text, ending))
}

/// Whether a word of the text ends so, as `demo-token` does. `-token` and `me-token-to-replace` do not.
fn is_word(text: &str, ending: &str) -> bool {
    text.match_indices(ending).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + ending.len()..].chars().next();
        before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|c| c.is_alphanumeric() || c == '-')
    })
}

/// Checks all output so far and the files of the suites.
pub(crate) fn checks(suite: &mut Suite) -> Result {
    let (texts, places) = {
        let seen = seen();
        (seen.texts, seen.places.clone())
    };
    let found = if places.is_empty() {
        Ok(())
    } else {
        Err(places.join(", ").into())
    };
    suite.check("a token or claims were printed", found);

    let written = written(&target())?;
    let leaky: Vec<&str> = written
        .iter()
        .filter(|(_, text)| is_in(text))
        .map(|(place, _)| place.as_str())
        .collect();
    let found = if leaky.is_empty() {
        Ok(())
    } else {
        Err(leaky.join(", ").into())
    };
    suite.check("a token or claims were written", found);
    say(format!(
        "{}: {texts} texts and {} files looked at",
        suite.name(),
        written.len()
    ));
    Ok(())
}

/// The texts that the suites left below the target folder, and where.
fn written(target: &Path) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(target)? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        if NOT_WRITTEN_BY_TESTS.contains(&name.as_ref()) || !folder.is_dir() {
            continue;
        }
        for file in files(&folder)? {
            // A program that was compiled holds the tokens that it passes on. A log is text, even with a bad byte in it.
            let bytes = fs::read(&file)?;
            if !bytes.contains(&0) {
                texts.push((
                    file.display().to_string(),
                    String::from_utf8_lossy(&bytes).into_owned(),
                ));
            }
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn tokens_and_claims_are_found_in_any_place() {
        for text in [
            "Bearer demo-token",
            "{\"message\":\"demo-token\"}",
            "token=no-scope-token\n",
            "http://demo-user:demo-password@127.0.0.1",
            "eyJ0eXAiOiJKV1QifQ.x.y",
            "eyJhbGciOiJub25lIn0.x.y",
            "claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ==\"",
            "{\"access_token\":{\"nbf\":1}}",
            "{\"claims\":\"{\\\"access_token\\\":{}}\"}",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in [
            "the token has expired; get a new one",
            "me-token-to-replace",
            "--token",
            "an access token, whole",
            "set_token_events",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
