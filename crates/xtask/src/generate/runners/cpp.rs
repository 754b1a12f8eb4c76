//! `tests/cpp/generated/fields.hpp`, which the runner includes after its own helpers.

use super::{Argument, OPTIONS, argument, printed};
use crate::generate::Generated;
use crate::generate::model::{Field, Kind, Model, Options, Record, Setter};
use crate::generate::names;
use crate::tools::Result;

pub(super) fn file(model: &Model) -> Result<Generated> {
    let mut text = String::from(
        "/* What the scenario runner prints of each record, and how it takes options.\n * Written by `cargo xtask generate`; do not edit. Included by scenario_runner.cpp behind its helpers. */\n",
    );
    for record in printed(model)? {
        text += &print(record);
    }
    for name in OPTIONS {
        text += &take(model.options(name).ok_or_else(|| format!("core has no {name}"))?);
    }
    Ok(Generated {
        path: "tests/cpp/generated/fields.hpp",
        text,
    })
}

fn print(record: &Record) -> String {
    let c = names::c(&record.name);
    let members: Vec<String> = record.fields.iter().map(member).collect();
    format!(
        "\nstd::string json(const gd::{c} &from) {{\n    return \"{{\" {} + \"}}\";\n}}\n",
        members
            .iter()
            .enumerate()
            .map(|(at, member)| format!(
                "\n           {}{member}",
                if at == 0 {
                    "+ std::string("
                } else {
                    "+ (\",\" + std::string("
                }
            ))
            .zip(
                members
                    .iter()
                    .enumerate()
                    .map(|(at, _)| if at == 0 { ")" } else { "))" })
            )
            .map(|(member, end)| member + end)
            .collect::<String>()
    )
}

fn member(field: &Field) -> String {
    let name = &field.name;
    let get = format!("from.{name}()");
    match &field.kind {
        Kind::Duration | Kind::MaybeDuration => format!("\"\\\"{name}_ms\\\":\" + json({get})"),
        Kind::Count => format!("\"\\\"{name}\\\":\" + json(static_cast<long long>({get}))"),
        Kind::Word(words) | Kind::MaybeWord(words) if words == "Status" => format!(
            "\"\\\"{name}\\\":\" + json(gd::name({get})) + \",\\\"{name}_number\\\":\" + json(static_cast<int>({get}))"
        ),
        Kind::Word(_) | Kind::MaybeWord(_) => format!("\"\\\"{name}\\\":\" + json(gd::name({get}))"),
        _ => format!("\"\\\"{name}\\\":\" + json({get})"),
    }
}

fn take(options: &Options) -> String {
    let c = names::c(&options.name);
    let body: String = options.setters.iter().map(one).collect();
    format!(
        "\ngd::{c} take_{c}(const arguments &given) {{\n    gd::{c} options;\n{body}    return options;\n}}\n"
    )
}

fn one(setter: &Setter) -> String {
    let name = &setter.name;
    let value = match argument(setter) {
        Argument::Switch => format!("given.text(\"{name}\") == \"1\""),
        Argument::Flag => format!("given.flag(\"{name}\")"),
        Argument::Text => format!("given.text(\"{name}\")"),
        Argument::Texts => format!("given.all(\"{name}\")"),
        Argument::Number => format!("given.small(\"{name}\")"),
        Argument::Milliseconds => format!("given.duration(\"{name}_ms\")"),
        Argument::TwoMilliseconds => {
            format!("backoff(given.duration(\"{name}_base_ms\"), given.duration(\"{name}_cap_ms\"))")
        }
        Argument::Quota => format!("quota(given.text(\"{name}\"))"),
        Argument::Pair => format!("input(given.text(\"{name}\"))"),
    };
    format!("    options.{name} = {value};\n")
}
