//! The one line that a call prints.

use std::time::Duration;

use graph_devices::{Error, Outcome, Reason, Receipt, Result as Answer, Row, Status, Summary};
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
    })
}

fn row(row: &Row) -> Value {
    json!({
        "user": row.user,
        "outcome": row.outcome.name(),
        "reason": (row.reason != Reason::None).then(|| row.reason.name()),
        "receipt": row.receipt.as_ref().map(receipt),
        "error": row.error.as_ref().map(error),
    })
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
