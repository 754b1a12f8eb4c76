//! The records that a run writes into its journal.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::event::{Summary, UserResult};
use super::inspect::Inspection;
use super::options::RunOptions;
use crate::approvals;
use crate::cloud::Endpoint;
use crate::device::Device;
use crate::journal::{
    Declined, EndRecord, Exclusions, Input, Mode, Plan, ReadRecord, ResultRecord, RunRecord, SnapshotDevice,
};
use crate::status::{Outcome, Reason, Status};
use crate::token::TokenFacts;
use crate::user_id::UserId;

/// The record of a run that begins.
pub(super) fn run(
    options: &RunOptions,
    mode: Mode,
    endpoint: &Endpoint,
    token: &TokenFacts,
    plan: Option<Plan>,
) -> RunRecord {
    RunRecord {
        tool: concat!("graph-devices/", env!("CARGO_PKG_VERSION")).to_owned(),
        mode,
        resumes: None,
        endpoint: endpoint.root().to_owned(),
        tenant: token.tenant.clone(),
        app: token.app.clone(),
        initiated_by: options
            .initiated_by
            .clone()
            .or_else(|| token.person.shown().cloned()),
        machine: options.machine.clone(),
        consent: options.consent.clone(),
        justification: options.call.justification.clone(),
        input_list: options.input_list.as_ref().map(|(name, sha256)| Input {
            name: name.clone(),
            sha256: sha256.clone(),
        }),
        plan,
        exclusions: exclusions(options),
        options: numbers(options),
    }
}

/// The same users in any order and any case of letters have the same digest.
fn exclusions(options: &RunOptions) -> Option<Exclusions> {
    let users = options.exclude.iter().map(|user| user.as_str().to_lowercase());
    let users: Vec<_> = users.collect::<BTreeSet<_>>().into_iter().collect();
    let each = |user: &String| sha256(user).chars().take(16).collect();
    (!users.is_empty()).then(|| Exclusions {
        count: users.len() as u64,
        sha256: sha256(&users.join("\n")),
        each: users.iter().map(each).collect(),
    })
}

fn sha256(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn numbers(options: &RunOptions) -> Map<String, Value> {
    let accept: Vec<_> = options.accept_warnings.iter().map(|code| code.name()).collect();
    let Value::Object(numbers) = json!({
        "inspect_first": options.inspect_first,
        "write_quota": options.write_quota.requests,
        "write_quota_window_ms": milliseconds(options.write_quota.window),
        "read_quota": options.read_quota.requests,
        "read_quota_window_ms": milliseconds(options.read_quota.window),
        "connections": options.connections,
        "batch_size": options.batch_size,
        "max_users": options.max_users,
        "max_devices_per_user": options.max_devices_per_user,
        "max_approvals": options.max_approvals,
        "excluded": options.exclude.len(),
        "accept_warning": accept,
    }) else {
        return Map::new();
    };
    numbers
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The record of what was read of a user. `applied` is set if that resolved a doubt.
pub(super) fn read(user: &str, id: &UserId, inspection: &Inspection, applied: Option<bool>) -> ReadRecord {
    let devices = inspection.devices.as_ref().map(|list| &list.devices);
    ReadRecord {
        user: user.to_owned(),
        id: inspection.id(id).map(str::to_owned),
        upn: inspection
            .identity
            .as_ref()
            .and_then(|identity| identity.upn.clone()),
        enabled: inspection.identity.as_ref().and_then(|identity| identity.enabled),
        devices: devices.map(|devices| devices.iter().map(snapshot).collect()),
        applied,
    }
}

fn snapshot(device: &Device) -> SnapshotDevice {
    SnapshotDevice {
        id: device.id.clone(),
        name: device.name.clone(),
        os: device.operating_system.clone(),
        serial: device.serial_number.clone(),
        state: Some(device.state.name().to_owned()).filter(|state| !state.is_empty()),
        enrolled: device.enrolled.clone(),
        user_id: device.user_id.clone(),
    }
}

/// Whether a result has to be recorded. That a run ended before a user, or that an earlier run had finished the user, is only counted.
pub(super) fn should_record(result: &UserResult, was_sent: bool) -> bool {
    !matches!(result.reason, Reason::DoneBefore | Reason::Stopped)
        || was_refused_and_stopped(result, was_sent)
}

/// A user that was sent, refused, and stopped before the next attempt: the journal holds the send, so it needs its result.
fn was_refused_and_stopped(result: &UserResult, was_sent: bool) -> bool {
    let was_tried = result.error.as_ref().is_some_and(|error| error.attempts > 0);
    was_sent && was_tried && result.reason == Reason::Stopped
}

/// The record of a result.
pub(super) fn result(result: &UserResult, was_sent: bool, approval: Option<Declined>) -> ResultRecord {
    let id = result.id.as_deref();
    let mut record = match (&result.error, &result.receipt) {
        (Some(error), _) => ResultRecord::of_error(&result.user, id, error),
        (None, Some(receipt)) => ResultRecord {
            status: Some(Status::Ok),
            request_id: receipt.request_id.clone(),
            client_request_id: Some(receipt.client_request_id.clone()),
            attempts: receipt.attempts,
            date: receipt.date.clone(),
            ..ResultRecord::new(&result.user, id, result.outcome)
        },
        (None, None) => ResultRecord::new(&result.user, id, result.outcome),
    };
    record.outcome = result.outcome;
    record.reason = result.reason;
    if was_refused_and_stopped(result, was_sent) {
        (record.outcome, record.reason) = (Outcome::Failed, Reason::None);
    }
    record.approval = approval;
    if let Some(detail) = &result.detail {
        record.message.get_or_insert_with(|| detail.clone());
    }
    record
}

/// How a request that was not approved ended.
pub(super) fn declined(how: approvals::Approval) -> Declined {
    match how {
        approvals::Approval::Cancelled => Declined::Cancelled,
        approvals::Approval::Expired => Declined::Expired,
        _ => Declined::Rejected,
    }
}

/// The record of a run that ends.
pub(super) fn end(summary: &Summary) -> EndRecord {
    EndRecord {
        counts: Outcome::all()
            .iter()
            .map(|outcome| (outcome.name().to_owned(), summary.count(*outcome)))
            .collect(),
        duplicates: summary.duplicates,
        ended_by: summary.ended_by,
        message: summary.message.clone(),
    }
}
