//! A second reading of the journal: its lines and their fold, by the rules of the schema and with no code of the library.
//!
//! Deliberately a second implementation. What both get wrong in the same way is in the schema, not in a slip of one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Result;

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// RFC 3339 in UTC with milliseconds: the order of the texts is that of the times.
    pub(super) time: String,
    pub(super) run: String,
    pub(super) event: Event,
}

/// What a line says, as far as the model looks at it.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Run,
    Read {
        user: String,
        id: Option<String>,
        devices: Option<BTreeSet<String>>,
        applied: Option<bool>,
    },
    Sent {
        user: String,
        client_request_id: Option<String>,
    },
    Result(Told),
    End {
        counts: BTreeMap<String, u64>,
    },
    Other,
}

/// A `result`: what a user came to.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) user: String,
    pub(super) outcome: String,
    pub(super) reason: String,
    /// As written: `none`, `possible` or nothing.
    pub(super) effect: Option<String>,
    /// Rejected, cancelled or expired: final.
    pub(super) refused: bool,
    pub(super) approval_code: Option<String>,
    pub(super) client_request_id: Option<String>,
}

impl Told {
    /// Final: whatever follows, the user is not sent again.
    pub(super) fn is_done(&self) -> bool {
        self.outcome == "accepted" || self.outcome == "confirmed"
    }
}

impl Line {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("{error}: {text}"))?;
        let optional = |name: &str| value[name].as_str().map(str::to_owned);
        let needed = |name: &str| optional(name).ok_or_else(|| format!("no \"{name}\": {text}"));
        let time = needed("time")?;
        if time.len() != 24 || !time.ends_with('Z') {
            return Err(format!("no RFC 3339 time in UTC with milliseconds: {time}").into());
        }
        let event = match needed("event")?.as_str() {
            "run" => Event::Run,
            "read" => Event::Read {
                user: needed("user")?,
                id: optional("id"),
                devices: value["devices"].as_array().map(|devices| {
                    let ids = devices.iter().filter_map(|device| device["id"].as_str());
                    ids.map(str::to_owned).collect()
                }),
                applied: value["applied"].as_bool(),
            },
            "sent" => Event::Sent {
                user: needed("user")?,
                client_request_id: optional("client_request_id"),
            },
            "result" => Event::Result(Told {
                user: needed("user")?,
                outcome: needed("outcome")?,
                reason: optional("reason").unwrap_or_default(),
                effect: optional("effect"),
                refused: value["approval"].is_string(),
                approval_code: optional("approval_code"),
                client_request_id: optional("client_request_id"),
            }),
            "end" => Event::End {
                counts: value["counts"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)))
                    .collect(),
            },
            _ => Event::Other,
        };
        Ok(Self {
            time,
            run: needed("run")?,
            event,
        })
    }
}

/// A journal that is read on after each life of its writer.
pub(super) struct Journal {
    path: PathBuf,
    read: u64,
    pub(super) lines: Vec<Line>,
}

impl Journal {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            read: 0,
            lines: Vec::new(),
        }
    }

    pub(super) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Reads what was added. A line without an end is torn: whoever goes on with the journal takes it away or closes it.
    pub(super) fn read_on(&mut self) -> Result {
        if !self.exists() {
            return Ok(());
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let text = std::str::from_utf8(bytes.get(..whole).unwrap_or_default())?;
        let mut first = true;
        for line in text.lines() {
            match Line::parse(line) {
                Ok(line) => self.lines.push(line),
                // The torn line of the life before, closed.
                Err(_) if first && self.read > 0 && !line.ends_with('}') => {}
                Err(error) => return Err(error),
            }
            first = false;
        }
        self.read += whole as u64;
        Ok(())
    }
}

/// What a journal says of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) id: Option<String>,
    /// The first devices that were read.
    pub(super) snapshot: Option<BTreeSet<String>>,
    /// `accepted` or `confirmed`.
    finished: Option<String>,
    refused: bool,
    /// Something may have been applied, and no read has settled it.
    doubt: bool,
    /// Runs that wrote `sent` and no result after.
    open: BTreeSet<String>,
    last: Option<String>,
    pub(super) approval_code: Option<String>,
}

impl State {
    pub(super) fn is_finished(&self) -> bool {
        self.finished.is_some()
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        self.doubt || !self.open.is_empty()
    }

    pub(super) fn is_refused(&self) -> bool {
        self.refused
    }

    /// The outcome; `skipped` of a user with whom nothing was ever tried.
    pub(super) fn outcome(&self) -> &str {
        match &self.finished {
            Some(finished) => finished,
            None if self.refused => "failed",
            None if self.is_in_doubt() => "unknown",
            None if self.approval_code.is_some() => "awaiting_approval",
            None => self.last.as_deref().unwrap_or("skipped"),
        }
    }

    fn read(&mut self, id: Option<&String>, devices: Option<&BTreeSet<String>>, applied: Option<bool>) {
        if self.id.is_none() {
            self.id = id.cloned();
        }
        if self.snapshot.is_none() {
            self.snapshot = devices.cloned();
        }
        if applied == Some(false) {
            self.doubt = false;
            self.open.clear();
            if self.last.as_deref() == Some("unknown") {
                // It is known now that nothing was done.
                self.last = Some("failed".to_owned());
            }
        }
    }

