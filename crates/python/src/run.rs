//! The run of `_native`: users in, events out as `(kind, fields)`.

use graph_devices::{Event, Outcome, Receipt, Row, Status, Summary, Token};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::client::seconds;
use crate::errors::{detached, fields};
use crate::text::Text;

/// A run: add users, end them, take events until `done`. Dropping it stops it without waiting.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct Run(graph_devices::Run);

impl Run {
    pub(crate) fn new(run: graph_devices::Run) -> Self {
        Self(run)
    }
}

/// A kind of event and its fields.
type Told<'py> = (&'static str, Bound<'py, PyDict>);

#[pymethods]
impl Run {
    /// Adds a user; a text that is no user id becomes a failed row.
    fn add_user(&self, py: Python<'_>, user: Text) -> PyResult<()> {
        detached(py, move || self.0.add_user(&user))
    }

    /// Says that no user follows.
    fn end_users(&self) {
        self.0.end_users();
    }

    /// The next event, or `None` if there is none within so many seconds. Other threads run meanwhile.
    fn next<'py>(&self, py: Python<'py>, wait: f64) -> PyResult<Option<Told<'py>>> {
        detached(py, move || self.0.next(seconds("wait", wait)?))?
            .map(|event| told(py, event))
            .transpose()
    }

    /// Answers `need_token`.
    fn set_token(&self, py: Python<'_>, token: Text) -> PyResult<()> {
        detached(py, move || self.0.set_token(Token::new(&token)?))
    }

    /// Asks the run to stop; from any thread.
    fn stop(&self) {
        self.0.stop();
    }
}

fn told(py: Python<'_>, event: Event) -> PyResult<Told<'_>> {
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
            "notice"
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
    told.set_item("user", &row.user)?;
    told.set_item("outcome", row.outcome.name())?;
    told.set_item("reason", row.reason.name())?;
    told.set_item("receipt", receipt)?;
    told.set_item("error", error)
}

fn summary_fields(told: &Bound<'_, PyDict>, summary: &Summary) -> PyResult<()> {
    let counts = PyDict::new(told.py());
    for outcome in Outcome::all() {
        counts.set_item(outcome.name(), summary.count(*outcome))?;
    }
    told.set_item("counts", counts)?;
    told.set_item("fatal", summary.fatal.map(Status::name))
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
