//! The records in the lines of a journal. The schema for readers in other languages is `docs/journal.md`.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::refusal;
use crate::error::{Error, Result};
use crate::status::{Effect, Outcome, Reason, Status};
use crate::verdict::VerifiedDevice;

/// The version of the schema that this library writes, and the newest that it reads.
pub(crate) const VERSION: u64 = 1;

/// One line: its time, its run and its record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) time: SystemTime,
    pub(crate) run: String,
    pub(crate) record: Record,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    Run(RunRecord),
    Read(ReadRecord),
    Sent(SentRecord),
    Result(ResultRecord),
    Verify(VerifyRecord),
    End(EndRecord),
}

impl Line {
    /// The user that the line is about.
    pub(super) fn whom(&self) -> Option<Whom<'_>> {
        let (user, id, upn) = match &self.record {
            Record::Run(_) | Record::End(_) => return None,
            Record::Read(read) => (&read.user, &read.id, read.upn.as_deref()),
            Record::Sent(sent) => (&sent.user, &sent.id, None),
            Record::Result(result) => (&result.user, &result.id, None),
            Record::Verify(verify) => (&verify.user, &verify.id, None),
        };
        let id = id.as_deref();
        Some(Whom { user, id, upn })
    }
}

/// A user as given, and the identity that the directory returned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whom<'a> {
    pub(super) user: &'a str,
    pub(super) id: Option<&'a str>,
    pub(super) upn: Option<&'a str>,
}

/// The purpose of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Retires devices.
    #[default]
    Run,
    /// Reads and sends nothing.
    Preview,
    /// Reads what became of the devices.
    Verify,
}

impl Mode {
    pub(super) const ALL: [Self; 3] = [Self::Run, Self::Preview, Self::Verify];

    /// The name in a journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Preview => "preview",
            Self::Verify => "verify",
        }
    }
}

/// The beginning of a run. Never holds a token.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RunRecord {
    /// The name and version of the library, such as `graph-devices/0.1.0`.
    pub(crate) tool: String,
    pub(crate) mode: Mode,
    /// The newest earlier run of the journal, which sets it.
    pub(crate) resumes: Option<String>,
    pub(crate) endpoint: String,
    /// The tenant of the token, if the token shows it.
    pub(crate) tenant: Option<String>,
    pub(crate) app: Option<String>,
    pub(crate) initiated_by: Option<String>,
    pub(crate) machine: Option<String>,
    /// How the person consented.
    pub(crate) consent: Option<String>,
    /// The justification of the calls.
    pub(crate) justification: Option<String>,
    pub(crate) input_list: Option<Input>,
    pub(crate) plan: Option<Plan>,
    /// The excluded users; `None` if there are none, and in journals from before this member existed.
    pub(crate) exclusions: Option<Exclusions>,
    pub(crate) options: Map<String, Value>,
}

/// The excluded users: enough to notice that one is missing in a later run, without names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exclusions {
    pub(crate) count: u64,
    /// The SHA-256 of all of them.
    pub(crate) sha256: String,
    /// The beginning of the SHA-256 of each.
    pub(crate) each: Vec<String>,
}

/// The list that the users came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) sha256: String,
}

/// The preview that a run was bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) run: String,
    pub(crate) path: String,
}

/// A run that a journal contains.
#[derive(Clone, Debug)]
pub(crate) struct PastRun {
    pub(crate) id: String,
    pub(crate) begun: SystemTime,
    pub(crate) record: RunRecord,
}

/// The role of a journal in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The run resumes it.
    Journal,
    /// The run is bound to it.
    Plan,
}

impl RunRecord {
    /// Refuses the journal of this run to a run for another service or tenant: its records are about other users.
    pub(crate) fn same_service(&self, newcomer: &Self, role: Role, path: &Path) -> Result<()> {
        let Some((ours, theirs)) = self.other_service(newcomer) else {
            return Ok(());
        };
        let (name, next) = match role {
            Role::Journal => ("journal", "pass the journal of that one, or begin a new one"),
            Role::Plan => ("plan", "make a preview for this run, and pass its journal"),
        };
        Err(refusal(
            path,
            format!(
                "the {name} {} is about {ours}, but this run is about {theirs}; {next}",
                path.display()
            ),
        ))
    }

