//! `graph_event`: an event of a run as one handle.

use super::records::{Accessor, accessor, mirror};
use super::{C, doc};
use crate::generate::docs::{add, paragraphs};
use crate::generate::model::{Event, Field, Kind, Model, Record};
use crate::generate::names;
use crate::tools::Result;

/// Events that carry texts instead of a record; they are written out below.
const BY_NAME: [&str; 2] = ["NeedToken", "Notice"];

pub(super) fn text(model: &Model) -> Result<String> {
    let carried = carried(model)?;
    let mut out = String::from(
        "//! `graph_event`: the kinds of event, and one accessor for each field of their records.\n\nuse std::ffi::{CString, c_char};\nuse std::ptr;\n\nuse graph_core::{Event, NoticeKind, Outcome, Progress, Reason, Status, Summary, UserResult, Verdict, Verification};\n\nuse super::records::{graph_device_list, graph_error, graph_receipt, graph_verified_device};\nuse crate::guard::{free, get};\nuse crate::strings::{element, large, length, milliseconds, owned, owned_if_any, part, pointer};\n",
    );
    out += &kinds(model)?;
    for (_, record) in &carried {
        out += &mirror(record, &holder(record), false);
    }
    out += &handle(&carried);
    let fields: Vec<(&Event, &Record, &Field)> = carried
        .iter()
        .flat_map(|(event, record)| record.fields.iter().map(move |field| (*event, *record, field)))
        .collect();
    let mut written = Vec::new();
    for (event, record, field) in &fields {
        let name = name(record, field);
        if written.contains(&name) {
            continue;
        }
        let holders: Vec<_> = fields
            .iter()
            .filter(|(_, record, other)| self::name(record, other) == name)
            .map(|(event, record, _)| (*event, *record))
            .collect();
        out += &get(event, record, field, &name, &holders);
        written.push(name);
    }
    Ok(out)
}

/// The events that carry a record, each with its record.
fn carried(model: &Model) -> Result<Vec<(&Event, &Record)>> {
    let with_record = model
        .events
        .iter()
        .filter(|event| event.record.is_some() && !BY_NAME.contains(&event.ident.as_str()));
    with_record
        .map(|event| {
            let name = event.record.as_deref().unwrap_or_default();
            let record = model.record(name).ok_or_else(|| format!("core has no {name}"))?;
            Ok((event, record))
        })
        .collect()
}

/// The kinds of event: their constants begin with `GRAPH_EVENT_`.
fn kinds(model: &Model) -> Result<String> {
    let kinds = model.words("EventKind").ok_or("core has no EventKind")?;
    let members: String = kinds
        .members
        .iter()
        .map(|kind| {
            format!(
                "{}    GRAPH_EVENT_{} = {},\n",
                doc(&paragraphs(&kind.doc, &C)),
                names::screaming(&kind.ident),
                kind.number
            )
        })
        .collect();
    let cases: String = kinds
        .members
        .iter()
        .filter(|kind| kind.number != 0)
        .map(|kind| {
            format!(
                "            EventKind::{0} => Self::GRAPH_EVENT_{1},\n",
                kind.ident,
                names::screaming(&kind.ident)
            )
        })
        .collect();
    Ok(format!(
        "\n{}///\n/// cbindgen:rename-all=None\n#[allow(clippy::upper_case_acronyms)]\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n#[repr(i32)]\npub enum graph_event_kind {{\n{members}}}\n\nimpl From<graph_core::EventKind> for graph_event_kind {{\n    fn from(kind: graph_core::EventKind) -> Self {{\n        use graph_core::EventKind;\n        match kind {{\n{cases}            _ => Self::GRAPH_EVENT_NONE,\n        }}\n    }}\n}}\n",
        doc(&paragraphs(&kinds.doc, &C))
    ))
}

/// The struct that holds the record of an event.
fn holder(record: &Record) -> String {
    format!("{}Fields", record.name)
}

/// The member of `graph_event` that holds it.
fn member(event: &Event) -> String {
    names::snake(&event.ident)
}

