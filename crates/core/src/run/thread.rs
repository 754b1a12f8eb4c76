//! The threads of a run: how they begin, and what a panic leaves behind.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;
use crate::status::{Effect, Status};

/// The stack of a thread of a run. There may be many threads in a process that has little room. A debug build was measured to need
/// less than 96 KiB, and a credential of the caller runs on it, too.
const STACK: usize = 512 * 1024;

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name(name.into())
        .stack_size(STACK)
        .spawn(work)
        .map(drop)
}

/// The error that a panic of this library leaves behind: it may have come after the request was sent.
pub(super) fn panicked() -> Error {
    let mut error = Error::new(Status::Internal, Status::Internal.message());
    error.effect = Effect::Possible;
    error
}

/// Runs something, and turns a panic into an error.
pub(super) fn guarded<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked().into()))
}
