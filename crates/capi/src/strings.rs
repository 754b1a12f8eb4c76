//! Strings that leave: owned by their handle, NUL-terminated.

use std::ffi::{CString, c_char};
use std::ptr;
use std::time::Duration;

/// A text for C. An interior NUL, which C could not see past, is replaced.
pub(crate) fn owned(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

pub(crate) fn owned_if_any(text: Option<&str>) -> Option<CString> {
    text.map(owned)
}

/// The pointer of a text, or NULL where there is none.
pub(crate) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

/// Milliseconds, rounded up; -1 where there are none.
pub(crate) fn milliseconds(duration: Option<Duration>) -> i64 {
    duration.map_or(-1, |duration| {
        i64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(i64::MAX)
    })
}

/// A count for C.
pub(crate) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
