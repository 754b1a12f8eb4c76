//! The Python package's exceptions and tuples, and the dicts that the native module fills them from.

mod options;

use super::capi::formatted;
use super::docs::{Style, line, wrapped};
use super::model::{Doc, Field, Kind, Model, Record, Word};
use super::{Generated, names};
use crate::tools::Result;

const WIDTH: usize = 120;
const MARK: &str = "Written by `cargo xtask generate`; do not edit.";

/// Exceptions whose name differs from their status, because of a name of the standard library or a better word.
const RENAMED: [(&str, &str); 4] = [
    ("ConnectionFailed", "ConnectError"),
    ("Timeout", "RequestTimeoutError"),
    ("Interrupted", "LostConnectionError"),
    ("Cancelled", "StoppedError"),
];
/// The built-in exceptions that are further bases.
const ALSO: [(&str, &str); 3] = [
    ("InvalidArgument", "ValueError"),
    ("Timeout", "TimeoutError"),
    ("Journal", "FileError"),
];

pub(super) fn files(model: &Model) -> Result<Vec<Generated>> {
    Ok(vec![
        Generated {
            path: "crates/python/src/generated/fields.rs",
            text: formatted(&fields(model))?,
        },
        Generated {
            path: "crates/python/src/generated/options.rs",
            text: formatted(&options::native_options(model)?)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/kinds.py",
            text: options::kinds(model)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/runs.py",
            text: options::methods(model)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/__init__.py",
            text: format!("\"\"\"The mirrors of core. {MARK}\"\"\"\n"),
        },
        Generated {
            path: "python/src/graph_devices/generated/errors.py",
            text: errors(model)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/receipt.py",
            text: receipt(model)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/devices.py",
            text: devices(model)?,
        },
    ])
}

/// How docstrings name things.
struct Docstring;

impl Style for Docstring {
    fn member(&self, ty: &str, member: &str) -> String {
        match ty {
            "ClientOptions" | "CallOptions" | "RunOptions" => format!("``{member}``"),
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

fn class(record: &str) -> &str {
    match record {
        "Failure" => "GraphDevicesError",
        "Warning" => "DeviceWarning",
        record => record,
    }
}

/// The exception class of a status.
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

/// Functions that put each field of a record into a dict. Python takes interned names as arguments without comparing their
/// letters.
fn fields(model: &Model) -> String {
    let mut text = format!(
        "//! Records as dicts for Python. {MARK}\n\nuse graph_devices::{{Device, DeviceList, Error, Progress, Receipt, Status, Summary, UserResult, Verification, VerifiedDevice, Warning}};\nuse pyo3::intern;\nuse pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\ntype Dict<'py> = Bound<'py, PyDict>;\n"
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
            .map(|field| {
                format!(
                    "    fields.set_item(intern!(py, \"{}\"), {})?;\n",
                    field.name,
                    item(field)
                )
            })
            .collect();
        text += &format!(
            "\n/// `{}`\npub(crate) fn {name}<'py>(py: Python<'py>, value: &{core}) -> PyResult<Dict<'py>> {{\n    let fields = PyDict::new(py);\n{sets}    Ok(fields)\n}}\n",
            class(&record.name)
        );
    }
    text
}

fn item(field: &Field) -> String {
    let value = format!("value.{}", field.name);
    match &field.kind {
        Kind::Text | Kind::MaybeText => format!("&{value}"),
        Kind::Number | Kind::Count | Kind::MaybeNumber | Kind::MaybeFlag => value,
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
        "\"\"\"The exceptions, one for each status. {MARK}\"\"\"\n\nfrom __future__ import annotations\n\nfrom .._file_error import FileError\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Optional\n\n    from .._events import Report\n\n__all__ = [\n    \"GraphDevicesError\",\n{named}]\n\n\nclass GraphDevicesError(Exception):\n    \"\"\"A call was not accepted. ``str()`` says what happened and what to do next; no attribute ever holds a token.\n\n    Durations are in seconds. An absent value is ``None``.\n\n{described}    \"\"\"\n\n    #: The name of the status, the same in every language.\n    status: str = \"internal\"\n    #: The results of the run that this error ended; only from :meth:`Client.remove_all_devices_bulk`.\n    report: Optional[Report] = None\n\n    def __init__(\n        self,\n        message: str,\n        *,\n{parameters}    ) -> None:\n        super().__init__(message)\n        self.message = message\n{kept}"
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
        Kind::Duration => "float".to_owned(),
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

/// The receipt. Every program loads it, so at run time it does without typing, whose import takes longer than a call.
fn receipt(model: &Model) -> Result<String> {
    let record = model.record("Receipt").ok_or("core has no Receipt")?;
    let names: String = record
        .fields
        .iter()
        .map(|field| format!("            \"{}\",\n", field.name))
        .collect();
    let typed: String = tuple(record, false)
        .lines()
        .map(|line| {
            if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("    {line}\n")
            }
        })
        .collect();
    Ok(format!(
        "\"\"\"What a caller keeps of an accepted call. {MARK}\"\"\"\n\nfrom __future__ import annotations\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import NamedTuple, Optional\n\n{}\nelse:\n    from collections import namedtuple\n\n    class Receipt(\n        namedtuple(\n            \"Receipt\",\n            [\n{}            ],\n        )\n    ):\n{}\n        __slots__ = ()\n",
        typed.trim_end_matches('\n').to_owned() + "\n",
        names.replace("            \"", "                \""),
        docstring(&record.doc, "        ")
    ))
}

/// Devices as named tuples.
fn devices(model: &Model) -> Result<String> {
    let mut declared = String::new();
    for words in ["Severity", "Verdict"] {
        declared += &literal(model, words)?;
    }
    let mut text = format!(
        "\"\"\"Devices as Intune lists them, and what became of them. {MARK}\"\"\"\n\nfrom __future__ import annotations\n\nfrom typing import Literal, NamedTuple, Optional, Tuple\n\n{declared}\n"
    );
    for name in ["Warning", "Device", "VerifiedDevice"] {
        let record = model.record(name).ok_or_else(|| format!("core has no {name}"))?;
        text += "\n";
        text += &tuple(record, true);
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
