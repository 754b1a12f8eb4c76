//! `docs/reference`: tables of statuses, warnings, options and fields.

use super::docs::{Style, line};
use super::model::{Doc, Kind, Model, ParameterKind, Record, Setter, Words};
use super::python::exception;
use super::{Generated, names};
use crate::tools::Result;

const MARK: &str =
    "<!-- Written by `cargo xtask generate` from the sources of crates/core; do not edit. -->\n\n";

pub(super) fn files(model: &Model) -> Result<Vec<Generated>> {
    Ok(vec![
        Generated {
            path: "docs/reference/statuses.md",
            text: statuses(model)?,
        },
        Generated {
            path: "docs/reference/warnings.md",
            text: warnings(model)?,
        },
        Generated {
            path: "docs/reference/options.md",
            text: options(model)?,
        },
        Generated {
            path: "docs/reference/fields.md",
            text: fields(model)?,
        },
    ])
}

struct Markdown;

impl Style for Markdown {
    fn member(&self, ty: &str, member: &str) -> String {
        if member.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            return format!("`{}`", names::word(ty, member));
        }
        format!("`{member}`")
    }

    fn ty(&self, ty: &str) -> String {
        match ty {
            "Error" => "error".to_owned(),
            ty => names::snake(ty).replace('_', " "),
        }
    }
}

/// A doc comment in one cell of a table.
fn cell(doc: &Doc) -> String {
    line(doc, &Markdown).replace('|', "\\|")
}

fn words<'a>(model: &'a Model, name: &str) -> Result<&'a Words> {
    model
        .words(name)
        .ok_or_else(|| format!("core has no {name}").into())
}

fn statuses(model: &Model) -> Result<String> {
    let mut text = format!(
        "{MARK}# Statuses and the other words\n\nThe same numbers and names in every language; both are only ever added to.\n\n## Status\n\n{}\n\n| number | name | means | Python |\n|---|---|---|---|\n",
        cell(&words(model, "Status")?.doc)
    );
    for status in &words(model, "Status")?.members {
        let raised = if status.ident == "Ok" {
            String::new()
        } else {
            format!("`{}`", exception(&status.ident))
        };
        text += &format!(
            "| {} | `{}` | {} | {raised} |\n",
            status.number,
            names::word("Status", &status.ident),
            cell(&status.doc)
        );
    }
    for (name, title) in [
        ("Outcome", "Outcome"),
        ("Reason", "Reason of a skip"),
        ("Effect", "Effect"),
        ("Verdict", "Verdict"),
        ("EventKind", "Kind of event"),
        ("NoticeKind", "Kind of notice"),
    ] {
        text += &table(words(model, name)?, title);
    }
    Ok(text)
}

fn table(words: &Words, title: &str) -> String {
    let rows: String = words
        .members
        .iter()
        .map(|word| {
            let name = names::word(&words.name, &word.ident);
            let name = if name.is_empty() {
                "(none)".to_owned()
            } else {
                format!("`{name}`")
            };
            format!("| {} | {name} | {} |\n", word.number, cell(&word.doc))
        })
        .collect();
    format!(
        "\n## {title}\n\n{}\n\n| number | name | means |\n|---|---|---|\n{rows}",
        cell(&words.doc)
    )
}

fn warnings(model: &Model) -> Result<String> {
    Ok(format!(
        "{MARK}# Warnings\n\nWhat a person should know before devices are retired. A blocking warning keeps a user from being sent until it is accepted by name.\n{}{}",
        table(words(model, "WarningCode")?, "Warning"),
        table(words(model, "Severity")?, "Severity")
    ))
}

fn options(model: &Model) -> Result<String> {
    let mut text = format!(
        "{MARK}# Options\n\nEach option has one name, written as each language writes names; defaults and limits are decided in one place.\n"
    );
    for (name, title) in [
        ("ClientOptions", "Of a client"),
        ("CallOptions", "Of one call"),
        ("RunOptions", "Of a run"),
    ] {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        text += &format!("\n## {title}\n\n| option | takes | meaning |\n|---|---|---|\n");
        text += &options.setters.iter().map(option).collect::<String>();
    }
    Ok(text)
}

fn option(setter: &Setter) -> String {
    let takes: Vec<&str> = setter
        .parameters
        .iter()
        .map(|parameter| takes(parameter.kind))
        .collect();
    let takes = if takes.is_empty() {
        "a switch".to_owned()
    } else {
        takes.join(", ")
    };
    let many = if setter.adds { ", once for each" } else { "" };
    format!("| `{}` | {takes}{many} | {} |\n", setter.name, cell(&setter.doc))
}

fn takes(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Text => "text",
        ParameterKind::Path => "path",
        ParameterKind::Flag => "yes or no",
        ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber => "number",
        ParameterKind::Duration => "duration",
        ParameterKind::User => "user",
        ParameterKind::Warning => "warning",
        ParameterKind::Cloud => "cloud",
        ParameterKind::Endpoint => "URL",
    }
}

fn fields(model: &Model) -> Result<String> {
    let mut text = format!(
        "{MARK}# Fields\n\nThe same names in every language. Durations are milliseconds in C and C++, seconds in Python and .NET.\n"
    );
    for (name, title) in [
        ("Receipt", "Receipt"),
        ("Failure", "Error"),
        ("UserResult", "Result of one user of a run"),
        ("Progress", "Progress"),
        ("Summary", "Summary of a run"),
        ("Device", "Device"),
        ("Warning", "Warning"),
        ("Verification", "Verification"),
        ("VerifiedDevice", "Verified device"),
    ] {
        let record = model.record(name).ok_or_else(|| format!("core has no {name}"))?;
        text += &section(record, title);
    }
    Ok(text)
}

fn section(record: &Record, title: &str) -> String {
    let rows: String = record
        .fields
        .iter()
        .map(|field| {
            let optional = matches!(
                field.kind,
                Kind::MaybeText
                    | Kind::MaybeNumber
                    | Kind::MaybeDuration
                    | Kind::MaybeFlag
                    | Kind::MaybeWord(_)
                    | Kind::Maybe(_)
            );
            format!(
                "| `{}` | {} | {} |\n",
                field.name,
                if optional { "may be absent" } else { "" },
                cell(&field.doc)
            )
        })
        .collect();
    format!(
        "\n## {title}\n\n{}\n\n| field | | meaning |\n|---|---|---|\n{rows}",
        cell(&record.doc)
    )
}
