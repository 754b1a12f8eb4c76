//! The one line that a call prints.

use std::time::Duration;

use graph_devices::{
    DeviceList, Outcome, Reason, Receipt, Result as Answer, Status, Summary, UserResult, Verdict,
    Verification,
};
use serde_json::{Map, Value, json};

use crate::arguments::Unsupported;
use crate::generated;

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
    json!({"receipt": answer.as_ref().ok().map(generated::receipt), "error": answer.as_ref().err().map(generated::error)})
}

pub(crate) fn run(results: &[UserResult], summary: &Summary) -> Value {
    let counts: Map<String, Value> = Outcome::all()
        .iter()
        .map(|outcome| (outcome.name().to_owned(), summary.count(*outcome).into()))
        .collect();
    json!({
        "rows": results.iter().map(user_result).collect::<Vec<_>>(),
        "counts": counts,
        "ended_by": summary.ended_by.map(Status::name),
        "duplicates": summary.duplicates,
        "message": summary.message,
        "custom_endpoint": summary.custom_endpoint,
    })
}

fn user_result(result: &UserResult) -> Value {
    let list = result.devices.as_ref();
    json!({
        "user": result.user,
        "id": result.id,
        "outcome": result.outcome.name(),
        "reason": (result.reason != Reason::None).then(|| result.reason.name()),
        "detail": result.detail,
        "receipt": result.receipt.as_ref().map(generated::receipt),
        "error": result.error.as_ref().map(generated::error),
        "devices": list.map(each_device),
        "warnings": list.map(warnings),
    })
}

pub(crate) fn devices(answer: &Answer<DeviceList>) -> Value {
    let list = answer.as_ref().ok();
    json!({
        "devices": list.map(each_device),
        "warnings": list.map(warnings),
        "error": answer.as_ref().err().map(generated::error),
    })
}

pub(crate) fn verify(verified: &[Verification], summary: &Summary) -> Value {
    let user = |user: &Verification| {
        json!({
            "user": user.user,
            "id": user.id,
            "verdict": user.verdict.name(),
            "devices": user.devices.iter().map(generated::verified_device).collect::<Vec<_>>(),
        })
    };
    let verdicts: Map<String, Value> = Verdict::all()
        .iter()
        .map(|verdict| (verdict.name().to_owned(), summary.count_verified(*verdict).into()))
        .collect();
    json!({
        "verified": verified.iter().map(user).collect::<Vec<_>>(),
        "verdicts": verdicts,
        "ended_by": summary.ended_by.map(Status::name),
        "message": summary.message,
        "custom_endpoint": summary.custom_endpoint,
    })
}

fn each_device(list: &DeviceList) -> Vec<Value> {
    list.devices.iter().map(generated::device).collect()
}

fn warnings(list: &DeviceList) -> Vec<Value> {
    list.warnings.iter().map(generated::warning).collect()
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
