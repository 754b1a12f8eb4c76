//! The text of a list as records: what stands above the table, the delimiter, and the line at which each record begins.

use csv::{Position, ReaderBuilder, StringRecord};

use super::{Delimiter, ListError, PassedOver, Why};

/// One record and the line of the file at which it begins.
pub(super) struct Record {
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

impl Record {
    /// A cell without the blanks around it; empty if the record has no such cell.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| trimmed(cell))
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| trimmed(cell).is_empty())
    }
}

/// The records of a list.
pub(super) struct Table {
    pub(super) delimiter: Option<Delimiter>,
    pub(super) records: Vec<Record>,
    pub(super) passed_over: Vec<PassedOver>,
}

/// The delimiters that are tried.
const DELIMITERS: [Delimiter; 4] = [
    Delimiter(b','),
    Delimiter(b';'),
    Delimiter(b'\t'),
    Delimiter(b'|'),
];
/// The number of records that the delimiter is judged by.
const SAMPLE: usize = 20;
/// The delimiter of a list without one. Text that contains it has been refused.
const NO_DELIMITER: Delimiter = Delimiter(0);

/// A text without white space and invisible blanks at its ends.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

/// Divides a text into records. A delimiter that was named is taken as it is.
pub(super) fn read(text: &str, named: Option<Delimiter>) -> Result<Table, ListError> {
    let lines = Lines::of(text);
    let mut passed_over = Vec::new();
    let (start, stated) = preamble(text, &lines, &mut passed_over);
    let body = text.get(start..).unwrap_or_default();
    let delimiter = match named.or(stated) {
        Some(delimiter) => Some(delimiter),
        None => guess(body)?,
    };
    if delimiter == Some(Delimiter(b'|')) && text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(ListError::new(
            "it is divided by `|` and is not UTF-8, so a `|` may be half a character; save it as UTF-8",
        ));
    }
    let used = delimiter.unwrap_or(NO_DELIMITER).0;
    if let Some(at) = bad_quote(body, used) {
        return Err(ListError::new(
            "a quoted cell does not end, or text follows its closing quote; correct the quotes",
        )
        .at(lines.line_of(start + at)));
    }
    let mut records = Vec::new();
    for_each_record(body, used, |record, blanks, at| {
        passed_over.extend(lines.beginning_in(start + blanks, start + at).map(blank));
        records.extend(record.map(|record| Record {
            line: lines.line_of(start + at),
            cells: record.iter().map(str::to_owned).collect(),
        }));
        true
    })?;
    Ok(Table {
        delimiter,
        records,
        passed_over,
    })
}

fn blank(line: usize) -> PassedOver {
    PassedOver {
        line,
        why: Why::Blank,
    }
}

/// Passes each record to `each`, with the place of the blank lines before it and its own place. At the end there is no
/// record. Stops once `each` returns `false`.
fn for_each_record(
    text: &str,
    delimiter: u8,
    mut each: impl FnMut(Option<&StringRecord>, usize, usize) -> bool,
) -> Result<(), ListError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    loop {
        let blanks = place(reader.position());
        let is_read = reader
            .read_record(&mut record)
            .map_err(|error| ListError::new(format!("it cannot be read: {error}")))?;
        let rest = text.get(blanks..).unwrap_or_default();
        let at = text.len() - rest.trim_start_matches(['\r', '\n']).len();
        if !each(is_read.then_some(&record), blanks, at) || !is_read {
            return Ok(());
        }
    }
}

