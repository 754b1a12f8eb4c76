//! How a list was read, for a person and for a program.

use std::collections::BTreeMap;

use super::{Encoding, List, Why};
use crate::io::Io;
use crate::lines::Line;
use crate::rows::counted;

/// So many lines are listed of one kind.
const LISTED: usize = 5;
/// So many digits of a digest are enough to recognize it.
const DIGITS: usize = 8;

/// Prints how a list was read. Users that were named one by one have nothing to show.
pub(crate) fn show(list: &List, io: &Io) {
    if !list.name.is_empty() {
        io.note(&sentence(list));
        io.line(&Line::of_list(list));
    }
}

/// The name of a file in a message.
pub(super) fn name(name: &str) -> &str {
    if name == "-" { "the standard input" } else { name }
}

fn sentence(list: &List) -> String {
    let mut facts = vec![counted(list.rows.len() as u64, "row", "rows")];
    let mark = if list.has_mark && list.encoding == Encoding::Utf8 {
        " with a byte order mark"
    } else {
        ""
    };
    facts.push(format!("{}{mark}", list.encoding));
    facts.extend(list.delimiter.map(|delimiter| format!("delimiter {delimiter}")));
    facts.extend(
        list.column_number
            .filter(|_| list.delimiter.is_some() || list.column.is_some())
            .map(|number| {
                let named = list
                    .column
                    .as_ref()
                    .map(|column| format!(" {column:?}"))
                    .unwrap_or_default();
                format!("column {number}{named}")
            }),
    );
    let mut parts = vec![facts.join(", ")];
    if list.is_lossy {
        parts.push(format!(
            "some bytes are not {}, which matters only in a user",
            list.encoding
        ));
    }
    if !list.trimmed.is_empty() {
        parts.push(format!("blanks cut in {}", lines(&list.trimmed)));
    }
    let mut passed: BTreeMap<Why, Vec<usize>> = BTreeMap::new();
    for one in &list.passed_over {
        passed.entry(one.why).or_default().push(one.line);
    }
    let passed: Vec<_> = passed
        .iter()
        .map(|(why, at)| format!("{} ({})", lines(at), why.words()))
        .collect();
    if !passed.is_empty() {
        parts.push(format!("passed over {}", passed.join(", ")));
    }
    let digest = list.sha256.get(..DIGITS).unwrap_or_default();
    format!("{}: {}; sha256 {digest}...", name(&list.name), parts.join("; "))
}

/// `line 4`, or `lines 4, 6, 8, 9, 11 and 30 more`.
fn lines(lines: &[usize]) -> String {
    let listed: Vec<_> = lines.iter().take(LISTED).map(usize::to_string).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    match lines.len().checked_sub(LISTED).filter(|more| *more > 0) {
        Some(more) => format!("{word} {} and {more} more", listed.join(", ")),
        None => format!("{word} {}", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{ListOptions, read};

    #[test]
    fn a_sentence_for_each_way_to_read_a_list() {
        for (bytes, says) in [
            (
                &b"\xef\xbb\xbfName;UPN\nA;adele@contoso.com \n\nD;diego@contoso.com\n"[..],
                "x: 2 rows, utf-8 with a byte order mark, delimiter ;, column 2 \"UPN\"; blanks cut in line 2; passed over line 3 (blank); sha256 ",
            ),
            (b"adele@contoso.com\n", "x: 1 row, utf-8; sha256 "),
            (
                b"UPN\n#\n#\n#\n#\n#\n#\n#\nadele@contoso.com\n",
                "x: 1 row, utf-8, column 1 \"UPN\"; passed over lines 2, 3, 4, 5, 6 and 2 more (comment); sha256 ",
            ),
            (
                b"UPN,Caf\xe9\nadele@contoso.com,1\n",
                "x: 1 row, utf-8, delimiter ,, column 1 \"UPN\"; some bytes are not utf-8, which matters only in a user; sha256 ",
            ),
        ] {
            let list = read("x", bytes, &ListOptions::default()).expect(says);
            let sentence = sentence(&list);
            let digest = sentence.strip_prefix(says).expect(&sentence);
            assert_eq!(digest.trim_end_matches("...").len(), DIGITS);
        }
    }
}
