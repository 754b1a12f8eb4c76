//! What the command line says of a list.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use super::Encoding;

/// How to read a list, where it does not show it.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "List")]
pub(crate) struct ListOptions {
    /// The column of the users, by its name or its number
    #[arg(long, value_name = "COLUMN")]
    pub(crate) column: Option<ColumnOption>,
    /// The character between two cells, such as ; or tab
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) delimiter: Option<Delimiter>,
    /// The encoding of a file without a byte order mark: utf-8, utf-16le, utf-16be or windows-1252
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<Encoding>,
    /// The names of other columns to keep.
    #[arg(skip)]
    pub(crate) columns: Vec<String>,
}

impl ListOptions {
    /// The options that read a list in the same way.
    pub(crate) fn options(&self) -> [(&'static str, Option<String>); 3] {
        [
            ("--column", self.column.as_ref().map(ToString::to_string)),
            (
                "--delimiter",
                self.delimiter.map(|delimiter| delimiter.to_string()),
            ),
            ("--encoding", self.encoding.map(|encoding| encoding.to_string())),
        ]
    }
}

/// A character between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delimiter(pub(super) u8);

impl FromStr for Delimiter {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            b"tab" | b"\\t" => Ok(Self(b'\t')),
            [byte @ (b'\t' | b' '..=b'~')] if !byte.is_ascii_alphanumeric() && *byte != b'"' => {
                Ok(Self(*byte))
            }
            _ => Err("a delimiter is one character such as `;`, or `tab`".to_owned()),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\t' => f.write_str("tab"),
            byte => write!(f, "{}", char::from(byte)),
        }
    }
}

/// The column of the users, by its name or its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnOption {
    /// The name in the header. Case, blanks and punctuation do not matter.
    Name(String),
    /// The place, from 1.
    Number(NonZeroUsize),
}

impl FromStr for ColumnOption {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Name(text.to_owned()));
        }
        let number = text
            .parse()
            .map_err(|_| "columns are counted from 1".to_owned())?;
        Ok(Self::Number(number))
    }
}

impl fmt::Display for ColumnOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}
