//! Handles that callers read: each a copy of a record of core, with one accessor for each field.

use super::{C, doc};
use crate::generate::docs::{add, paragraphs};
use crate::generate::model::{Field, Kind, Model, Record};
use crate::generate::names;
use crate::tools::Result;

/// The records that have a handle of their own.
const HANDLES: [&str; 6] = [
    "Failure",
    "Receipt",
    "Warning",
    "Device",
    "DeviceList",
    "VerifiedDevice",
];
/// The records that a caller frees; the others have an owner.
const FREED: [(&str, &str); 3] = [
    ("Failure", "an error, unless an event owns it"),
    ("Receipt", "a receipt, unless an event owns it"),
    (
        "DeviceList",
        "a list with its devices and warnings, unless an event owns it",
    ),
];

pub(super) fn text(model: &Model) -> Result<String> {
    let mut out = String::from(
        "//! Records as C reads them: a handle with one accessor for each field.\n\nuse std::ffi::{CString, c_char};\nuse std::ptr;\n\nuse graph_core::{Device, DeviceList, Effect, Error, Receipt, Severity, Status, Verdict, VerifiedDevice, Warning};\n\nuse crate::guard::{free, get};\nuse crate::strings::{count, element, length, milliseconds, owned, owned_if_any, pointer, tristate};\n",
    );
    for name in HANDLES {
        let record = model.record(name).ok_or_else(|| format!("core has no {name}"))?;
        out += &mirror(record, &format!("graph_{}", names::c(name)), true);
        for field in &record.fields {
            out += &accessors(record, field);
        }
        if let Some((_, what)) = FREED.iter().find(|(freed, _)| *freed == name) {
            let c = names::c(name);
            out += &format!(
                "\n/// Frees {what}. NULL has no effect.\n#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn graph_{c}_free({}: *mut graph_{c}) {{\n    free({});\n}}\n",
                receiver(name),
                receiver(name)
            );
        }
    }
    Ok(out)
}

/// The struct that holds a record for C, and its conversion from core's.
pub(super) fn mirror(record: &Record, c: &str, is_public: bool) -> String {
    let fields: String = record
        .fields
        .iter()
        .map(|field| format!("    {}: {},\n", field.name, held(&field.kind)))
        .collect();
    let made: String = record
        .fields
        .iter()
        .map(|field| format!("            {}: {},\n", field.name, made(field)))
        .collect();
    let core = if record.name == "Failure" {
        "Error"
    } else {
        &record.name
    };
    let (visibility, doc) = if is_public {
        ("pub ", doc(&paragraphs(&record.doc, &C)))
    } else {
        ("", String::new())
    };
    format!(
        "\n{doc}{visibility}struct {c} {{\n{fields}}}\n\nimpl From<{core}> for {c} {{\n    fn from(value: {core}) -> Self {{\n        Self {{\n{made}        }}\n    }}\n}}\n"
    )
}

fn held(kind: &Kind) -> String {
    match kind {
        Kind::Text | Kind::State => "CString".into(),
        Kind::MaybeText => "Option<CString>".into(),
        Kind::Number | Kind::MaybeNumber | Kind::MaybeFlag => "i32".into(),
        Kind::Count | Kind::Duration | Kind::MaybeDuration => "i64".into(),
        Kind::Word(words) if words == "WarningCode" => "i32".into(),
        Kind::Word(words) | Kind::MaybeWord(words) => words.clone(),
        Kind::List(record) => format!("Vec<graph_{}>", names::c(record)),
        Kind::Maybe(record) => format!("Option<graph_{}>", names::c(record)),
    }
}

fn made(field: &Field) -> String {
    let value = format!("value.{}", field.name);
    match &field.kind {
        Kind::Text => format!("owned(&{value})"),
        Kind::State => format!("owned({value}.name())"),
        Kind::MaybeText => format!("owned_if_any({value}.as_deref())"),
        Kind::Number => format!("count({value})"),
        Kind::Count => format!("large({value})"),
        Kind::MaybeNumber => format!("{value}.map_or(-1, i32::from)"),
        Kind::Duration => format!("milliseconds(Some({value}))"),
        Kind::MaybeDuration => format!("milliseconds({value})"),
        Kind::MaybeFlag => format!("tristate({value})"),
        Kind::Word(words) if words == "WarningCode" => format!("{value} as i32"),
        Kind::Word(_) => value,
        Kind::MaybeWord(words) => format!("{value}.unwrap_or({})", absent_word(words)),
        Kind::List(_) => format!("{value}.into_iter().map(Into::into).collect()"),
        Kind::Maybe(_) => format!("{value}.map(Into::into)"),
    }
}

