//! Errors of core as exceptions of `graph_devices._errors`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use graph_devices::{Effect, Error, Result, Status};
use pyo3::prelude::*;

use crate::generated::fields;
/// The longest wait before Python checks for signals.
const SIGNAL_CHECK: Duration = Duration::from_millis(100);

/// The exception for an error, or the exception that creating it raised.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let made = || {
        let module = py.import("graph_devices._errors")?;
        let made = module
            .getattr("from_fields")?
            .call((), Some(&fields::error(py, error)?))?;
        if let Some(path) = error.path() {
            module.call_method1("about_file", (&made, path, error.os_error()))?;
        }
        PyResult::Ok(made)
    };
    made().map_or_else(|cause| cause, PyErr::from_value)
}

/// Runs `body` with the interpreter released. Raises its error, and a panic as `InternalError`.
pub(crate) fn detached<T: Send>(py: Python<'_>, body: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.detach(|| guarded(body)).map_err(|error| raised(py, &error))
}

/// The same on another thread, for work that may take long. Ctrl-C raises at once; the result of `body` is dropped then.
pub(crate) fn apart<T: Send + 'static>(
    py: Python<'_>,
    body: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let (done, made) = sync_channel(1);
    let begun = std::thread::Builder::new()
        .name("graph-devices-begin".into())
        // If the receiver is gone, this drops the result.
        .spawn(move || drop(done.send(guarded(body))));
    begun.map_err(|error| raised(py, &no_thread(&error)))?;
    // `detach` borrows it, which needs `Sync`; a receiver alone is not.
    let made = Mutex::new(made);
    loop {
        let look = || {
            made.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv_timeout(SIGNAL_CHECK)
        };
        match py.detach(look) {
            Ok(result) => return result.map_err(|error| raised(py, &error)),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(raised(py, &panicked())),
        }
    }
}

/// The error if the system cannot start a thread; nothing was sent.
pub(crate) fn no_thread(error: &std::io::Error) -> Error {
    let message = format!(
        "no thread could be started, so nothing was sent: {error}; raise the limit of threads, or end some"
    );
    Error::new(Status::ConnectionFailed, message)
}

fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(panicked()))
}

fn panicked() -> Error {
    let mut error = Error::new(Status::Internal, Status::Internal.message());
    error.effect = Effect::Possible;
    error
}
