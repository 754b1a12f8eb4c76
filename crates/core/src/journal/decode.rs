//! Decodes lines into records. A journal outlives the releases that write it, so unknown members are ignored. An unknown
//! word, which a later release may have written, could mean that something was done, so its user is in doubt. A member with
//! a type that the schema does not have is an error.

use std::result::Result;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::action::ACTION;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::verdict::{Verdict, VerifiedDevice};

use super::record::{
    Declined, EndRecord, Exclusions, Input, Line, Mode, Plan, ReadRecord, Record, ResultRecord, RunRecord,
    SentRecord, SnapshotDevice, VERSION, VerifyRecord, has_effect,
};

/// Why a line cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The line is damaged. The text says how.
    Broken(String),
    /// The line is correct, but it begins a run that this release cannot resume. The text says why.
    Foreign(String),
}

impl From<String> for Fault {
    fn from(fault: String) -> Self {
        Self::Broken(fault)
    }
}

/// Decodes a line; `None` if its event is not known and about no user.
pub(super) fn line(bytes: &[u8]) -> Result<Option<Line>, Fault> {
    if bytes.starts_with(MARK) {
        return Err("begins with a byte order mark, which an editor adds"
            .to_owned()
            .into());
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|_| "is not JSON".to_owned())?;
    let Value::Object(members) = value else {
        return Err("is not a JSON object".to_owned().into());
    };
    let members = Members(&members);
    let record = match members.text("event")? {
        "run" => {
            members.is_readable()?;
            Record::Run(members.run()?)
        }
        "read" => Record::Read(members.read()?),
        "sent" => Record::Sent(members.sent()?),
        "result" => Record::Result(members.result()?),
        "verify" => Record::Verify(members.verify()?),
        "end" => Record::End(members.end()?),
        _ if members.some("user")?.is_some() => Record::Result(members.unknown_event()?),
        _ => return Ok(None),
    };
    Ok(Some(Line {
        time: members.time()?,
        run: members.owned("run")?,
        record,
    }))
}

/// A byte order mark.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// A word of a table, or an unknown one that a later release may have added.
enum Word<T> {
    Known(T),
    Strange,
}

impl<T> Word<T> {
    fn known(self) -> Option<T> {
        match self {
            Self::Known(word) => Some(word),
            Self::Strange => None,
        }
    }

    fn is_strange(word: Option<&Self>) -> bool {
        matches!(word, Some(Self::Strange))
    }
}

