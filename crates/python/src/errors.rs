//! Failures of the core as exceptions of `graph_devices._errors`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use graph_devices::{Effect, Error, Result, Status};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Every field of a failure; absent ones are `None`.
pub(crate) fn fields<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("status", error.status.name())?;
    fields.set_item("message", &error.message)?;
    fields.set_item("http_status", error.http_status)?;
    fields.set_item("code", &error.code)?;
    fields.set_item("inner_code", &error.inner_code)?;
    fields.set_item("service_message", &error.service_message)?;
    fields.set_item("request_id", &error.request_id)?;
    fields.set_item("client_request_id", &error.client_request_id)?;
    fields.set_item("activity_id", &error.activity_id)?;
    fields.set_item("retry_after", error.retry_after.map(|wait| wait.as_secs_f64()))?;
    fields.set_item("approval_code", &error.approval_code)?;
    fields.set_item("claims", &error.claims)?;
    fields.set_item("attempts", error.attempts)?;
    fields.set_item("effect", error.effect.name())?;
    Ok(fields)
}

/// The exception for a failure; if it cannot be made, the reason for that.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let made = || {
        let module = py.import("graph_devices._errors")?;
        module.getattr("from_fields")?.call((), Some(&fields(py, error)?))
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
