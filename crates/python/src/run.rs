//! The run of `_native`: users in, events out as `(kind, fields)`.

use graph_devices::{Error, Result, Status, Token};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::detached;
use crate::events::{EventFields, event_fields};
use crate::seconds::seconds;
use crate::text::Text;

/// A run: add users, end them, take events until `done`. Dropping it stops the run without waiting.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct Run {
    core: Option<graph_devices::Run>,
    process: u32,
}

/// A forked child does not have the threads of a run, and its locks may be held, so it forgets the run.
impl Drop for Run {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.core.take());
        }
    }
}

impl Run {
    pub(crate) fn new(run: graph_devices::Run) -> Self {
        Self {
            core: Some(run),
            process: std::process::id(),
        }
    }

    fn here(&self) -> Result<&graph_devices::Run> {
        self.core
            .as_ref()
            .filter(|_| self.process == std::process::id())
            .ok_or_else(|| {
                Error::invalid_argument(
                    "the run belongs to the process that started it; start a new one after a fork",
                )
            })
    }
}

#[pymethods]
impl Run {
    /// Adds a user. A malformed user id becomes a failed result. Raises `StoppedError` after the run was stopped.
    fn add_user(&self, py: Python<'_>, user: Text) -> PyResult<()> {
        detached(py, move || self.here()?.add_user(&user))
    }

    /// Ends the list of users.
    fn end_users(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || {
            self.here()?.end_users();
            Ok(())
        })
    }

    /// Waits for the next event, at most `wait` seconds; `None` if there is none. `over` after the last event was taken, by
    /// this or another thread. Other threads run meanwhile.
    fn next<'py>(&self, py: Python<'py>, wait: f64) -> PyResult<Option<EventFields<'py>>> {
        let event = detached(py, move || {
            let (run, wait) = (self.here()?, seconds("wait", wait)?);
            match run.next(wait) {
                // The wait is valid, so this means that the last event was taken.
                Err(error) if error.status == Status::InvalidArgument => Ok(None),
                event => event.map(Some),
            }
        })?;
        event.map_or_else(
            || Ok(Some(("over", PyDict::new(py)))),
            |event| event.map(|event| event_fields(py, event)).transpose(),
        )
    }

    /// Answers `need_token`.
    fn set_token(&self, py: Python<'_>, token: Text) -> PyResult<()> {
        detached(py, move || self.here()?.set_token(Token::new(&token)?))
    }

    /// Asks the run to stop. From any thread. Has no effect in a forked child.
    fn stop(&self) {
        if let Ok(run) = self.here() {
            run.stop();
        }
    }
}