/// A word of a file in the form for a message.
fn shown(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

/// The members of one object. A member that is `null` is absent.
struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    /// A member, converted by `as_type`.
    fn typed<T>(&self, name: &str, as_type: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => as_type(value)
                .map(Some)
                .ok_or_else(|| format!("has a {name:?} of a type or value that is not known")),
        }
    }

    fn wanted<T>(&self, name: &str, as_type: impl Fn(&'a Value) -> Option<T>) -> Result<T, String> {
        self.typed(name, as_type)?
            .ok_or_else(|| format!("has no {name:?}"))
    }

    fn text(&self, name: &str) -> Result<&'a str, String> {
        self.wanted(name, Value::as_str)
    }

    fn owned(&self, name: &str) -> Result<String, String> {
        self.text(name).map(str::to_owned)
    }

    fn some(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.typed(name, Value::as_str)?.map(str::to_owned))
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        self.typed(name, Value::as_bool)
    }

    fn word<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Result<Option<Word<T>>, String> {
        self.typed(name, |value| {
            let text = value.as_str()?;
            let known = all.iter().copied().find(|one| word(*one) == text);
            Some(known.map_or(Word::Strange, Word::Known))
        })
    }

    fn object(&self, name: &str) -> Result<Option<Members<'a>>, String> {
        Ok(self.typed(name, Value::as_object)?.map(Members))
    }

    fn list<T>(
        &self,
        name: &str,
        each: impl Fn(&Members<'a>) -> Result<T, String>,
    ) -> Result<Option<Vec<T>>, String> {
        let Some(list) = self.typed(name, Value::as_array)? else {
            return Ok(None);
        };
        let entry = |value: &'a Value| match value {
            Value::Object(members) => each(&Members(members)),
            _ => Err(format!("has a {name:?} of a type or value that is not known")),
        };
        list.iter().map(entry).collect::<Result<_, _>>().map(Some)
    }

    fn time(&self) -> Result<SystemTime, String> {
        self.wanted("time", |value| humantime::parse_rfc3339(value.as_str()?).ok())
    }

    /// Refuses a run whose lines this release does not understand.
    fn is_readable(&self) -> Result<(), Fault> {
        let version = self.wanted("version", Value::as_u64)?;
        if version == 0 {
            return Err("has a \"version\" of a type or value that is not known"
                .to_owned()
                .into());
        }
        if version > VERSION {
            let tool = self.0.get("tool").and_then(Value::as_str);
            return Err(Fault::Foreign(format!(
                "is of version {version}, and this release reads versions up to {VERSION}; nothing was sent: use {}, which wrote it, or a later release",
                tool.map_or("the release".to_owned(), shown)
            )));
        }
        match self.typed("action", Value::as_str)? {
            Some(action) if action != ACTION => Err(Fault::Foreign(format!(
                "is about the action {}, but this run is about {ACTION}; nothing was sent: pass a journal of this action, or begin a new one",
                shown(action)
            ))),
            _ => Ok(()),
        }
    }

    fn run(&self) -> Result<RunRecord, String> {
        let input = self.object("input_list")?.map(|input| {
            Ok::<_, String>(Input {
                name: input.owned("name")?,
                sha256: input.owned("sha256")?,
            })
        });
        let plan = self.object("plan")?.map(|plan| {
            Ok::<_, String>(Plan {
                run: plan.owned("run")?,
                path: plan.owned("path")?,
            })
        });
        let exclusions = self.object("exclusions")?.map(|exclusions| {
            Ok::<_, String>(Exclusions {
                count: exclusions.wanted("count", Value::as_u64)?,
                sha256: exclusions.owned("sha256")?,
                each: exclusions.wanted("each", |value| {
                    let texts = value.as_array()?.iter().map(Value::as_str);
                    texts.map(|text| text.map(str::to_owned)).collect()
                })?,
            })
        });
        Ok(RunRecord {
            tool: self.owned("tool")?,
            // A run of an unknown mode may have sent, and is not a plan.
            mode: self
                .word("mode", &Mode::ALL, Mode::name)?
                .ok_or("has no \"mode\"")?
                .known()
                .unwrap_or(Mode::Run),
            resumes: self.some("resumes")?,
            endpoint: self.owned("endpoint")?,
            tenant: self.some("tenant")?,
            app: self.some("app")?,
            initiated_by: self.some("initiated_by")?,
            machine: self.some("machine")?,
            consent: self.some("consent")?,
            justification: self.some("justification")?,
            input_list: input.transpose()?,
            plan: plan.transpose()?,
            exclusions: exclusions.transpose()?,
            options: self
                .typed("options", Value::as_object)?
                .cloned()
                .unwrap_or_default(),
        })
    }

    fn read(&self) -> Result<ReadRecord, String> {
        Ok(ReadRecord {
            user: self.owned("user")?,
            id: self.some("id")?,
            upn: self.some("upn")?,
            enabled: self.flag("enabled")?,
            devices: self.list("devices", Self::snapshot_device)?,
            applied: self.flag("applied")?,
        })
    }

    fn snapshot_device(&self) -> Result<SnapshotDevice, String> {
        Ok(SnapshotDevice {
            id: self.owned("id")?,
            name: self.some("name")?,
            os: self.some("os")?,
            serial: self.some("serial")?,
            state: self.some("state")?,
            enrolled: self.some("enrolled")?,
            user_id: self.some("user_id")?,
        })
    }

    fn sent(&self) -> Result<SentRecord, String> {
        Ok(SentRecord {
            user: self.owned("user")?,
            id: self.some("id")?,
            client_request_id: self.some("client_request_id")?,
            approval_code: self.some("approval_code")?,
        })
    }

    /// The record of a line about a user whose event is not known: the user may have been sent.
    fn unknown_event(&self) -> Result<ResultRecord, String> {
        Ok(ResultRecord {
            effect: Effect::Possible,
            approval_code: self.some("approval_code")?,
            ..ResultRecord::new(self.text("user")?, self.some("id")?.as_deref(), Outcome::Unknown)
        })
    }

    fn result(&self) -> Result<ResultRecord, String> {
        let number = |name| self.typed(name, Value::as_u64);
        let outcome = self
            .word("outcome", Outcome::all(), Outcome::name)?
            .ok_or("has no \"outcome\"")?;
        let effect = self.word("effect", &[Effect::None, Effect::Possible], Effect::name)?;
        let status = self.word("status", Status::all(), Status::name)?;
        let reason = self.word("reason", Reason::all(), Reason::name)?;
        let approval = self.word("approval", &Declined::ALL, Declined::name)?;
        // Accepted and skipped users have no doubt, even for an unknown reason.
        let is_done = matches!(outcome, Word::Known(Outcome::Accepted | Outcome::Confirmed));
        let is_skip = matches!(outcome, Word::Known(Outcome::Skipped));
        let is_strange = Word::is_strange(Some(&outcome))
            || Word::is_strange(effect.as_ref())
            || Word::is_strange(status.as_ref())
            || Word::is_strange(approval.as_ref())
            || Word::is_strange(reason.as_ref()) && !is_skip;
        let (outcome, effect) = match outcome.known() {
            Some(outcome) if is_done || !is_strange => {
                if effect.is_none() && has_effect(outcome) {
                    return Err("has no \"effect\"".to_owned());
                }
                (outcome, effect.and_then(Word::known).unwrap_or_default())
            }
            _ => (Outcome::Unknown, Effect::Possible),
        };
        let record = ResultRecord {
            reason: reason.and_then(Word::known).unwrap_or_default(),
            status: status.and_then(Word::known),
            effect,
            http_status: self.typed("http_status", |value| u16::try_from(value.as_u64()?).ok())?,
            approval: approval.and_then(Word::known),
            retry_after: number("retry_after_ms")?.map(Duration::from_millis),
            attempts: number("attempts")?.map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX)),
            ..ResultRecord::new(self.owned("user")?, self.some("id")?.as_deref(), outcome)
        };
        record.with_texts(|name| self.some(name))
    }

    fn verify(&self) -> Result<VerifyRecord, String> {
        Ok(VerifyRecord {
            user: self.owned("user")?,
            id: self.some("id")?,
            devices: self.list("devices", Self::verified_device)?.unwrap_or_default(),
        })
    }

    fn verified_device(&self) -> Result<VerifiedDevice, String> {
        Ok(VerifiedDevice {
            id: self.owned("id")?,
            name: self.some("name")?,
            verdict: self
                .word("verdict", Verdict::all(), Verdict::name)?
                .ok_or("has no \"verdict\"")?
                .known()
                .unwrap_or(Verdict::CannotTell),
            state: self.some("state")?,
            since: self.some("since")?,
            detail: self.some("detail")?,
        })
    }

    fn end(&self) -> Result<EndRecord, String> {
        let count = |(name, value): (&String, &Value)| Some((name.clone(), value.as_u64()?));
        let counts = self.typed("counts", |value| value.as_object()?.iter().map(count).collect())?;
        Ok(EndRecord {
            counts: counts.unwrap_or_default(),
            duplicates: self.typed("duplicates", Value::as_u64)?.unwrap_or_default(),
            ended_by: self
                .word("ended_by", Status::all(), Status::name)?
                .and_then(Word::known),
            message: self.some("message")?,
        })
    }
}
