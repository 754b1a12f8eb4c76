//! A list of users: bytes in, rows out. Each row keeps the line that it came from.

use std::fmt::{self, Write as _};

use ring::digest::{SHA256, digest};

/// How to read a list, where the options say so.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListOptions {}

/// A list that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct List {
    /// The name of the file.
    pub(crate) name: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub(crate) sha256: String,
    /// The encoding, as words for a person.
    pub(crate) encoding: &'static str,
    /// Absent for a list with one user a line.
    pub(crate) delimiter: Option<char>,
    /// The name of the column.
    pub(crate) column: Option<String>,
    /// The number of the column, from 1.
    pub(crate) column_number: Option<usize>,
    pub(crate) rows: Vec<Row>,
    /// Lines that hold no user, and why.
    pub(crate) passed_over: Vec<(usize, String)>,
    /// Lines whose cell was trimmed.
    pub(crate) trimmed: Vec<usize>,
}

/// A user of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line of the file, from 1.
    pub(crate) line: usize,
    /// The user, trimmed.
    pub(crate) user: String,
    /// The cells of the other columns that were asked for.
    pub(crate) columns: Vec<String>,
}

/// Why a list was refused: what, in which line, and the option that helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListError {
    pub(crate) line: Option<usize>,
    pub(crate) message: String,
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Reads a list with one user a line.
pub(crate) fn read(name: &str, bytes: &[u8], _options: &ListOptions) -> Result<List, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|error| ListError {
        line: None,
        message: format!("the list is not UTF-8: {error}; save it as UTF-8"),
    })?;
    let mut list = List {
        name: name.to_owned(),
        sha256: hex(digest(&SHA256, bytes).as_ref()),
        encoding: "UTF-8",
        ..List::default()
    };
    for (index, line) in text.lines().enumerate() {
        let user = line.trim();
        if user.is_empty() || user.starts_with('#') {
            list.passed_over
                .push((index + 1, "blank or a comment".to_owned()));
            continue;
        }
        if user.len() < line.len() {
            list.trimmed.push(index + 1);
        }
        list.rows.push(Row {
            line: index + 1,
            user: user.to_owned(),
            columns: Vec::new(),
        });
    }
    Ok(list)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
