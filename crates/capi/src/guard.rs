//! The guard around every export: it catches panics, reports errors and checks pointers.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use graph_core::{Error, Result, Status};

use crate::generated::records::graph_error;
use crate::host::Uncancelled;

/// Runs an export that returns no status. A panic returns `fallback`.
pub(crate) fn guard_infallible<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    let _uncancelled = Uncancelled::begin();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// Runs an export that returns a status. An error is written to `*error` unless that is NULL, and its status is returned.
/// A panic becomes `internal` with the effect `possible`.
pub(crate) fn guard(error: *mut *mut graph_error, body: impl FnOnce() -> Result<()>) -> Status {
    let _uncancelled = Uncancelled::begin();
    set_null(error);
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let mut failure = Error::new(Status::Internal, Status::Internal.message());
        failure.effect = graph_core::Effect::Possible;
        Err(failure)
    });
    match result {
        Ok(()) => Status::Ok,
        Err(failure) => {
            let status = failure.status;
            write_handle(error, || graph_error::from(failure));
            status
        }
    }
}

/// Applies `set`, which cannot fail, to options and checked values. Nothing is copied, so adding a long list one by one
/// takes linear time.
pub(crate) fn set<H: 'static, T: Default + 'static, V>(
    options: *mut H,
    error: *mut *mut graph_error,
    of: impl FnOnce(&mut H) -> &mut T,
    values: impl FnOnce() -> Result<V>,
    set: impl FnOnce(T, V) -> T,
) -> Status {
    guard(error, || {
        let options = of(handle_mut(options, "options")?);
        let values = values()?;
        *options = set(std::mem::take(options), values);
        Ok(())
    })
}

/// Replaces options by the result of `change`, which gets a copy. If it fails, the options are unchanged.
pub(crate) fn change<H: 'static, T: Clone + 'static>(
    options: *mut H,
    error: *mut *mut graph_error,
    of: impl FnOnce(&mut H) -> &mut T,
    change: impl FnOnce(T) -> Result<T>,
) -> Status {
    guard(error, || {
        let options = of(handle_mut(options, "options")?);
        *options = change(options.clone())?;
        Ok(())
    })
}

/// Sets an output to NULL, unless the output itself is NULL.
pub(crate) fn set_null<T>(out: *mut *mut T) {
    if !out.is_null() {
        // SAFETY: an output pointer that is not NULL points to a writable pointer.
        unsafe { out.write(std::ptr::null_mut()) };
    }
}

/// Writes a new handle to an output. If the output is NULL, no handle is made.
pub(crate) fn write_handle<T>(out: *mut *mut T, value: impl FnOnce() -> T) {
    if !out.is_null() {
        // SAFETY: as in `set_null`.
        unsafe { out.write(Box::into_raw(Box::new(value()))) };
    }
}

/// Fails if an output is NULL.
pub(crate) fn require_out<T>(out: *mut *mut T, name: &str) -> Result<()> {
    if out.is_null() { Err(null(name)) } else { Ok(()) }
}

/// The handle behind a pointer; fails if it is NULL.
pub(crate) fn handle<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: a handle that is not NULL is alive and of this type, by the contract of the header.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// The mutable handle behind a pointer; fails if it is NULL.
pub(crate) fn handle_mut<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T> {
    // SAFETY: as in `handle`; the header allows one thread at a time.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// Reads a field of a handle; returns `absent` if the handle is NULL.
pub(crate) fn get<H, T: Copy>(pointer: *const H, absent: T, field: impl FnOnce(&H) -> T) -> T {
    // SAFETY: as in `handle`.
    guard_infallible(absent, || unsafe { pointer.as_ref() }.map_or(absent, field))
}

/// A string; fails if it is NULL or not UTF-8.
pub(crate) fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: a string that is not NULL is NUL-terminated and lives for the call, by the contract of the header.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str()
        .map_err(|_| Error::invalid_argument(format!("{name} is not UTF-8; convert it first")))
}

/// A string with invalid UTF-8 replaced; fails if it is NULL. Core then reports what kind of file it is, such as DER.
pub(crate) fn lossy<'a>(pointer: *const c_char, name: &str) -> Result<Cow<'a, str>> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as in `text`.
    Ok(unsafe { CStr::from_ptr(pointer) }.to_string_lossy())
}

/// A duration; fails if it is negative.
pub(crate) fn milliseconds(value: i64, name: &str) -> Result<Duration> {
    u64::try_from(value)
        .map(Duration::from_millis)
        .map_err(|_| Error::invalid_argument(format!("{name} must not be negative; it is {value} ms")))
}

/// A count; fails if it is negative.
pub(crate) fn number(value: i32, name: &str) -> Result<usize> {
    usize::try_from(value)
        .map_err(|_| Error::invalid_argument(format!("{name} must not be negative; it is {value}")))
}

/// A flag; fails unless it is 0 or 1.
pub(crate) fn flag(value: i32, name: &str) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Error::invalid_argument(format!(
            "{name} must be 0 or 1; it is {other}"
        ))),
    }
}

/// A path; fails if it is NULL, not UTF-8 or empty.
pub(crate) fn path<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    let path = text(pointer, name)?;
    if path.is_empty() {
        return Err(Error::invalid_argument(format!("{name} must not be empty")));
    }
    Ok(path)
}

/// Frees a handle. NULL has no effect.
pub(crate) fn free<T>(pointer: *mut T) {
    guard_infallible((), || {
        if !pointer.is_null() {
            // SAFETY: made by `write_handle` or `Box::into_raw` in this crate, and freed once by the contract of the header.
            drop(unsafe { Box::from_raw(pointer) });
        }
    });
}

fn null(name: &str) -> Error {
    Error::invalid_argument(format!("{name} must not be NULL"))
}
