//! The rows in `tests/scenarios/*.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::tools::{Result, files, root};

/// One row as written: placeholders are still in it.
pub(crate) struct Template {
    /// `file/name`.
    pub(crate) name: String,
    row: Value,
}

/// One row: a start state, faults, a call, and the expected results.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    name: String,
    about: String,
    /// Which call of the public API is made.
    pub(crate) call: Call,
    /// The call's arguments and options; null is one that is not passed.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
    /// The runner's environment; null unsets.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, Option<String>>,
    /// Parts of the emulator's state that differ from the seed.
    pub(crate) start: Option<Value>,
    /// What goes wrong, in order.
    #[serde(default)]
    pub(crate) faults: Vec<Value>,
    /// Lines of a journal that is there before the call: records, of which what is left out gets a plain default, or texts.
    #[serde(default)]
    pub(crate) journal: Vec<Value>,
    /// Patterns; each must fit a line of the journal after the call.
    #[serde(default)]
    pub(crate) journal_has: Vec<Value>,
    /// An argument is no text or NULL: a language that cannot hold it may say so.
    #[serde(default)]
    pub(crate) not_every_language: bool,
    /// A pattern for what the runner prints.
    pub(crate) expect: Value,
    /// What must have reached the emulator.
    pub(crate) wire: Wire,
}

/// The calls a runner can make.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Call {
    TwoArgument,
    Client,
    Devices,
    Run,
    Verify,
}

impl Call {
    /// The argument of the runner.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::TwoArgument => "two_argument",
            Self::Client => "client",
            Self::Devices => "devices",
            Self::Run => "run",
            Self::Verify => "verify",
        }
    }
}

/// What the emulator must have received and done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wire {
    /// Requests that reached it, where they can be counted.
    pub(crate) requests: Option<usize>,
    /// Actions among them, alone and inside batches.
    pub(crate) sent: Option<usize>,
    /// Requests that changed its state.
    pub(crate) acted: usize,
    /// TCP connections they came over.
    pub(crate) connections: Option<usize>,
    /// Tunnels that proxies were asked for.
    pub(crate) tunnels: Option<usize>,
    /// A pattern for the headers of the last request; null is one that must be absent.
    #[serde(default)]
    pub(crate) headers: Map<String, Value>,
    /// A pattern for the raw target of every request.
    pub(crate) target: Option<Value>,
}

impl Template {
    /// The row with `{name}` replaced by its value in every string.
    pub(crate) fn fill(&self, values: &[(&str, &str)]) -> Result<Row> {
        let mut row = self.row.clone();
        replace(&mut row, values);
        serde_json::from_value(row).map_err(|error| format!("{}: {error}", self.name).into())
    }
}

fn replace(value: &mut Value, values: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            for (name, with) in values {
                *text = text.replace(&format!("{{{name}}}"), with);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, values)),
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, values)),
        _ => {}
    }
}

/// Every row of every theme in a folder of `tests`, checked for shape and for names used twice.
pub(crate) fn load(folder: &str) -> Result<Vec<Template>> {
    let mut templates = Vec::new();
    let mut names = BTreeSet::new();
    for file in files(&root().join("tests").join(folder))? {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let theme = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let rows: Vec<Value> = serde_json::from_str(&fs::read_to_string(&file)?)
            .map_err(|error| format!("{theme}.json: {error}"))?;
        for row in rows {
            let mut template = Template {
                name: theme.clone(),
                row,
            };
            let filled = template.fill(&[])?;
            if filled.about.is_empty() || !names.insert(filled.name.clone()) {
                return Err(format!("{theme}/{}: no `about`, or the name is used twice", filled.name).into());
            }
            template.name = format!("{theme}/{}", filled.name);
            templates.push(template);
        }
    }
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use super::load;

    #[test]
    fn the_tables_are_well_formed_and_large_enough() {
        let templates = load("scenarios").unwrap();
        assert!(templates.len() >= 60, "{} rows", templates.len());
        assert!(!load("peers").unwrap().is_empty());
    }
}