fn place(position: &Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// Passes over what programs write above the header, line by line. Returns where the table begins and the delimiter that
/// a `sep=` line states.
fn preamble(text: &str, lines: &Lines, passed_over: &mut Vec<PassedOver>) -> (usize, Option<Delimiter>) {
    let mut stated = None;
    for (line, start, content) in lines.contents(text) {
        let plain = trimmed(content)
            .trim_matches(|c| c == '"' || DELIMITERS.iter().any(|delimiter| char::from(delimiter.0) == c));
        let why = if let Some(delimiter) = separator(content) {
            stated = Some(delimiter);
            Why::Separator
        } else if plain.starts_with("#TYPE ") {
            Why::Type
        } else if plain.starts_with("version:v") {
            Why::Version
        } else if trimmed(content).is_empty() {
            Why::Blank
        } else {
            return (start, stated);
        };
        passed_over.push(PassedOver { line, why });
    }
    (text.len(), stated)
}

/// The delimiter of Excel's `sep=` line.
fn separator(line: &str) -> Option<Delimiter> {
    match line.as_bytes() {
        [start @ .., delimiter] if start.eq_ignore_ascii_case(b"sep=") && delimiter.is_ascii() => {
            Some(Delimiter(*delimiter))
        }
        _ => None,
    }
}

/// The delimiter that most of the first records have in equal number; `None` if none is in at least half of them.
fn guess(text: &str) -> Result<Option<Delimiter>, ListError> {
    let mut best = (0, Vec::new());
    for delimiter in DELIMITERS {
        let mut widths = Vec::new();
        for_each_record(text, delimiter.0, |record, _, _| {
            widths.extend(record.filter(|record| !is_comment(record)).map(StringRecord::len));
            widths.len() < SAMPLE
        })?;
        let divided = || widths.iter().copied().filter(|width| *width > 1);
        let alike = divided()
            .map(|width| divided().filter(|other| *other == width).count())
            .max()
            .unwrap_or_default();
        if alike * 2 < widths.len().max(1) || alike < best.0 {
            continue;
        }
        if alike > best.0 {
            best = (alike, Vec::new());
        }
        best.1.push(delimiter);
    }
    match best.1.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => Err(ListError::new(format!(
            "it can be divided by {}; name the right one with --delimiter",
            several
                .iter()
                .map(|delimiter| format!("`{delimiter}`"))
                .collect::<Vec<_>>()
                .join(" and by ")
        ))),
    }
}

fn is_comment(record: &StringRecord) -> bool {
    record.get(0).is_some_and(|cell| trimmed(cell).starts_with('#'))
}

/// Where a quoted cell begins that does not end, or that is followed by more text. The reader would accept both, and could
/// read many lines as one cell.
fn bad_quote(text: &str, delimiter: u8) -> Option<usize> {
    let ends_cell = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, first)) = bytes.next() {
        let mut last = first;
        if first == b'"' {
            loop {
                if !bytes.any(|(_, byte)| byte == b'"') {
                    return Some(at);
                }
                // A doubled quote is a part of the cell.
                if bytes.next_if(|(_, byte)| *byte == b'"').is_none() {
                    break;
                }
            }
            match bytes.next() {
                None => return None,
                Some((_, byte)) if ends_cell(byte) => continue,
                Some(_) => return Some(at),
            }
        }
        while !ends_cell(last) {
            let (_, byte) = bytes.next()?;
            last = byte;
        }
    }
    None
}

/// Where each line of a text begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let next = ends.map(|(at, _)| at + 1).filter(|at| *at < bytes.len());
        Self(
            Some(0)
                .filter(|_| !bytes.is_empty())
                .into_iter()
                .chain(next)
                .collect(),
        )
    }

    /// The number of the line that holds a byte, from 1.
    fn line_of(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }

    /// The numbers of the lines that begin in a range of bytes.
    fn beginning_in(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + use<> {
        let first = self.0.partition_point(|start| *start < from);
        (first + 1)..=self.0.partition_point(|start| *start < to)
    }

    /// The number, the place and the content of each line.
    fn contents<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize, &'a str)> {
        self.0.iter().enumerate().map(|(index, start)| {
            let end = self.0.get(index + 1).copied().unwrap_or(text.len());
            let content = text.get(*start..end).unwrap_or_default();
            (index + 1, *start, content.trim_end_matches(['\r', '\n']))
        })
    }
}
