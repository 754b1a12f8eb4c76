//! The Python package's exceptions and tuples, and the dicts that the native module fills them from.

use std::collections::BTreeMap;

use super::capi::formatted;
use super::docs::{Style, line, wrapped};
use super::model::{Doc, Field, Kind, Model, ParameterKind, Record, Setter, Word};
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
            text: formatted(&native_options(model)?)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/kinds.py",
            text: kinds(model)?,
        },
        Generated {
            path: "python/src/graph_devices/generated/runs.py",
            text: methods(model)?,
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

/// Functions that put each field of a record into a dict.
fn fields(model: &Model) -> String {
    let mut text = format!(
        "//! Records as dicts for Python. {MARK}\n\nuse graph_devices::{{Device, DeviceList, Error, Progress, Receipt, Status, Summary, UserResult, Verification, VerifiedDevice, Warning}};\nuse pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\ntype Dict<'py> = Bound<'py, PyDict>;\n"
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

/// Functions that build options from keyword arguments, by the names of the native module.
fn native_options(model: &Model) -> Result<String> {
    let mut text = format!(
        "//! Options from keyword arguments; the core checks them. {MARK}\n\nuse graph_devices::{{CallOptions, ClientOptions, Cloud, Endpoint, Result, RunOptions, WarningCode}};\nuse pyo3::prelude::*;\n\nuse crate::keywords::{{Keywords, count, user}};\nuse crate::seconds::seconds;\n"
    );
    for name in ["ClientOptions", "CallOptions", "RunOptions"] {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        let taken: String = options
            .setters
            .iter()
            .map(|setter| {
                format!(
                    "    let {0} = given.{1}(\"{0}\")?;\n",
                    setter.name,
                    reader(setter)
                )
            })
            .collect();
        let set: String = options.setters.iter().map(handed).collect();
        text += &format!(
            "\n/// Takes the arguments; the returned function builds the options.\npub(crate) fn {}(given: &mut Keywords<'_>) -> PyResult<impl FnOnce() -> Result<{name}> + Send + use<>> {{\n{taken}    Ok(move || {{\n        let mut options = {name}::default();\n{set}        Ok(options)\n    }})\n}}\n",
            names::c(name)
        );
    }
    Ok(text)
}

fn reader(setter: &Setter) -> &'static str {
    let kinds: Vec<ParameterKind> = setter.parameters.iter().map(|parameter| parameter.kind).collect();
    match kinds.as_slice() {
        [] | [ParameterKind::Flag] => "flag",
        _ if setter.adds => "texts",
        [ParameterKind::Duration] => "number",
        [ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber] => "whole",
        [ParameterKind::Path] => "path",
        [_] => "text",
        [ParameterKind::Duration, _] => "two_numbers",
        [ParameterKind::Number, _] => "whole_and_number",
        _ => "two_texts",
    }
}

fn handed(setter: &Setter) -> String {
    let name = &setter.name;
    let end = if setter.checks { "?" } else { "" };
    let kinds: Vec<ParameterKind> = setter.parameters.iter().map(|parameter| parameter.kind).collect();
    let values = match kinds.as_slice() {
        [] => {
            return format!(
                "        if {name} == Some(true) {{\n            options = options.{name}();\n        }}\n"
            );
        }
        [kind] => one_value(*kind, name),
        [ParameterKind::Duration, _] => {
            format!("seconds(\"{name}\", value.0)?, seconds(\"{name}\", value.1)?")
        }
        [ParameterKind::Number, _] => format!("count(\"{name}\", value.0)?, seconds(\"{name}\", value.1)?"),
        _ => "&value.0, &value.1".to_owned(),
    };
    let call = format!("options = options.{name}({values}){end};");
    if setter.adds {
        return format!(
            "        for value in {name}.into_iter().flatten() {{\n            {call}\n        }}\n"
        );
    }
    format!("        if let Some(value) = {name} {{\n            {call}\n        }}\n")
}

fn one_value(kind: ParameterKind, name: &str) -> String {
    match kind {
        ParameterKind::Text => "&value".to_owned(),
        ParameterKind::Path | ParameterKind::Flag => "value".to_owned(),
        ParameterKind::Number => format!("count(\"{name}\", value)?"),
        ParameterKind::SmallNumber => format!("u32::try_from(count(\"{name}\", value)?).unwrap_or(u32::MAX)"),
        ParameterKind::LargeNumber => format!("count(\"{name}\", value)? as u64"),
        ParameterKind::Duration => format!("seconds(\"{name}\", value)?"),
        ParameterKind::User => format!("user(\"{name}\", &value)?"),
        ParameterKind::Warning => "WarningCode::parse(&value)?".to_owned(),
        ParameterKind::Cloud => "Cloud::parse(&value)?".to_owned(),
        ParameterKind::Endpoint => "Endpoint::parse(&value)?".to_owned(),
    }
}

/// Which kind of value each option takes.
fn kinds(model: &Model) -> Result<String> {
    let mut kinds = BTreeMap::from([("environment", "text")]);
    for name in ["ClientOptions", "CallOptions", "RunOptions"] {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        kinds.extend(
            options
                .setters
                .iter()
                .map(|setter| (setter.name.as_str(), reader(setter))),
        );
    }
    let lines: String = kinds
        .iter()
        .map(|(name, kind)| format!("    \"{name}\": \"{kind}\",\n"))
        .collect();
    Ok(format!(
        "\"\"\"Which kind of value each option takes. {MARK}\"\"\"\n\nKINDS = {{\n{lines}}}\n"
    ))
}

/// Options of a run that the package sets itself.
const NOT_OF_RUNS: [&str; 4] = ["approval_code", "client_request_id", "token_events", "preview"];
/// Options that have no effect in a preview, which sends nothing.
const NOT_OF_PREVIEWS: [&str; 4] = ["write_quota", "batch_size", "max_approvals", "inspect_first"];

/// The methods for many users: their arguments are the options of a run.
fn methods(model: &Model) -> Result<String> {
    let options = model.options("RunOptions").ok_or("core has no RunOptions")?;
    let of_runs: Vec<&Setter> = options
        .setters
        .iter()
        .filter(|setter| !NOT_OF_RUNS.contains(&setter.name.as_str()))
        .collect();
    let of_previews: Vec<&Setter> = of_runs
        .iter()
        .copied()
        .filter(|setter| !NOT_OF_PREVIEWS.contains(&setter.name.as_str()))
        .collect();
    let mut text = format!(
        "\"\"\"The methods of a client for many users. {MARK}\"\"\"\n\nfrom __future__ import annotations\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any, Dict, Iterable, Optional\n\n    from .._events import Report, UserResult\n    from .._options import Input, Path, Quota\n    from .._run import Results, Run\n\n\ndef _given(arguments: Dict[str, Any]) -> Dict[str, Any]:\n    \"\"\"The given options; the core has the defaults of the others.\"\"\"\n    return {{name: value for name, value in arguments.items() if name not in (\"self\", \"users\") and value is not None}}\n\n\nclass RunMethods:\n    \"\"\"Many users: preview, run, and run to the end.\"\"\"\n"
    );
    for (name, result, setters, intro) in [
        ("preview", "Results[UserResult]", &of_previews, PREVIEW),
        ("run", "Run", &of_runs, RUN),
        ("remove_all_devices_bulk", "Report", &of_runs, BULK),
    ] {
        let parameters: String = setters
            .iter()
            .map(|setter| format!("        {}: {} = None,\n", setter.name, python_type(setter)))
            .collect();
        let described = if name == "run" {
            "\n".to_owned() + &setters.iter().map(|setter| described(setter)).collect::<String>()
        } else {
            String::new()
        };
        text += &format!(
            "\n    def _{name}(self, users: Iterable[str], options: Dict[str, Any]) -> {result}:\n        raise NotImplementedError\n\n    def {name}(\n        self,\n        users: Iterable[str],\n        *,\n{parameters}    ) -> {result}:\n{intro}{described}        \"\"\"\n        return self._{name}(users, _given(locals()))\n"
        );
    }
    Ok(text)
}

fn python_type(setter: &Setter) -> &'static str {
    match reader(setter) {
        "flag" => "Optional[bool]",
        "texts" => "Optional[Iterable[str]]",
        "number" => "Optional[float]",
        "whole" => "Optional[int]",
        "path" => "Optional[Path]",
        "whole_and_number" => "Optional[Quota]",
        "two_texts" => "Optional[Input]",
        _ => "Optional[str]",
    }
}

/// One option in the docstring of a method.
fn described(setter: &Setter) -> String {
    let unit = match reader(setter) {
        "number" => " In seconds.",
        "whole_and_number" => " A number of requests and of seconds.",
        _ => match setter.name.as_str() {
            "input_list" => " The path of the list is enough.",
            _ => "",
        },
    };
    let text = format!("``{}``: {}{unit}", setter.name, line(&setter.doc, &Docstring));
    wrapped(&text, WIDTH - 12)
        .iter()
        .enumerate()
        .map(|(at, line)| format!("        {}{line}\n", if at == 0 { "- " } else { "  " }))
        .collect()
}

const PREVIEW: &str = r#"        """Shows what :meth:`run` with the same options would do. Sends nothing. Iterates the result of each user, with devices.

        A user who would be sent is ``skipped`` for the reason ``preview``; any other reason is why a run would skip the user.
        ``journal`` is a new file: a plan for a later run. With ``resume`` or ``plan`` it shows what a run with these would do;
        with ``resume`` it is also recorded in that journal. An error that ends the preview early is raised at the end of the
        iteration. ``notices`` of the result lists what could not be read. The options are those of :meth:`run`.
"#;
const RUN: &str = r#"        """Retires the devices of many users. Irreversible. Iterates events; see :class:`Run`.

        ``users`` is any iterable of object ids and user principal names, taken as they are needed; an open text file yields
        its lines. A malformed user id is a failed result, and so is a value that is not a text, such as a NaN of pandas; the
        error names its position. A lone surrogate is shown as a backslash and its number. A user who is given twice is sent
        once. The error of a user is returned, not raised.

        An option that is ``None`` has the default of the library, the same in every language.

        Before anything is sent, raises :class:`JournalError` if the journal or the plan is unusable, and
        :class:`InvalidArgumentError` for a refused option. The credential is called once at the start, and again on the
        iterating thread when the service refuses the token. A token of another tenant is refused.

        Service: https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement
"#;
const BULK: &str = r#"        """Runs :meth:`run` to its end, with the same options. Irreversible.

        Returns the counts, and the result of each user who is not done. An error that ends the run early (token, permission,
        licence, no connection, journal, a limit) is raised; its ``report`` has the results so far.
"#;
