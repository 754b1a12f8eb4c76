//! What a run tells, as a kind and a dict of fields.

use graph_devices::{Event, Outcome, Receipt, Row, Status, Summary, Tick, Verdict, Verification};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::devices;
use crate::errors::fields;

/// A kind of event and its fields.
pub(crate) type Told<'py> = (&'static str, Bound<'py, PyDict>);

pub(crate) fn told(py: Python<'_>, event: Event) -> PyResult<Told<'_>> {
    let told = PyDict::new(py);
    let kind = match event {
        Event::Row(row) => {
            row_fields(&told, &row)?;
            "row"
        }
        Event::NeedUsers => "need_users",
        Event::NeedToken { claims } => {
            told.set_item("claims", claims)?;
            "need_token"
        }
        Event::Notice(notice) => {
            told.set_item("text", notice.to_string())?;
            told.set_item("kind", notice.kind().name())?;
            "notice"
        }
        Event::Tick(tick) => {
            tick_fields(&told, &tick)?;
            "tick"
        }
        Event::Verified(verification) => {
            verification_fields(&told, &verification)?;
            "verified"
        }
        Event::Done(summary) => {
            summary_fields(&told, &summary)?;
            "done"
        }
        _ => "unknown",
    };
    Ok((kind, told))
}

fn row_fields(told: &Bound<'_, PyDict>, row: &Row) -> PyResult<()> {
    let py = told.py();
    let receipt = row
        .receipt
        .as_ref()
        .map(|receipt| receipt_fields(py, receipt))
        .transpose()?;
    let error = row.error.as_ref().map(|error| fields(py, error)).transpose()?;
    let devices = row
        .devices
        .as_ref()
        .map(|list| devices::list(py, list))
        .transpose()?;
    told.set_item("user", &row.user)?;
    told.set_item("id", &row.id)?;
    told.set_item("outcome", row.outcome.name())?;
    told.set_item("reason", row.reason.name())?;
    told.set_item("detail", &row.detail)?;
    told.set_item("receipt", receipt)?;
    told.set_item("error", error)?;
    told.set_item("devices", devices)
}

fn tick_fields(told: &Bound<'_, PyDict>, tick: &Tick) -> PyResult<()> {
    told.set_item("done", tick.done)?;
    told.set_item("given", tick.given)?;
    told.set_item("rate", tick.rate)?;
    told.set_item("remaining", tick.remaining.map(|time| time.as_secs_f64()))
}

fn verification_fields(told: &Bound<'_, PyDict>, verification: &Verification) -> PyResult<()> {
    let mut devices = Vec::new();
    for device in &verification.devices {
        let fields = PyDict::new(told.py());
        fields.set_item("id", &device.id)?;
        fields.set_item("name", &device.name)?;
        fields.set_item("verdict", device.verdict.name())?;
        fields.set_item("state", &device.state)?;
        fields.set_item("since", &device.since)?;
        fields.set_item("detail", &device.detail)?;
        devices.push(fields);
    }
    told.set_item("user", &verification.user)?;
    told.set_item("id", &verification.id)?;
    told.set_item("verdict", verification.verdict.name())?;
    told.set_item("devices", devices)
}

fn summary_fields(told: &Bound<'_, PyDict>, summary: &Summary) -> PyResult<()> {
    let counts = PyDict::new(told.py());
    for outcome in Outcome::all() {
        counts.set_item(outcome.name(), summary.count(*outcome))?;
    }
    let verdicts = PyDict::new(told.py());
    for verdict in Verdict::all() {
        verdicts.set_item(verdict.name(), summary.count_verified(*verdict))?;
    }
    told.set_item("counts", counts)?;
    told.set_item("verdicts", verdicts)?;
    told.set_item("duplicates", summary.duplicates)?;
    told.set_item("fatal", summary.fatal.map(Status::name))?;
    told.set_item("message", &summary.message)?;
    told.set_item("endpoint", &summary.endpoint)?;
    told.set_item("file", summary.path().map(|path| (path, summary.os_error())))
}

fn receipt_fields<'py>(py: Python<'py>, receipt: &Receipt) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("user", &receipt.user)?;
    fields.set_item("request_id", &receipt.request_id)?;
    fields.set_item("client_request_id", &receipt.client_request_id)?;
    fields.set_item("date", &receipt.date)?;
    fields.set_item("attempts", receipt.attempts)?;
    fields.set_item("elapsed", receipt.elapsed.as_secs_f64())?;
    fields.set_item("endpoint", &receipt.endpoint)?;
    Ok(fields)
}
