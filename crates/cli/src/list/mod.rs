//! Reads a list of users from a file, as Excel, PowerShell, Entra, Intune and HR systems write it.
//!
//! ```text
//! bytes ── bytes ──> text ── table ──> records ── column ──> rows: a line and a user
//! ```
//!
//! Nothing is guessed where a wrong guess could name other people: then the list is refused, with the option that helps.
//! Every line is accounted for: it is a row, the header, or passed over with a reason. Whether a row names a user is
//! decided by core.

mod bytes;
mod column;
mod options;
mod shown;
mod table;
#[cfg(test)]
mod tests;

use crate::digest;

pub(crate) use bytes::Encoding;
pub(crate) use options::{ColumnOption, Delimiter, ListOptions};
pub(crate) use shown::show;
use table::Record;

/// A longer cell is no user. Core would cut it in its results.
const LONGEST_USER: usize = 1024;

/// A list of users, and how it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct List {
    /// The name of the file; `-` for the standard input, and empty for users that were named one by one.
    pub(crate) name: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub(crate) sha256: String,
    /// Its encoding.
    pub(crate) encoding: Encoding,
    /// Whether it begins with a byte order mark.
    pub(crate) has_mark: bool,
    /// Whether it contains bytes that its encoding does not have. They were read as U+FFFD.
    pub(crate) is_lossy: bool,
    /// The character between its cells; `None` if each line is one cell.
    pub(crate) delimiter: Option<Delimiter>,
    /// The name of the users' column; `None` without a header.
    pub(crate) column: Option<String>,
    /// The place of that column, from 1.
    pub(crate) column_number: Option<usize>,
    /// Its users, in the order of the file. A row can be empty, or name no user.
    pub(crate) rows: Vec<Row>,
    /// The line of the header.
    pub(crate) header: Option<usize>,
    /// What is neither header nor row, by line.
    pub(crate) passed_over: Vec<PassedOver>,
    /// The lines where blanks around the user were cut.
    pub(crate) trimmed: Vec<usize>,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line of the file at which it begins, from 1.
    pub(crate) line: usize,
    /// The user as written, without blanks around it.
    pub(crate) user: String,
    /// The cells of the other columns that were asked for.
    pub(crate) columns: Vec<String>,
}

/// A line that holds no user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PassedOver {
    /// The line, from 1.
    pub(crate) line: usize,
    /// Why it holds none.
    pub(crate) why: Why,
}

impl PassedOver {
    fn new(line: usize, why: Why) -> Self {
        Self { line, why }
    }
}

/// Why a line holds no user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// It is blank.
    Blank,
    /// It begins with `#`, in a list of one user a line.
    Comment,
    /// It names the delimiter (`sep=;`), for Excel.
    Separator,
    /// It names a type (`#TYPE`), as Windows PowerShell 5.1 writes.
    Type,
    /// It names the version of a template of Entra.
    Version,
    /// It is the example of a template of Entra.
    Example,
    /// It is a title above the header.
    Title,
    /// It is a second header.
    SecondHeader,
}

impl Why {
    /// The name, for programs.
    pub(crate) fn name(self) -> &'static str {
        self.texts().0
    }

    /// The same in words.
    fn words(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Blank => ("blank", "blank"),
            Self::Comment => ("comment", "comment"),
            Self::Separator => ("separator", "it names the delimiter"),
            Self::Type => ("type", "it names a type"),
            Self::Version => ("version", "the version of a template"),
            Self::Example => ("example", "the example of a template"),
            Self::Title => ("title", "above the header"),
            Self::SecondHeader => ("second_header", "a second header"),
        }
    }
}

/// Why a list was refused, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListError {
    /// The line of the file, where one is to blame.
    pub(crate) line: Option<usize>,
    /// One sentence in lower case, with the name of the file and the line.
    pub(crate) message: String,
}

impl ListError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            line: None,
            message: message.into(),
        }
    }

    fn at(self, line: usize) -> Self {
        Self {
            line: Some(line),
            ..self
        }
    }
}

/// Reads the bytes of a list.
pub(crate) fn read(name: &str, bytes: &[u8], options: &ListOptions) -> Result<List, ListError> {
    read_bytes(name, bytes, options).map_err(|error| {
        let place = error
            .line
            .map(|line| format!(", line {line}"))
            .unwrap_or_default();
        ListError {
            message: format!("{}{place}: {}", shown::name(name), error.message),
            ..error
        }
    })
}

fn read_bytes(name: &str, bytes: &[u8], options: &ListOptions) -> Result<List, ListError> {
    let text = bytes::decode(bytes, options.encoding)?;
    let table = table::read(&text.text, options.delimiter)?;
    let mut passed_over = table.passed_over;
    let is_divided = table.delimiter.is_some();
    let mut records = table.records;
    records.retain(|record| {
        let why = no_row(record, is_divided);
        passed_over.extend(why.map(|why| PassedOver::new(record.line, why)));
        why.is_none()
    });
    let place = column::find(&records, is_divided, options.column.as_ref(), &mut passed_over)?;
    let header = records.iter().find(|record| Some(record.line) == place.header);
    let others = column::others(header, &options.columns)?;
    let mut list = List {
        name: name.to_owned(),
        sha256: digest::of_bytes(bytes),
        encoding: text.encoding,
        has_mark: text.has_mark,
        is_lossy: text.is_lossy,
        delimiter: table.delimiter,
        column_number: Some(place.column + 1),
        rows: Vec::new(),
        header: place.header,
        column: place.name,
        passed_over,
        trimmed: Vec::new(),
    };
    for record in records.iter().skip(place.first) {
        if let Some(extra) = record
            .cells
            .iter()
            .skip(place.width)
            .find(|cell| !cell.is_empty())
        {
            return Err(too_wide(record, place.width, extra));
        }
        let user = record.cell(place.column);
        if user.len() > LONGEST_USER {
            return Err(ListError::new(format!(
                "the cell of the user has {} bytes, beginning with {}, which is no user; check line breaks, quotes and the column",
                user.len(),
                column::quoted(user)
            ))
            .at(record.line));
        }
        if record.cells.get(place.column).is_some_and(|cell| cell != user) {
            list.trimmed.push(record.line);
        }
        list.rows.push(Row {
            line: record.line,
            user: user.to_owned(),
            columns: others.iter().map(|at| record.cell(*at).to_owned()).collect(),
        });
    }
    if list.rows.is_empty() {
        return Err(ListError::new(column::NO_USERS));
    }
    list.passed_over.sort_by_key(|passed| passed.line);
    Ok(list)
}

/// Why a record is no row, whatever the header is.
fn no_row(record: &Record, is_divided: bool) -> Option<Why> {
    if record.is_blank() {
        return Some(Why::Blank);
    }
    (!is_divided && record.cell(0).starts_with('#')).then_some(Why::Comment)
}

/// The refusal of a row with more cells than the header: a delimiter inside a cell can move another person into the column.
fn too_wide(record: &Record, width: usize, extra: &str) -> ListError {
    ListError::new(format!(
        "it has more cells than the header, which has {width}: {} is one too many; put cells that contain the delimiter into quotes",
        column::quoted(extra)
    ))
    .at(record.line)
}
