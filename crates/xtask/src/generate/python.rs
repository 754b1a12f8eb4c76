//! The Python package's exceptions and tuples, and the dicts that the native module fills them from.

use super::capi::formatted;
use super::docs::{Style, line, wrapped};
use super::model::{Doc, Field, Kind, Model, Record, Word};
use super::{Generated, names};
use crate::tools::Result;

const WIDTH: usize = 120;
const MARK: &str = "Written by `cargo xtask generate`; do not edit.";

/// Exceptions whose name is not that of their status: those of the standard library were taken, or say it better.
const RENAMED: [(&str, &str); 4] = [
    ("ConnectionFailed", "ConnectError"),
    ("Timeout", "RequestTimeoutError"),
    ("Interrupted", "LostConnectionError"),
    ("Cancelled", "StoppedError"),
];
/// The exceptions of Python that one of ours is as well.
const ALSO: [(&str, &str); 3] = [
    ("InvalidArgument", "ValueError"),
    ("Timeout", "TimeoutError"),
    ("Journal", "OSError"),
];

pub(super) fn files(model: &Model) -> Result<Vec<Generated>> {
    Ok(vec![
        Generated {
            path: "crates/python/src/generated/fields.rs",
            text: formatted(&fields(model)?)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/__init__.py",
            text: format!("\"\"\"What mirrors the core. {MARK}\"\"\"\n"),
        },
        Generated {
            path: "python/src/graph_devices/generated/errors.py",
            text: errors(model)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/receipt.py",
            text: tuples(
                model,
                "What a caller keeps of an accepted call.",
                &["Receipt"],
                false,
            )?,
        },
        Generated {
            path: "python/src/graph_devices/generated/devices.py",
            text: tuples(
                model,
                "Devices as Intune lists them, and what became of them.",
                &["Warning", "Device", "VerifiedDevice"],
                true,
            )?,
        },
    ])
}

/// How docstrings name things.
struct Docstring;

impl Style for Docstring {
    fn member(&self, ty: &str, member: &str) -> String {
        match ty {
            "ClientOptions" | "CallOptions" | "RunOptions" => format!("``{}``", argument(ty, member)),
            ty if member.starts_with(|letter: char| letter.is_ascii_uppercase()) => {
                format!("``\"{}\"``", names::word(ty, member))
            }
            _ => format!("``{member}``"),
        }
    }

    fn ty(&self, ty: &str) -> String {
        format!(":class:`{}`", class(ty))
    }

    fn code(&self, text: &str) -> String {
        format!("``{text}``")
    }
}

/// The keyword argument of an option.
pub(super) fn argument(options: &str, setter: &str) -> String {
    match (options, setter) {
        ("RunOptions", "justification") => "reason".to_owned(),
        ("ClientOptions", "ca_pem") => "ca_bundle".to_owned(),
        (_, setter) => setter.to_owned(),
    }
}

fn class(record: &str) -> &str {
    match record {
        "Failure" => "GraphDevicesError",
        "Warning" => "DeviceWarning",
        record => record,
    }
}

/// The class of a status.
pub(super) fn exception(status: &str) -> String {
    let renamed = RENAMED.iter().find(|(ident, _)| *ident == status);
    renamed.map_or_else(|| format!("{status}Error"), |(_, name)| (*name).to_owned())
}

fn docstring(doc: &Doc, indent: &str) -> String {
    let lines = wrapped(&line(doc, &Docstring), WIDTH - indent.len() - 3);
    match lines.as_slice() {
        [one] if one.len() + indent.len() + 6 <= WIDTH => format!("{indent}\"\"\"{one}\"\"\"\n"),
        lines => {
            let (first, rest) = lines
                .split_first()
                .map_or(("", &lines[..0]), |(first, rest)| (first.as_str(), rest));
            let rest: String = rest.iter().map(|line| format!("{indent}{line}\n")).collect();
            format!("{indent}\"\"\"{first}\n{rest}{indent}\"\"\"\n")
        }
    }
}

