//! A second reading of the journal, by the rules of the schema and with no code of the library: its lines, and what they say
//! of each user by the definition.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use journal_definition::{Definition, Later, Step};
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

/// What a line says, as far as the model needs it.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Run,
    Read {
        user: String,
        devices: Option<BTreeSet<String>>,
        applied: Option<bool>,
    },
    Sent {
        user: String,
        client_request_id: Option<String>,
        approval_code: Option<String>,
    },
    Result(UserResult),
    End {
        counts: BTreeMap<String, u64>,
    },
    Other,
}

/// A `result`: what a user came to.
#[derive(Clone, Debug)]
pub(super) struct UserResult {
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

impl UserResult {
    /// Final: the user is not sent again.
    pub(super) fn is_done(&self) -> bool {
        self.outcome == "accepted" || self.outcome == "confirmed"
    }

    fn step(&self) -> Step {
        match self.outcome.as_str() {
            "accepted" => Step::Accepted,
            "confirmed" => Step::Confirmed,
            "skipped" => Step::Skipped,
            "awaiting_approval" if self.effect.as_deref() == Some("possible") => Step::Strange(Later::Code),
            "awaiting_approval" => Step::Queued,
            "failed" if self.refused => Step::Declined,
            "failed" if self.effect.as_deref() == Some("none") => Step::Refused,
            "failed" => Step::Possible,
            _ => Step::Unknown,
        }
    }
}

impl Event {
    fn user(&self) -> Option<&str> {
        match self {
            Self::Read { user, .. } | Self::Sent { user, .. } => Some(user),
            Self::Result(result) => Some(&result.user),
            Self::Run | Self::End { .. } | Self::Other => None,
        }
    }

    fn step(&self) -> Step {
        match self {
            Self::Read {
                devices: Some(_),
                applied,
                ..
            } => Step::Read(*applied),
            Self::Read { .. } => Step::Skipped,
            Self::Sent {
                approval_code: None, ..
            } => Step::Sent,
            Self::Sent { .. } => Step::Code,
            Self::Result(result) => result.step(),
            Self::Run | Self::End { .. } | Self::Other => Step::Run,
        }
    }

    fn approval_code(&self) -> Option<&str> {
        match self {
            Self::Sent { approval_code, .. } => approval_code.as_deref(),
            Self::Result(result) => result.approval_code.as_deref(),
            _ => None,
        }
    }

    /// The outcome of a user who is done.
    fn done(&self) -> Option<&str> {
        match self {
            Self::Result(result) if result.is_done() => Some(&result.outcome),
            _ => None,
        }
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
                devices: value["devices"].as_array().map(|devices| {
                    let ids = devices.iter().filter_map(|device| device["id"].as_str());
                    ids.map(str::to_owned).collect()
                }),
                applied: value["applied"].as_bool(),
            },
            "sent" => Event::Sent {
                user: needed("user")?,
                approval_code: optional("approval_code"),
                client_request_id: optional("client_request_id"),
            },
            "result" => Event::Result(UserResult {
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

    /// Reads what was added. A line without an end is torn: a resumed run removes or closes it.
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

/// What a journal says of one user after all of its lines.
#[derive(Clone, Debug)]
pub(super) struct State<'a> {
    /// `skipped` of a user with whom nothing was ever tried.
    pub(super) outcome: &'a str,
    /// The one to call again with.
    pub(super) approval_code: Option<&'a str>,
}

impl<'a> State<'a> {
    /// The state of each user by the [`Definition`].
    pub(super) fn of_all(lines: &'a [Line]) -> BTreeMap<&'a str, Self> {
        let mut of_user: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in lines {
            if let Some(user) = line.event.user() {
                of_user.entry(user).or_default().push(line);
            }
        }
        let states = of_user.into_iter().map(|(user, lines)| (user, Self::of(&lines)));
        states.collect()
    }

    fn of(lines: &[&'a Line]) -> Self {
        let (mut steps, mut codes, mut run) = (Vec::new(), Vec::new(), "");
        for line in lines {
            if line.run != run {
                steps.push(Step::Run);
                codes.push(None);
                run = &line.run;
            }
            steps.push(line.event.step());
            codes.push(line.event.approval_code());
        }
        let definition = Definition::of(&steps);
        let outcome = match definition.state() {
            "done" => lines
                .iter()
                .find_map(|line| line.event.done())
                .unwrap_or_default(),
            "doubt" => "unknown",
            "queued" => "awaiting_approval",
            "declined" | "refused" => "failed",
            _ => "skipped",
        };
        Self {
            outcome,
            approval_code: definition.code().and_then(|at| codes.get(at).copied().flatten()),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.outcome == "accepted" || self.outcome == "confirmed"
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
        let states = State::of_all(&lines);
        states["u"].outcome.to_owned()
    }

    #[test]
    fn states_follow_from_all_lines_of_a_user() {
        let result = |outcome: &str, effect: &str| {
            let result = json!({"outcome": outcome, "effect": effect});
            ("A", "result", result)
        };
        let sent = |run: &'static str| (run, "sent", json!({}));
        let read = |applied: Value| ("B", "read", json!({"devices": [], "applied": applied}));
        let first = || ("A", "read", json!({"devices": []}));
        let code = ("A", "sent", json!({"approval_code": "c"}));
        let awaiting =
            |effect: &str| json!({"outcome": "awaiting_approval", "approval_code": "c", "effect": effect});
        let rejected = json!({"outcome": "failed", "effect": "none", "approval": "rejected"});
        let partial = ("A", "read", json!({"applied": false}));
        let unknown = || result("unknown", "possible");
        let failed = || result("failed", "none");
        for (events, outcome) in [
            (vec![first()], "skipped"),
            (vec![sent("A")], "unknown"),
            (vec![sent("A"), failed()], "failed"),
            (vec![sent("B"), failed()], "unknown"),
            (vec![result("accepted", ""), failed()], "accepted"),
            (vec![result("confirmed", ""), result("skipped", "")], "confirmed"),
            (vec![unknown(), failed()], "unknown"),
            (vec![first(), unknown(), read(json!(true))], "unknown"),
            (vec![first(), unknown(), read(json!(false)), failed()], "failed"),
            (vec![first(), unknown(), partial, failed()], "unknown"),
            (vec![result("failed", "possible")], "unknown"),
            (vec![code], "unknown"),
            (vec![("A", "result", awaiting("none"))], "awaiting_approval"),
            (vec![("A", "result", awaiting("possible"))], "unknown"),
            (
                vec![("A", "result", awaiting("none")), ("A", "result", rejected)],
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