fn handle(carried: &[(&Event, &Record)]) -> String {
    let event: String = carried
        .iter()
        .map(|(event, record)| format!("    {}: Option<{}>,\n", member(event), holder(record)))
        .collect();
    let taken: String = carried
        .iter()
        .map(|(event, _)| match event.ident.as_str() {
            // Its counts are read by number.
            "Done" => "            Some(Event::Done(value)) => {\n                made.summary = value.clone();\n                made.done = Some(value.into());\n            }\n".to_owned(),
            // Core computes these from several fields.
            "Result" => "            Some(Event::Result(value)) => {\n                made.status = value.status().map_or(-1, |status| status as i32);\n                made.effect = value.effect().map_or(-1, |effect| effect as i32);\n                made.result_message = owned_if_any(value.message());\n                made.result = Some(value.into());\n            }\n".to_owned(),
            ident => format!("            Some(Event::{ident}(value)) => made.{} = Some(value.into()),\n", member(event)),
        })
        .collect();
    format!(
        r#"
/// An event of a run. Read-only.
pub struct graph_event {{
    kind: graph_event_kind,
    claims: Option<CString>,
    text: Option<CString>,
    notice_kind: NoticeKind,
    pub(crate) status: i32,
    pub(crate) effect: i32,
    result_message: Option<CString>,
    pub(crate) summary: Summary,
{event}}}

impl From<Option<Event>> for graph_event {{
    fn from(event: Option<Event>) -> Self {{
        let kind = event.as_ref().map_or(graph_core::EventKind::None, Event::kind);
        let mut made = Self {{
            kind: kind.into(),
            claims: None,
            text: None,
            notice_kind: NoticeKind::Sending,
            status: -1,
            effect: -1,
            result_message: None,
            summary: Summary::default(),
{empty}        }};
        match event {{
{taken}            Some(Event::NeedToken {{ claims }}) => made.claims = owned_if_any(claims.as_deref()),
            Some(Event::Notice(notice)) => {{
                made.text = Some(owned(&notice.to_string()));
                made.notice_kind = notice.kind();
            }}
            _ => {{}}
        }}
        made
    }}
}}

/// The kind of an event; `GRAPH_EVENT_NONE` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_type(event: *const graph_event) -> graph_event_kind {{
    get(event, graph_event_kind::GRAPH_EVENT_NONE, |event| event.kind)
}}

/// Need token: the claims that the new token must satisfy (a JSON object). NULL if any new token is sufficient.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_claims(event: *const graph_event) -> *const c_char {{
    get(event, ptr::null(), |event| pointer(event.claims.as_ref()))
}}

/// Notice: one line for a log; it never holds a token. NULL for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_text(event: *const graph_event) -> *const c_char {{
    get(event, ptr::null(), |event| pointer(event.text.as_ref()))
}}

/// Notice: its kind. A program without a log should show the notices of `GRAPH_NOTICE_RUN`.
/// `GRAPH_NOTICE_SENDING` for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_notice_kind(event: *const graph_event) -> NoticeKind {{
    get(event, NoticeKind::Sending, |event| event.notice_kind)
}}

/// Frees an event with everything that it owns. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_free(event: *mut graph_event) {{
    free(event);
}}
"#,
        empty = carried
            .iter()
            .map(|(event, _)| format!("            {}: None,\n", member(event)))
            .collect::<String>()
    )
}

/// The accessor of a field.
fn name(record: &Record, field: &Field) -> String {
    match (record.name.as_str(), field.name.as_str()) {
        ("Verification", "devices") => "verified".to_owned(),
        ("Progress", name) => format!("progress_{name}"),
        (_, name) => name.to_owned(),
    }
}

fn get(event: &Event, record: &Record, field: &Field, name: &str, holders: &[(&Event, &Record)]) -> String {
    let _ = (event, record);
    let Accessor {
        suffix,
        ty,
        absent,
        note,
        ..
    } = accessor(field, "held");
    // A number that a progress event cannot have.
    let absent = if name.starts_with("progress_") {
        "-1"
    } else {
        absent
    };
    let kinds: Vec<String> = holders
        .iter()
        .map(|(event, _)| names::snake(&event.ident).replace('_', " "))
        .collect();
    let mut text = paragraphs(&field.doc, &C);
    if let Some(first) = text.first_mut() {
        *first = format!("{}: {}", capital(&kinds.join(" and ")), small(first));
    }
    if name.starts_with("progress_") && note.is_empty() {
        add(&mut text, "-1 for other events.");
    }
    if name == "message" {
        add(&mut text, "Result: what happened and what to do next, as text.");
    }
    add(&mut text, note);
    let chain = |get: &dyn Fn(&str) -> String| -> String {
        // Core computes the message of a result from several fields.
        let mut out = match name {
            "message" => "pointer(event.result_message.as_ref())".to_owned(),
            _ => absent.to_owned(),
        };
        for (event, _) in holders.iter().rev() {
            out = format!(
                "event.{}.as_ref().map_or({out}, |held| {})",
                member(event),
                get("held")
            );
        }
        out
    };
    if let Kind::List(_) = field.kind {
        let count = chain(&|held| format!("length(&{held}.{})", field.name)).replace(absent, "0");
        let one = chain(&|held| accessor(field, held).get);
        return format!(
            "\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn graph_event_{name}_count(event: *const graph_event) -> i32 {{\n    get(event, 0, |event| {count})\n}}\n\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn graph_event_{name}_device(event: *const graph_event, index: i32) -> {ty} {{\n    get(event, {absent}, |event| {one})\n}}\n",
            doc(&[format!(
                "{} Returns their number; 0 for other events.",
                text.first().cloned().unwrap_or_default().replace(note, "").trim()
            )]),
            doc(&[format!("Verified: a device by its index. {note}")]),
        );
    }
    let get = chain(&|held| accessor(field, held).get);
    format!(
        "\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn graph_event_{name}{suffix}(event: *const graph_event) -> {ty} {{\n    get(event, {absent}, |event| {get})\n}}\n",
        doc(&text)
    )
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_ascii_uppercase() + rest
}

/// The first word of a sentence after a colon.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().to_string() + &text[first.len_utf8()..]
        }
        _ => text.to_owned(),
    }
}