    /// Why the exclusions of a newcomer are not enough: it needs each exclusion of this run, and may have more.
    pub(crate) fn missing_exclusions(&self, newcomer: &Self) -> Option<String> {
        let given = newcomer.exclusions.as_ref();
        let missing = match &self.exclusions {
            Some(before) if given.is_some_and(|given| given.sha256 == before.sha256) => 0,
            Some(before) => {
                let given: HashSet<_> = given.iter().flat_map(|given| &given.each).collect();
                let found = before.each.iter().filter(|one| given.contains(one)).count();
                before.count.saturating_sub(found as u64)
            }
            // A journal without the list has only the number.
            None => self.excluded().saturating_sub(newcomer.excluded()),
        };
        let before = self
            .exclusions
            .as_ref()
            .map_or(self.excluded(), |before| before.count);
        (missing > 0).then(|| format!("had exclusions ({before}), and {missing} of them are missing now"))
    }

    /// The number of excluded users.
    pub(super) fn excluded(&self) -> u64 {
        self.options
            .get("excluded")
            .and_then(Value::as_u64)
            .unwrap_or_default()
    }

    /// The services or tenants of two runs, if they differ.
    pub(super) fn other_service(&self, other: &Self) -> Option<(String, String)> {
        let plain = |endpoint: &str| endpoint.trim_end_matches('/').to_ascii_lowercase();
        if plain(&self.endpoint) != plain(&other.endpoint) {
            return Some((self.endpoint.clone(), other.endpoint.clone()));
        }
        match (&self.tenant, &other.tenant) {
            (Some(one), Some(another)) if !one.eq_ignore_ascii_case(another) => {
                Some((format!("the tenant {one}"), format!("the tenant {another}")))
            }
            _ => None,
        }
    }
}

/// What was read of a user before anything was sent, or to resolve a doubt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReadRecord {
    pub(crate) user: String,
    pub(crate) id: Option<String>,
    pub(crate) upn: Option<String>,
    pub(crate) enabled: Option<bool>,
    /// The devices; `None` if they could not be read.
    pub(crate) devices: Option<Vec<SnapshotDevice>>,
    /// Only of a read that resolves a doubt: whether the action was applied to every device of the snapshot.
    pub(crate) applied: Option<bool>,
}

/// A device in the form in which it was listed before anything was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SnapshotDevice {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) os: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) enrolled: Option<String>,
    pub(crate) user_id: Option<String>,
}

/// Written, and made durable, before the first byte of the request leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SentRecord {
    pub(crate) user: String,
    pub(crate) id: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) approval_code: Option<String>,
}

/// Whether a result has an effect: one that was accepted, confirmed or skipped has none.
pub(super) fn has_effect(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Accepted | Outcome::Confirmed | Outcome::Skipped)
}

/// Why a queued request was not approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declined {
    Rejected,
    Cancelled,
    Expired,
}

impl Declined {
    pub(super) const ALL: [Self; 3] = [Self::Rejected, Self::Cancelled, Self::Expired];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// The result of a user in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResultRecord {
    pub(crate) user: String,
    pub(crate) id: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Reason,
    /// The status; `None` for a user that was skipped without an error.
    pub(crate) status: Option<Status>,
    /// The effect over all attempts of this run, for outcomes that [have one](has_effect).
    pub(crate) effect: Effect,
    pub(crate) http_status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) inner_code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) service_message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) activity_id: Option<String>,
    pub(crate) approval_code: Option<String>,
    /// Set if the request was not approved, which is final.
    pub(crate) approval: Option<Declined>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    /// The date of the answer, as the service wrote it.
    pub(crate) date: Option<String>,
}

