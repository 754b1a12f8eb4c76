//! Failures of the core as exceptions of `graph_devices._errors`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use graph_devices::{Effect, Error, Result, Status};
use pyo3::prelude::*;

use crate::generated::fields;

/// The exception for a failure; if it cannot be made, the reason for that.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let made = || {
        let module = py.import("graph_devices._errors")?;
        module
            .getattr("from_fields")?
            .call((), Some(&fields::error(py, error)?))
    };
    made().map_or_else(|cause| cause, PyErr::from_value)
}

/// Runs `body` with the interpreter released. Its failure is raised; a panic is raised as `InternalError`.
pub(crate) fn detached<T: Send>(py: Python<'_>, body: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    let result = py.detach(|| {
        catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
            let mut error = Error::new(Status::Internal, Status::Internal.message());
            error.effect = Effect::Possible;
            Err(error)
        })
    });
    result.map_err(|error| raised(py, &error))
}
