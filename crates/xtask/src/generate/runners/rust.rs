//! `tests/rust/src/generated.rs`

use super::{Argument, OPTIONS, argument, printed};
use crate::generate::Generated;
use crate::generate::capi::formatted;
use crate::generate::model::{Field, Kind, Model, Options, ParameterKind, Record, Setter};
use crate::generate::names;
use crate::tools::Result;

pub(super) fn file(model: &Model) -> Result<Generated> {
    let mut text = String::from(
        "//! What the scenario runner prints of each record, and how it takes options. Written by `cargo xtask generate`; do not edit.\n\nuse graph_devices::{CallOptions, ClientOptions, Cloud, Device, Endpoint, Error, Receipt, Result as Answer, RunOptions, UserId, VerifiedDevice, Warning, WarningCode};\nuse serde_json::{Value, json};\n\nuse crate::arguments::{Arguments, Unsupported};\nuse crate::json::milliseconds;\n",
    );
    for record in printed(model)? {
        text += &print(record);
    }
    for name in OPTIONS {
        text += &take(model.options(name).ok_or_else(|| format!("core has no {name}"))?);
    }
    Ok(Generated {
        path: "tests/rust/src/generated/mod.rs",
        text: formatted(&text)?,
    })
}

fn print(record: &Record) -> String {
    let core = if record.name == "Failure" {
        "Error"
    } else {
        &record.name
    };
    let members: String = record.fields.iter().map(member).collect();
    format!(
        "\npub(crate) fn {}(from: &{core}) -> Value {{\n    json!({{{members}}})\n}}\n",
        names::c(&record.name)
    )
}

fn member(field: &Field) -> String {
    let name = &field.name;
    let get = format!("from.{name}");
    match &field.kind {
        Kind::Duration => format!("\"{name}_ms\": milliseconds({get}),\n"),
        Kind::MaybeDuration => format!("\"{name}_ms\": {get}.map(milliseconds),\n"),
        Kind::Word(words) if words == "Status" => {
            format!("\"{name}\": {get}.name(),\n\"{name}_number\": {get}.number(),\n")
        }
        Kind::Word(_) | Kind::State => format!("\"{name}\": {get}.name(),\n"),
        Kind::List(element) => format!(
            "\"{name}\": {get}.iter().map({}).collect::<Vec<_>>(),\n",
            names::c(element)
        ),
        Kind::Maybe(element) => format!("\"{name}\": {get}.as_ref().map({}),\n", names::c(element)),
        _ => format!("\"{name}\": {get},\n"),
    }
}

/// Arguments that Rust's types cannot hold are refused before any option is set.
fn take(options: &Options) -> String {
    let (c, name) = (names::c(&options.name), &options.name);
    let read: String = options.setters.iter().map(reads).collect();
    let set: String = options.setters.iter().map(sets).collect();
    format!(
        "\npub(crate) fn {c}(given: &Arguments) -> Result<Answer<{name}>, Unsupported> {{\n{read}    let set = || -> Answer<{name}> {{\n        let mut options = {name}::default();\n{set}        Ok(options)\n    }};\n    Ok(set())\n}}\n"
    )
}

fn reads(setter: &Setter) -> String {
    let name = &setter.name;
    let value = match argument(setter) {
        Argument::Switch => format!("given.text(\"{name}\").filter(|value| *value == \"1\")"),
        Argument::Flag => format!("given.text(\"{name}\").map(|value| value == \"1\")"),
        Argument::Text => format!("given.text(\"{name}\")"),
        Argument::Texts => format!("given.all(\"{name}\")"),
        Argument::Number => format!("given.number(\"{name}\")?"),
        Argument::Milliseconds => format!("given.milliseconds(\"{name}_ms\")?"),
        Argument::TwoMilliseconds => {
            format!("given.milliseconds(\"{name}_base_ms\")?.zip(given.milliseconds(\"{name}_cap_ms\")?)")
        }
        Argument::Quota => format!("given.quota(\"{name}\")?"),
        Argument::Pair => {
            format!("given.text(\"{name}\").map(|value| value.split_once(':').unwrap_or((value, \"\")))")
        }
    };
    format!("    let {name} = {value};\n")
}

fn sets(setter: &Setter) -> String {
    let name = &setter.name;
    let (pattern, values) = match argument(setter) {
        Argument::Switch => ("_".to_owned(), String::new()),
        Argument::TwoMilliseconds | Argument::Quota | Argument::Pair => {
            ("(first, second)".to_owned(), "first, second".to_owned())
        }
        _ => ("value".to_owned(), one_value(setter)),
    };
    let call = format!("options.{name}({values}){}", if setter.checks { "?" } else { "" });
    if setter.adds {
        return format!("        for value in {name} {{\n            options = {call};\n        }}\n");
    }
    if matches!(argument(setter), Argument::Switch) {
        return format!("        if {name}.is_some() {{\n            options = {call};\n        }}\n");
    }
    format!("        if let Some({pattern}) = {name} {{\n            options = {call};\n        }}\n")
}

fn one_value(setter: &Setter) -> String {
    match setter.parameters.first().map(|parameter| parameter.kind) {
        Some(ParameterKind::Number) => "usize::try_from(value).unwrap_or(usize::MAX)",
        Some(ParameterKind::SmallNumber) => "u32::try_from(value).unwrap_or(u32::MAX)",
        Some(ParameterKind::User) => "UserId::parse(value)?",
        Some(ParameterKind::Warning) => "WarningCode::parse(value)?",
        Some(ParameterKind::Cloud) => "Cloud::parse(value)?",
        Some(ParameterKind::Endpoint) => "Endpoint::parse(value)?",
        _ => "value",
    }
    .to_owned()
}