impl ResultRecord {
    /// A result with only an outcome.
    pub(crate) fn new(user: impl Into<String>, id: Option<&str>, outcome: Outcome) -> Self {
        Self {
            user: user.into(),
            id: id.map(str::to_owned),
            outcome,
            reason: Reason::None,
            status: None,
            effect: Effect::None,
            http_status: None,
            code: None,
            inner_code: None,
            message: None,
            service_message: None,
            request_id: None,
            client_request_id: None,
            activity_id: None,
            approval_code: None,
            approval: None,
            retry_after: None,
            attempts: 0,
            date: None,
        }
    }

    /// The texts that may be absent, each with its name in the journal.
    pub(super) fn texts(&self) -> [(&'static str, Option<&str>); 9] {
        [
            ("code", self.code.as_deref()),
            ("inner_code", self.inner_code.as_deref()),
            ("message", self.message.as_deref()),
            ("service_message", self.service_message.as_deref()),
            ("request_id", self.request_id.as_deref()),
            ("client_request_id", self.client_request_id.as_deref()),
            ("activity_id", self.activity_id.as_deref()),
            ("approval_code", self.approval_code.as_deref()),
            ("date", self.date.as_deref()),
        ]
    }

    /// Returns the record with each text replaced by that of `take`, by its name.
    pub(super) fn with_texts<E>(
        mut self,
        mut take: impl FnMut(&str) -> std::result::Result<Option<String>, E>,
    ) -> std::result::Result<Self, E> {
        for (name, text) in [
            ("code", &mut self.code),
            ("inner_code", &mut self.inner_code),
            ("message", &mut self.message),
            ("service_message", &mut self.service_message),
            ("request_id", &mut self.request_id),
            ("client_request_id", &mut self.client_request_id),
            ("activity_id", &mut self.activity_id),
            ("approval_code", &mut self.approval_code),
            ("date", &mut self.date),
        ] {
            *text = take(name)?;
        }
        Ok(self)
    }

    /// The record of an error, without its claims challenge, which has no use later.
    pub(crate) fn of_error(user: impl Into<String>, id: Option<&str>, error: &Error) -> Self {
        Self {
            status: Some(error.status),
            effect: error.effect,
            http_status: error.http_status,
            code: error.code.clone(),
            inner_code: error.inner_code.clone(),
            message: Some(error.message.clone()),
            service_message: error.service_message.clone(),
            request_id: error.request_id.clone(),
            client_request_id: error.client_request_id.clone(),
            activity_id: error.activity_id.clone(),
            approval_code: error.approval_code.clone(),
            retry_after: error.retry_after,
            attempts: error.attempts,
            ..Self::new(user, id, error.outcome())
        }
    }

    /// The error of the result, if it was one.
    pub(crate) fn error(&self) -> Option<Error> {
        let status = self.status.filter(|status| *status != Status::Ok)?;
        let mut error = Error::new(status, self.message.as_deref().unwrap_or(status.message()));
        error.effect = self.effect;
        error.http_status = self.http_status;
        error.code.clone_from(&self.code);
        error.inner_code.clone_from(&self.inner_code);
        error.service_message.clone_from(&self.service_message);
        error.request_id.clone_from(&self.request_id);
        error.client_request_id.clone_from(&self.client_request_id);
        error.activity_id.clone_from(&self.activity_id);
        error.approval_code.clone_from(&self.approval_code);
        error.retry_after = self.retry_after;
        error.attempts = self.attempts;
        Some(error)
    }
}

/// What a verification found of the devices of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VerifyRecord {
    pub(crate) user: String,
    pub(crate) id: Option<String>,
    pub(crate) devices: Vec<VerifiedDevice>,
}

/// The end of a run that was not killed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EndRecord {
    /// The number of users by outcome, or of a verification by verdict.
    pub(crate) counts: Vec<(String, u64)>,
    pub(crate) duplicates: u64,
    pub(crate) ended_by: Option<Status>,
    pub(crate) message: Option<String>,
}

impl EndRecord {
    /// Whether the run had no users, which is an error. A run that was stopped before it had any can be resumed.
    pub(super) fn is_of_no_users(&self) -> bool {
        self.ended_by == Some(Status::InvalidArgument)
            && self.duplicates == 0
            && self.counts.iter().all(|(_, count)| *count == 0)
    }
}