    fn result(&mut self, run: &str, result: &Told) {
        self.open.remove(run);
        self.doubt |= result.effect.as_deref() == Some("possible");
        if result.approval_code.is_some() {
            self.approval_code.clone_from(&result.approval_code);
        }
        match result.outcome.as_str() {
            "skipped" => {}
            outcome => {
                if outcome == "accepted" || outcome == "confirmed" {
                    self.finished.get_or_insert_with(|| outcome.to_owned());
                }
                self.refused |= result.refused;
                self.last = Some(outcome.to_owned());
            }
        }
    }
}

/// The state of every user after some lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Fold(pub(super) BTreeMap<String, State>);

impl Fold {
    pub(super) fn of(lines: &[Line]) -> Self {
        let mut fold = Self::default();
        for line in lines {
            fold.add(line);
        }
        fold
    }

    pub(super) fn add(&mut self, line: &Line) {
        match &line.event {
            Event::Read {
                user,
                id,
                devices,
                applied,
            } => self.state(user).read(id.as_ref(), devices.as_ref(), *applied),
            Event::Sent { user, .. } => drop(self.state(user).open.insert(line.run.clone())),
            Event::Result(result) => self.state(&result.user).result(&line.run, result),
            Event::Run | Event::End { .. } | Event::Other => {}
        }
    }

    fn state(&mut self, user: &str) -> &mut State {
        self.0.entry(user.to_owned()).or_default()
    }

    pub(super) fn get(&self, user: &str) -> Option<&State> {
        self.0.get(user)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(run: &str, event: &str, rest: &Value) -> String {
        let mut line = json!({"event": event, "time": "2026-01-01T00:00:01.000Z", "run": run, "user": "u"});
        if let (Some(line), Some(rest)) = (line.as_object_mut(), rest.as_object()) {
            line.extend(rest.clone());
        }
        line.to_string()
    }

    /// The outcome of one user after these events.
    fn folded(events: &[(&str, &str, Value)]) -> String {
        let lines: Vec<Line> = events
            .iter()
            .map(|(run, event, rest)| Line::parse(&line(run, event, rest)).unwrap())
            .collect();
        Fold::of(&lines)
            .get("u")
            .map(|state| state.outcome().to_owned())
            .unwrap_or_default()
    }

    #[test]
    fn states_are_folded_by_event() {
        let result = |outcome: &str, effect: &str| {
            let result = json!({"outcome": outcome, "effect": effect});
            ("A", "result", result)
        };
        let sent = |run: &'static str| (run, "sent", json!({}));
        let read = |applied: Value| ("B", "read", json!({"devices": [], "applied": applied}));
        for (events, outcome) in [
            (vec![read(Value::Null)], "skipped"),
            (vec![sent("A")], "unknown"),
            (vec![sent("A"), result("failed", "none")], "failed"),
            (
                vec![result("accepted", "none"), result("skipped", "none")],
                "accepted",
            ),
            (
                vec![result("accepted", "none"), result("failed", "none")],
                "accepted",
            ),
            (
                vec![result("unknown", "possible"), result("failed", "none")],
                "unknown",
            ),
            (
                vec![result("unknown", "possible"), result("skipped", "none")],
                "unknown",
            ),
            (vec![result("unknown", "possible"), read(json!(true))], "unknown"),
            (
                vec![
                    result("unknown", "possible"),
                    read(json!(false)),
                    result("failed", "none"),
                ],
                "failed",
            ),
            (vec![sent("B"), result("skipped", "none")], "unknown"),
            (vec![sent("B"), read(json!(false))], "skipped"),
            (
                vec![(
                    "A",
                    "result",
                    json!({"outcome": "awaiting_approval", "approval_code": "c"}),
                )],
                "awaiting_approval",
            ),
            (
                vec![(
                    "A",
                    "result",
                    json!({"outcome": "failed", "approval": "rejected"}),
                )],
                "failed",
            ),
        ] {
            assert_eq!(folded(&events), outcome, "{events:?}");
        }
    }

    #[test]
    fn a_torn_line_is_taken_once_it_is_whole() {
        let folder = std::env::temp_dir().join(format!("soak-torn-{}", std::process::id()));
        crate::fresh(&folder).unwrap();
        let path = folder.join("journal.jsonl");
        let whole = line("A", "sent", &json!({}));
        let mut journal = Journal::new(&path);
        journal.read_on().unwrap();
        let mut count = |text: &str| {
            std::fs::write(&path, text).unwrap();
            journal.read_on().map(|()| journal.lines.len()).ok()
        };
        assert_eq!(count(&format!("{whole}\n{{\"event\":")), Some(1));
        assert_eq!(count(&format!("{whole}\n{{\"event\":\n{whole}\n")), Some(2));
        assert_eq!(
            count(&format!("{whole}\n{{\"event\":\n{whole}\n{whole}\nnonsense\n")),
            None
        );
    }
}
