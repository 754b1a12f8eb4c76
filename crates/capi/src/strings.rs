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

/// How many there are, for C.
pub(crate) fn length<T>(list: &[T]) -> i32 {
    i32::try_from(list.len()).unwrap_or(i32::MAX)
}

/// The element at an index, which belongs to its list; NULL for an index that is none.
pub(crate) fn element<T>(list: &[T], index: i32) -> *const T {
    usize::try_from(index)
        .ok()
        .and_then(|index| list.get(index))
        .map_or(ptr::null(), ptr::from_ref)
}

/// A part that may be absent, which belongs to its handle.
pub(crate) fn part<T>(part: Option<&T>) -> *const T {
    part.map_or(ptr::null(), ptr::from_ref)
}

/// Yes, no, or not known: 1, 0, -1.
pub(crate) fn tristate(value: Option<bool>) -> i32 {
    value.map_or(-1, i32::from)
}

/// A count for C.
pub(crate) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A large count for C.
pub(crate) fn large(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
