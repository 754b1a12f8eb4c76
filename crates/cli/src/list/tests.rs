//! The lists of `tests/cli/lists` by the table beside them, and what holds for every file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli")
}

fn options(case: &Value) -> ListOptions {
    let option = |name: &str| case["options"][name].as_str();
    ListOptions {
        encoding: option("encoding").map(|name| name.parse().expect("an encoding")),
        delimiter: option("delimiter").map(|text| text.parse().expect("a delimiter")),
        column: option("column").map(|text| text.parse().expect("a column")),
        columns: Vec::new(),
    }
}

fn shown(list: &List) -> Value {
    json!({
        "encoding": list.encoding.name(),
        "is_lossy": list.is_lossy,
        "delimiter": list.delimiter.map(|delimiter| delimiter.to_string()),
        "column": list.column,
        "column_number": list.column_number,
        "header": list.header,
        "rows": list.rows.iter().map(|row| json!([row.line, row.user])).collect::<Vec<_>>(),
        "passed_over": list.passed_over.iter().map(|passed| json!([passed.line, passed.why.name()])).collect::<Vec<_>>(),
        "trimmed": list.trimmed,
    })
}

#[test]
fn the_lists_that_programs_write() {
    let table = std::fs::read_to_string(folder().join("lists.json")).expect("the table");
    let cases: Vec<Value> = serde_json::from_str(&table).expect("JSON");
    let mut seen = BTreeSet::new();
    for case in &cases {
        let file = case["file"].as_str().expect("a file");
        let bytes = std::fs::read(folder().join("lists").join(file)).expect(file);
        let about = format!("{file}: {}", case["about"]);
        match read(file, &bytes, &options(case)) {
            Ok(list) => assert_eq!(shown(&list), case["read"], "{about}"),
            Err(error) => {
                let refused = &case["refused"];
                let says = refused["says"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{about}: refused: {error:?}"));
                assert!(error.message.contains(says), "{about}: {error:?}");
                assert_eq!(json!(error.line), refused["line"], "{about}: {error:?}");
            }
        }
        seen.insert(file.to_owned());
    }
    for file in std::fs::read_dir(folder().join("lists")).expect("the lists") {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        assert!(seen.contains(&name), "{name} is not in the table");
    }
}

#[test]
fn delimiters_and_columns_by_name() {
    let delimiter = |text: &str| {
        text.parse::<Delimiter>()
            .ok()
            .map(|delimiter| delimiter.to_string())
    };
    for (text, shown) in [
        (";", ";"),
        ("tab", "tab"),
        ("\\t", "tab"),
        ("\t", "tab"),
        ("~", "~"),
    ] {
        assert_eq!(delimiter(text).as_deref(), Some(shown), "{text:?}");
    }
    for text in ["", ";;", "\"", "a", "\u{a7}", "\n"] {
        assert_eq!(delimiter(text), None, "{text:?}");
    }
    let column = |text: &str| text.parse::<ColumnOption>().ok();
    assert_eq!(column("2"), NonZeroUsize::new(2).map(ColumnOption::Number));
    assert_eq!(column("0"), None);
    for name in ["", "UPN", "-1", "2a"] {
        assert_eq!(column(name), Some(ColumnOption::Name(name.to_owned())));
    }
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    let list = read("-", b"adele@contoso.com\n", &ListOptions::default()).expect("a list");
    assert_eq!(
        list.sha256,
        "c4dfc32737f13aff26099ab198c05dba7b2cadc7062551ea3f230fa99d1be7ba"
    );
}

/// Text in which delimiters, quotes, line ends, marks and names of columns are likely.
fn likely_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[,;\t|\"\r\n# \u{a0}\u{feff}]",
        "[a-z@.]{0,5}",
        prop::sample::select(vec![
            "UPN",
            "Id",
            "Email",
            "Device ID",
            "sep=;",
            "#TYPE a.b",
            "version:v1.0",
            "Example: x",
            "\r\n",
            "\r",
            "\n",
            "adele@contoso.com",
            "diego@contoso.com",
            "10000000-0000-4000-8000-000000000001",
            "\0",
            "\u{fffd}",
            "\u{e9}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn any_options() -> impl Strategy<Value = ListOptions> {
    let encoding = prop::option::weighted(0.1, prop::sample::select(Encoding::ALL.to_vec()));
    let delimiter = prop::option::weighted(0.2, prop::sample::select(vec![",", ";", "tab", "|"]));
    let column = prop::option::weighted(0.3, prop::sample::select(vec!["1", "2", "9", "UPN", "a", ""]));
    (encoding, delimiter, column).prop_map(|(encoding, delimiter, column)| ListOptions {
        encoding,
        delimiter: delimiter.and_then(|text| text.parse().ok()),
        column: column.and_then(|text| text.parse().ok()),
        columns: Vec::new(),
    })
}

/// The lines that hold a row, the header, or something passed over, in order.
fn accounted(list: &List) -> Vec<usize> {
    let rows = list.rows.iter().map(|row| row.line);
    let passed = list.passed_over.iter().map(|passed| passed.line);
    let mut lines: Vec<_> = rows.chain(passed).chain(list.header).collect();
    lines.sort_unstable();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, options in any_options()) {
        let _ = read("-", &bytes, &options);
    }

    #[test]
    fn each_line_is_accounted_for_once(text in likely_text(), options in any_options()) {
        let Ok(list) = read("-", text.as_bytes(), &options) else { return Ok(()) };
        let lines = accounted(&list);
        prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{lines:?}");
        if !text.contains('"') && list.encoding == Encoding::Utf8 {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            let count = text.trim_start_matches('\u{feff}').lines().count();
            prop_assert_eq!(lines, (1..=count).collect::<Vec<_>>());
        }
    }

    /// No user comes from another column or another line than the one that holds it.
    #[test]
    fn users_are_read_as_they_were_written(
        rows in prop::collection::vec(("[a-z]{1,8}", "[ -~\u{e9}\r\n]{0,12}"), 1..12),
        delimiter in prop::sample::select(vec![",", ";", "\t", "|"]),
        mark: bool,
    ) {
        let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut text = if mark { "\u{feff}".to_owned() } else { String::new() };
        let _ = writeln!(text, "Note{delimiter}User Principal Name");
        let mut written = Vec::new();
        for (user, note) in &rows {
            let breaks = text.replace("\r\n", "\n").matches(['\r', '\n']).count();
            written.push(Row { line: breaks + 1, user: format!("{user}@contoso.com"), columns: Vec::new() });
            let _ = writeln!(text, "{}{delimiter}{user}@contoso.com", cell(note));
        }
        let list = read("-", text.as_bytes(), &ListOptions::default());
        let list = list.map_err(|error| TestCaseError::fail(format!("{error:?}: {text:?}")))?;
        prop_assert_eq!(list.rows, written);
    }
}