/// What an accessor returns for a NULL handle.
fn absent_word(words: &str) -> &'static str {
    match words {
        "Status" => "Status::Ok",
        "Effect" => "Effect::None",
        "Outcome" => "Outcome::Skipped",
        "Reason" => "Reason::None",
        "Verdict" => "Verdict::CannotTell",
        "NoticeKind" => "NoticeKind::Sending",
        "EventKind" => "EventKind::None",
        "Severity" => "Severity::Info",
        _ => "0",
    }
}

/// How C reads a field: the return type, the value for a NULL handle, the expression, and a note on an absent value.
pub(super) struct Accessor {
    pub(super) suffix: &'static str,
    pub(super) ty: String,
    pub(super) absent: &'static str,
    pub(super) get: String,
    pub(super) note: &'static str,
}

/// How a field is read, `value` being the record that holds it.
pub(super) fn accessor(field: &Field, value: &str) -> Accessor {
    let place = format!("{value}.{}", field.name);
    let plain = |ty: &str, absent, note| Accessor {
        suffix: "",
        ty: ty.to_owned(),
        absent,
        get: place.clone(),
        note,
    };
    match &field.kind {
        Kind::Text | Kind::State => Accessor {
            get: format!("{place}.as_ptr()"),
            ..plain("*const c_char", "ptr::null()", "")
        },
        Kind::MaybeText => Accessor {
            get: format!("pointer({place}.as_ref())"),
            ..plain("*const c_char", "ptr::null()", "NULL if absent.")
        },
        Kind::Number => plain("i32", "0", ""),
        Kind::Count => plain("i64", "0", ""),
        Kind::MaybeNumber => plain("i32", "-1", "-1 if absent."),
        Kind::MaybeFlag => plain("i32", "-1", "1 or 0; -1 if absent."),
        Kind::Duration => Accessor {
            suffix: "_ms",
            ..plain("i64", "-1", "In milliseconds.")
        },
        Kind::MaybeDuration => Accessor {
            suffix: "_ms",
            ..plain("i64", "-1", "In milliseconds; -1 if absent.")
        },
        Kind::Word(words) if words == "WarningCode" => plain("i32", "0", "One of `graph_warning_code`."),
        Kind::Word(words) => plain(words, absent_word(words), ""),
        Kind::MaybeWord(words) => plain(words, absent_word(words), "`GRAPH_STATUS_OK` if absent."),
        Kind::List(record) => Accessor {
            get: format!("element(&{place}, index)"),
            ..plain(
                &format!("*const graph_{}", names::c(record)),
                "ptr::null()",
                "Its parent handle owns it. NULL if the index is out of range.",
            )
        },
        Kind::Maybe(record) => Accessor {
            get: format!("part({place}.as_ref())"),
            ..plain(
                &format!("*const graph_{}", names::c(record)),
                "ptr::null()",
                "The event owns it. NULL if absent.",
            )
        },
    }
}

/// The parameter of an accessor.
fn receiver(record: &str) -> &'static str {
    match record {
        "Failure" => "error",
        "Receipt" => "receipt",
        "Warning" => "warning",
        "DeviceList" => "devices",
        _ => "device",
    }
}

/// The names of the two accessors of a list: how many, and one by its index.
fn list_names(record: &str, field: &str) -> (String, String) {
    let c = names::c(record);
    if (record, field) == ("DeviceList", "devices") {
        return (format!("graph_{c}_count"), format!("graph_{c}_get"));
    }
    let one = field.trim_end_matches('s');
    (format!("graph_{c}_{one}_count"), format!("graph_{c}_{one}"))
}

fn accessors(record: &Record, field: &Field) -> String {
    let (receiver, c) = (receiver(&record.name), names::c(&record.name));
    let Accessor {
        suffix,
        ty,
        absent,
        get,
        note,
    } = accessor(field, receiver);
    let mut text = paragraphs(&field.doc, &C);
    let handle = format!("{receiver}: *const graph_{c}");
    if let Kind::List(_) = field.kind {
        let (how_many, one) = list_names(&record.name, &field.name);
        add(&mut text, "Returns their number; 0 for NULL.");
        let count = format!(
            "\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {how_many}({handle}) -> i32 {{\n    get({receiver}, 0, |{receiver}| length(&{receiver}.{}))\n}}\n",
            doc(&text),
            field.name
        );
        let one_text = [format!("One of {how_many} by its index. {note}")];
        return count
            + &format!(
                "\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {one}({handle}, index: i32) -> {ty} {{\n    get({receiver}, {absent}, |{receiver}| {get})\n}}\n",
                doc(&one_text)
            );
    }
    add(&mut text, note);
    // `graph_warning_code` is the enumeration.
    let name = match (record.name.as_str(), field.name.as_str()) {
        ("Warning", "code") => "graph_warning_id".to_owned(),
        (_, field) => format!("graph_{c}_{field}{suffix}"),
    };
    format!(
        "\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}({handle}) -> {ty} {{\n    get({receiver}, {absent}, |{receiver}| {get})\n}}\n",
        doc(&text)
    )
}
