//! The one line that a call prints.

use std::time::Duration;

use graph_devices::{
    Device, DeviceList, Error, Outcome, Reason, Receipt, Result as Answer, Row, Status, Summary, Verdict,
    Verification, VerifiedDevice, Warning,
};
use serde_json::{Map, Value, json};

use crate::arguments::Unsupported;

pub(crate) fn unsupported(why: &Unsupported) -> Value {
    json!({"unsupported": why.0})
}

/// All that a call of two arguments shows in every language.
pub(crate) fn status(answer: &Answer<Receipt>) -> Value {
    let status = answer.as_ref().err().map_or(Status::Ok, |error| error.status);
    let message = answer
        .as_ref()
        .err()
        .map_or(status.message(), |error| &error.message);
    json!({"status": status.name(), "status_number": status.number(), "message": message})
}

pub(crate) fn answer(answer: &Answer<Receipt>) -> Value {
    json!({"receipt": answer.as_ref().ok().map(receipt), "error": answer.as_ref().err().map(error)})
}

pub(crate) fn run(rows: &[Row], summary: &Summary) -> Value {
    let counts: Map<String, Value> = Outcome::all()
        .iter()
        .map(|outcome| (outcome.name().to_owned(), summary.count(*outcome).into()))
        .collect();
    json!({
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "counts": counts,
        "fatal": summary.fatal.map(Status::name),
        "duplicates": summary.duplicates,
        "message": summary.message,
        "endpoint": summary.endpoint,
    })
}

fn row(row: &Row) -> Value {
    let list = row.devices.as_ref();
    json!({
        "user": row.user,
        "id": row.id,
        "outcome": row.outcome.name(),
        "reason": (row.reason != Reason::None).then(|| row.reason.name()),
        "detail": row.detail,
        "receipt": row.receipt.as_ref().map(receipt),
        "error": row.error.as_ref().map(error),
        "devices": list.map(each_device),
        "warnings": list.map(|list| warnings(&list.warnings)),
    })
}

pub(crate) fn devices(answer: &Answer<DeviceList>) -> Value {
    let list = answer.as_ref().ok();
    json!({
        "devices": list.map(each_device),
        "warnings": list.map(|list| warnings(&list.warnings)),
        "error": answer.as_ref().err().map(error),
    })
}

pub(crate) fn verify(verified: &[Verification], summary: &Summary) -> Value {
    let user = |user: &Verification| {
        json!({
            "user": user.user,
            "id": user.id,
            "verdict": user.verdict.name(),
            "devices": user.devices.iter().map(verified_device).collect::<Vec<_>>(),
        })
    };
    let verdicts: Map<String, Value> = Verdict::all()
        .iter()
        .map(|verdict| (verdict.name().to_owned(), summary.count_verified(*verdict).into()))
        .collect();
    json!({
        "verified": verified.iter().map(user).collect::<Vec<_>>(),
        "verdicts": verdicts,
        "fatal": summary.fatal.map(Status::name),
        "message": summary.message,
        "endpoint": summary.endpoint,
    })
}

fn verified_device(device: &VerifiedDevice) -> Value {
    json!({
        "id": device.id,
        "name": device.name,
        "verdict": device.verdict.name(),
        "state": device.state,
        "since": device.since,
        "detail": device.detail,
    })
}

fn each_device(list: &DeviceList) -> Vec<Value> {
    list.devices.iter().map(device).collect()
}

fn device(device: &Device) -> Value {
    json!({
        "id": device.id,
        "name": device.name,
        "managed_name": device.managed_name,
        "operating_system": device.operating_system,
        "os_version": device.os_version,
        "serial_number": device.serial_number,
        "model": device.model,
        "manufacturer": device.manufacturer,
        "owner_type": device.owner_type,
        "state": device.state.name(),
        "management_agent": device.management_agent,
        "enrollment_type": device.enrollment_type,
        "registration_state": device.registration_state,
        "compliance_state": device.compliance_state,
        "is_encrypted": device.is_encrypted,
        "is_supervised": device.is_supervised,
        "enrolled": device.enrolled,
        "last_sync": device.last_sync,
        "certificate_expires": device.certificate_expires,
        "entra_device_id": device.entra_device_id,
        "entra_registered": device.entra_registered,
        "user_id": device.user_id,
        "user_principal_name": device.user_principal_name,
        "email_address": device.email_address,
        "warnings": warnings(&device.warnings),
    })
}

fn warnings(warnings: &[Warning]) -> Vec<Value> {
    let warning = |warning: &Warning| {
        json!({
            "code": warning.code.name(),
            "severity": warning.code.severity().name(),
            "message": warning.message,
        })
    };
    warnings.iter().map(warning).collect()
}

fn receipt(receipt: &Receipt) -> Value {
    json!({
        "user": receipt.user,
        "request_id": receipt.request_id,
        "client_request_id": receipt.client_request_id,
        "date": receipt.date,
        "attempts": receipt.attempts,
        "elapsed_ms": milliseconds(receipt.elapsed),
        "endpoint": receipt.endpoint,
    })
}

fn error(error: &Error) -> Value {
    json!({
        "status": error.status.name(),
        "status_number": error.status.number(),
        "message": error.message,
        "http_status": error.http_status,
        "code": error.code,
        "inner_code": error.inner_code,
        "service_message": error.service_message,
        "request_id": error.request_id,
        "client_request_id": error.client_request_id,
        "activity_id": error.activity_id,
        "retry_after_ms": error.retry_after.map(milliseconds),
        "approval_code": error.approval_code,
        "claims": error.claims,
        "attempts": error.attempts,
        "effect": error.effect.name(),
    })
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
