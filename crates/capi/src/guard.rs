//! The one guard that every export goes through, and what it checks of pointers.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use graph_core::{Error, Result, Status};

use crate::generated::records::graph_error;
use crate::host::Uncancelled;

/// For an export that cannot fail: a panic becomes `fallback`.
pub(crate) fn quiet<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    let _uncancelled = Uncancelled::begin();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// For an export that returns a status: the error goes to `*error` if the caller wants it, and its status is returned. A
/// panic becomes `internal`, with an effect of `possible`.
pub(crate) fn status(error: *mut *mut graph_error, body: impl FnOnce() -> Result<()>) -> Status {
    let _uncancelled = Uncancelled::begin();
    clear(error);
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let mut failure = Error::new(Status::Internal, Status::Internal.message());
        failure.effect = graph_core::Effect::Possible;
        Err(failure)
    });
    match result {
        Ok(()) => Status::Ok,
        Err(failure) => {
            let status = failure.status;
            give(error, || graph_error::from(failure));
            status
        }
    }
}

/// Replaces options by what `set` makes of them and of values that were checked before. Nothing is copied, so that a long list
/// can be added one by one.
pub(crate) fn set<H: 'static, T: Default + 'static, V>(
    options: *mut H,
    error: *mut *mut graph_error,
    of: impl FnOnce(&mut H) -> &mut T,
    values: impl FnOnce() -> Result<V>,
    set: impl FnOnce(T, V) -> T,
) -> Status {
    status(error, || {
        let options = of(handle_mut(options, "options")?);
        let values = values()?;
        *options = set(std::mem::take(options), values);
        Ok(())
    })
}

/// Replaces options by what `change` makes of a copy; they stay as they were if it refuses.
pub(crate) fn change<H: 'static, T: Clone + 'static>(
    options: *mut H,
    error: *mut *mut graph_error,
    of: impl FnOnce(&mut H) -> &mut T,
    change: impl FnOnce(T) -> Result<T>,
) -> Status {
    status(error, || {
        let options = of(handle_mut(options, "options")?);
        *options = change(options.clone())?;
        Ok(())
    })
}

/// Sets an output to NULL, if there is one.
pub(crate) fn clear<T>(out: *mut *mut T) {
    if !out.is_null() {
        // SAFETY: an output pointer that is not NULL points to a writable pointer.
        unsafe { out.write(std::ptr::null_mut()) };
    }
}

/// Hands a new handle over to the caller; nothing is made if there is nowhere to put it.
pub(crate) fn give<T>(out: *mut *mut T, value: impl FnOnce() -> T) {
    if !out.is_null() {
        // SAFETY: as in `clear`.
        unsafe { out.write(Box::into_raw(Box::new(value()))) };
    }
}

/// An output that must be there.
pub(crate) fn required<T>(out: *mut *mut T, name: &str) -> Result<()> {
    if out.is_null() { Err(null(name)) } else { Ok(()) }
}

/// A handle that must be there.
pub(crate) fn handle<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: a handle that is not NULL is alive and of this type, by the contract of the header.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// A handle that must be there and is changed.
pub(crate) fn handle_mut<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T> {
    // SAFETY: as in `handle`; the header allows one thread at a time.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// What an accessor gives: `absent` where there is no handle.
pub(crate) fn read<H, T: Copy>(pointer: *const H, absent: T, get: impl FnOnce(&H) -> T) -> T {
    // SAFETY: as in `handle`.
    quiet(absent, || unsafe { pointer.as_ref() }.map_or(absent, get))
}

/// A string that must be there and be UTF-8.
pub(crate) fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: a string that is not NULL is NUL-terminated and lives for the call, by the contract of the header.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str()
        .map_err(|_| Error::invalid_argument(format!("{name} is not UTF-8")))
}

/// A string that must be there; core says what it is where it is no text, such as a certificate in DER.
pub(crate) fn lossy<'a>(pointer: *const c_char, name: &str) -> Result<Cow<'a, str>> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as in `text`.
    Ok(unsafe { CStr::from_ptr(pointer) }.to_string_lossy())
}

/// A duration that must not be negative.
pub(crate) fn milliseconds(value: i64, name: &str) -> Result<Duration> {
    u64::try_from(value)
        .map(Duration::from_millis)
        .map_err(|_| Error::invalid_argument(format!("{name} is negative: {value} ms")))
}

/// A count that must not be negative.
pub(crate) fn number(value: i32, name: &str) -> Result<usize> {
    usize::try_from(value).map_err(|_| Error::invalid_argument(format!("{name} is negative: {value}")))
}

/// A number that says yes or no.
pub(crate) fn flag(value: i32, name: &str) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Error::invalid_argument(format!("{name} is {other}, not 0 or 1"))),
    }
}

/// A path that must be there, be UTF-8 and not be empty.
pub(crate) fn path<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    let path = text(pointer, name)?;
    if path.is_empty() {
        return Err(Error::invalid_argument(format!("{name} is empty")));
    }
    Ok(path)
}

/// Frees a handle; NULL is nothing.
pub(crate) fn free<T>(pointer: *mut T) {
    quiet((), || {
        if !pointer.is_null() {
            // SAFETY: made by `give` or `Box::into_raw` in this crate, and freed once by the contract of the header.
            drop(unsafe { Box::from_raw(pointer) });
        }
    });
}

fn null(name: &str) -> Error {
    Error::invalid_argument(format!("{name} is NULL"))
}
