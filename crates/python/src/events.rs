//! Events of a run as a kind and a dict of fields.

use graph_devices::{Effect, Event, Outcome, Status, Summary, Verdict};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::generated::fields;

/// A kind of event and its fields.
pub(crate) type EventFields<'py> = (&'static str, Bound<'py, PyDict>);

pub(crate) fn event_fields(py: Python<'_>, event: Event) -> PyResult<EventFields<'_>> {
    let kind = event.kind().name();
    let fields = match event {
        Event::Result(result) => {
            let fields = fields::user_result(py, &result)?;
            fields.set_item("status", result.status().map(Status::name))?;
            fields.set_item("effect", result.effect().map(Effect::name))?;
            fields.set_item("message", result.message())?;
            fields
        }
        Event::Progress(progress) => fields::progress(py, &progress)?,
        Event::Verified(verification) => fields::verification(py, &verification)?,
        Event::Done(summary) => summary_fields(py, &summary)?,
        Event::NeedToken { claims } => {
            let fields = PyDict::new(py);
            fields.set_item("claims", claims)?;
            fields
        }
        Event::Notice(notice) => {
            let fields = PyDict::new(py);
            fields.set_item("text", notice.to_string())?;
            fields.set_item("kind", notice.kind().name())?;
            fields
        }
        _ => PyDict::new(py),
    };
    Ok((kind, fields))
}

fn summary_fields<'py>(py: Python<'py>, summary: &Summary) -> PyResult<Bound<'py, PyDict>> {
    let counts = PyDict::new(py);
    for outcome in Outcome::all() {
        counts.set_item(outcome.name(), summary.count(*outcome))?;
    }
    let verdicts = PyDict::new(py);
    for verdict in Verdict::all() {
        verdicts.set_item(verdict.name(), summary.count_verified(*verdict))?;
    }
    let fields = fields::summary(py, summary)?;
    fields.set_item("counts", counts)?;
    fields.set_item("verdicts", verdicts)?;
    fields.set_item("file", summary.path().map(|path| (path, summary.os_error())))?;
    Ok(fields)
}
