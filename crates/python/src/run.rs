//! The run of `_native`: users in, events out as `(kind, fields)`.

use graph_devices::{Error, Result, Status, Token};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::detached;
use crate::events::{Told, told};
use crate::seconds::seconds;
use crate::text::Text;

/// A run: add users, end them, take events until `done`. Dropping it stops it without waiting.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct Run {
    core: Option<graph_devices::Run>,
    process: u32,
}

/// In a forked child the threads of a run are missing and its locks may be held, so it is forgotten there.
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
            .ok_or_else(|| Error::invalid_argument("the run belongs to the process that began it"))
    }
}

#[pymethods]
impl Run {
    /// Adds a user; a text that is no user id becomes a failed row. `StoppedError` once the run was stopped.
    fn add_user(&self, py: Python<'_>, user: Text) -> PyResult<()> {
        detached(py, move || self.here()?.add_user(&user))
    }

    /// Says that no user follows.
    fn end_users(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || {
            self.here()?.end_users();
            Ok(())
        })
    }

    /// The next event, or `None` if there is none within so many seconds. `over` once the last was taken, by this or another
    /// thread. Other threads run meanwhile.
    fn next<'py>(&self, py: Python<'py>, wait: f64) -> PyResult<Option<Told<'py>>> {
        let event = detached(py, move || {
            let (run, wait) = (self.here()?, seconds("wait", wait)?);
            match run.next(wait) {
                // Nothing else was given to it that it could refuse.
                Err(error) if error.status == Status::InvalidArgument => Ok(None),
                event => event.map(Some),
            }
        })?;
        event.map_or_else(
            || Ok(Some(("over", PyDict::new(py)))),
            |event| event.map(|event| told(py, event)).transpose(),
        )
    }

    /// Answers `need_token`.
    fn set_token(&self, py: Python<'_>, token: Text) -> PyResult<()> {
        detached(py, move || self.here()?.set_token(Token::new(&token)?))
    }

    /// Asks the run to stop; from any thread. Nothing in a forked child.
    fn stop(&self) {
        if let Ok(run) = self.here() {
            run.stop();
        }
    }
}
