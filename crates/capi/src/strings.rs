//! Values for C: strings that their handle owns, and numbers.

use std::ffi::{CString, c_char};
use std::ptr;
use std::time::Duration;

/// A text for C. A NUL inside it is replaced, because C would stop there.
pub(crate) fn owned(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

pub(crate) fn owned_if_any(text: Option<&str>) -> Option<CString> {
    text.map(owned)
}

/// The pointer to a text, or NULL if it is absent.
pub(crate) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

/// Milliseconds, rounded up; -1 if absent.
pub(crate) fn milliseconds(duration: Option<Duration>) -> i64 {
    duration.map_or(-1, |duration| {
        i64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(i64::MAX)
    })
}

/// The length of a list.
pub(crate) fn length<T>(list: &[T]) -> i32 {
    i32::try_from(list.len()).unwrap_or(i32::MAX)
}

/// The element at an index, which its list owns; NULL for an index out of range.
pub(crate) fn element<T>(list: &[T], index: i32) -> *const T {
    usize::try_from(index)
        .ok()
        .and_then(|index| list.get(index))
        .map_or(ptr::null(), ptr::from_ref)
}

/// A part, which its handle owns; NULL if absent.
pub(crate) fn part<T>(part: Option<&T>) -> *const T {
    part.map_or(ptr::null(), ptr::from_ref)
}

/// 1 for yes, 0 for no, -1 if unknown.
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