/// Functions that put each field of a record into a dict.
fn fields(model: &Model) -> Result<String> {
    let mut text = format!(
        "//! Records as dicts for Python. {MARK}\n\nuse graph_devices::{{Device, DeviceList, Error, Receipt, Row, Status, Summary, Tick, Verification, VerifiedDevice, Warning}};\nuse pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\ntype Dict<'py> = Bound<'py, PyDict>;\n"
    );
    for record in &model.records {
        let name = names::c(&record.name);
        let core = if record.name == "Failure" {
            "Error"
        } else {
            &record.name
        };
        let sets: String = record
            .fields
            .iter()
            .map(|field| format!("    fields.set_item(\"{}\", {})?;\n", field.name, item(field)))
            .collect();
        text += &format!(
            "\n/// {}\npub(crate) fn {name}<'py>(py: Python<'py>, value: &{core}) -> PyResult<Dict<'py>> {{\n    let fields = PyDict::new(py);\n{sets}    Ok(fields)\n}}\n",
            class(&record.name)
        );
    }
    Ok(text)
}

fn item(field: &Field) -> String {
    let value = format!("value.{}", field.name);
    match &field.kind {
        Kind::Text | Kind::MaybeText => format!("&{value}"),
        Kind::Number | Kind::Count | Kind::MaybeNumber | Kind::MaybeFlag | Kind::Rate => value,
        Kind::Duration => format!("{value}.as_secs_f64()"),
        Kind::MaybeDuration => format!("{value}.map(|time| time.as_secs_f64())"),
        Kind::State | Kind::Word(_) => format!("{value}.name()"),
        Kind::MaybeWord(words) => format!("{value}.map({words}::name)"),
        Kind::List(element) => format!(
            "{value}.iter().map(|one| {}(py, one)).collect::<PyResult<Vec<_>>>()?",
            names::c(element)
        ),
        Kind::Maybe(element) => format!(
            "{value}.as_ref().map(|one| {}(py, one)).transpose()?",
            names::c(element)
        ),
    }
}

fn errors(model: &Model) -> Result<String> {
    let failure = model.record("Failure").ok_or("core has no Failure")?;
    let statuses = model.words("Status").ok_or("core has no Status")?;
    let failures: Vec<&Word> = statuses
        .members
        .iter()
        .filter(|status| status.ident != "Ok")
        .collect();
    let named: String = failures
        .iter()
        .map(|status| format!("    \"{}\",\n", exception(&status.ident)))
        .collect();
    let own: Vec<&Field> = failure
        .fields
        .iter()
        .filter(|field| !["status", "message"].contains(&field.name.as_str()))
        .collect();
    let parameters: String = own
        .iter()
        .map(|field| {
            format!(
                "        {}: {} = {},\n",
                field.name,
                annotation(&field.kind),
                default(&field.kind)
            )
        })
        .collect();
    let kept: String = own
        .iter()
        .map(|field| format!("        self.{0} = {0}\n", field.name))
        .collect();
    let described: String = own
        .iter()
        .map(|field| {
            let text = format!("``{}``: {}", field.name, line(&field.doc, &Docstring));
            let lines = wrapped(&text, WIDTH - 8);
            lines
                .iter()
                .enumerate()
                .map(|(at, line)| format!("{}{line}\n", if at == 0 { "    - " } else { "      " }))
                .collect::<String>()
        })
        .collect();
    let mut text = format!(
        "\"\"\"The exceptions, one for each status. {MARK}\"\"\"\n\nfrom __future__ import annotations\n\nfrom typing import TYPE_CHECKING, Optional\n\nif TYPE_CHECKING:\n    from .._events import Report\n\n__all__ = [\n    \"GraphDevicesError\",\n{named}]\n\n\nclass GraphDevicesError(Exception):\n    \"\"\"A call was not accepted. ``str()`` says what happened and what to do next; no attribute ever holds a token.\n\n    Durations are in seconds. What is absent is ``None``.\n\n{described}    \"\"\"\n\n    #: The name of the status, the same in every language.\n    status: str = \"internal\"\n    #: What a run had come to when this ended it; only of :meth:`Client.remove_all_devices_bulk`.\n    report: Optional[Report] = None\n\n    def __init__(\n        self,\n        message: str,\n        *,\n{parameters}    ) -> None:\n        super().__init__(message)\n        self.message = message\n{kept}"
    );
    for status in failures {
        let also = ALSO
            .iter()
            .find(|(ident, _)| *ident == status.ident)
            .map_or(String::new(), |(_, also)| format!(", {also}"));
        text += &format!(
            "\n\nclass {}(GraphDevicesError{also}):\n{}\n    status = \"{}\"\n",
            exception(&status.ident),
            docstring(&status.doc, "    "),
            names::word("Status", &status.ident)
        );
    }
    Ok(text)
}

