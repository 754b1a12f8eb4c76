//! The options of clients, calls and runs in Python: the Rust half that takes keyword arguments, and the methods for many users.

use std::collections::BTreeMap;

use super::{Docstring, MARK, WIDTH};
use crate::generate::docs::{line, wrapped};
use crate::generate::model::{Model, ParameterKind, Setter};
use crate::generate::names;
use crate::tools::Result;

/// Functions that build options from keyword arguments, by the names of the native module.
pub(super) fn native_options(model: &Model) -> Result<String> {
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
pub(super) fn kinds(model: &Model) -> Result<String> {
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
pub(super) fn methods(model: &Model) -> Result<String> {
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