fn annotation(kind: &Kind) -> String {
    match kind {
        Kind::Text | Kind::State | Kind::Word(_) => "str".to_owned(),
        Kind::MaybeText | Kind::MaybeWord(_) => "Optional[str]".to_owned(),
        Kind::Number | Kind::Count => "int".to_owned(),
        Kind::MaybeNumber => "Optional[int]".to_owned(),
        Kind::Duration | Kind::Rate => "float".to_owned(),
        Kind::MaybeDuration => "Optional[float]".to_owned(),
        Kind::MaybeFlag => "Optional[bool]".to_owned(),
        Kind::List(element) => format!("Tuple[{}, ...]", class(element)),
        Kind::Maybe(element) => format!("Optional[{}]", class(element)),
    }
}

fn default(kind: &Kind) -> &'static str {
    match kind {
        Kind::Number | Kind::Count => "0",
        Kind::Word(_) => "\"none\"",
        _ => "None",
    }
}

/// Records as named tuples. Enumerations are literal types where `literals` are declared.
fn tuples(model: &Model, about: &str, records: &[&str], literals: bool) -> Result<String> {
    let mut imports = vec!["NamedTuple", "Optional"];
    let mut declared = String::new();
    if literals {
        imports.splice(0..0, ["Literal"]);
        imports.push("Tuple");
        for words in ["Severity", "Verdict"] {
            declared += &literal(model, words)?;
        }
        declared.push('\n');
    }
    let mut text = format!(
        "\"\"\"{about} {MARK}\"\"\"\n\nfrom __future__ import annotations\n\nfrom typing import {}\n\n{declared}",
        imports.join(", ")
    );
    for name in records {
        let record = model.record(name).ok_or_else(|| format!("core has no {name}"))?;
        text += "\n";
        text += &tuple(record, literals);
    }
    Ok(text)
}

fn literal(model: &Model, name: &str) -> Result<String> {
    let words = model.words(name).ok_or_else(|| format!("core has no {name}"))?;
    let members: Vec<String> = words
        .members
        .iter()
        .map(|word| format!("\"{}\"", names::word(name, &word.ident)))
        .collect();
    Ok(format!("{name} = Literal[{}]\n", members.join(", ")))
}

fn tuple(record: &Record, literals: bool) -> String {
    let mut text = format!(
        "class {}(NamedTuple):\n{}\n",
        class(&record.name),
        docstring(&record.doc, "    ")
    );
    for field in &record.fields {
        let ty = match &field.kind {
            Kind::Word(words) if literals && ["Severity", "Verdict"].contains(&words.as_str()) => {
                words.clone()
            }
            kind => annotation(kind),
        };
        for line in wrapped(&line(&field.doc, &Docstring), WIDTH - 7) {
            text += &format!("    #: {line}\n");
        }
        text += &format!("    {}: {ty}\n", field.name);
    }
    text + "\n"
}
