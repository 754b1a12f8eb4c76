//! The name of each number, and the message of each status.

use std::ffi::{CStr, CString, c_char};
use std::sync::OnceLock;

use graph_core::Status;

use crate::guard::guard_infallible;
use crate::strings::owned;

/// The names of an enumeration, built once.
pub(crate) struct Names {
    unknown: &'static CStr,
    words: fn() -> Vec<(i32, &'static str)>,
    made: OnceLock<Vec<(i32, CString)>>,
}

impl Names {
    pub(crate) const fn new(unknown: &'static CStr, words: fn() -> Vec<(i32, &'static str)>) -> Self {
        Self {
            unknown,
            words,
            made: OnceLock::new(),
        }
    }

    /// The name of a number, or the placeholder if this version does not have the number.
    pub(crate) fn get(&'static self, number: i32) -> *const c_char {
        guard_infallible(self.unknown.as_ptr(), || {
            let made = self.made.get_or_init(|| {
                (self.words)()
                    .into_iter()
                    .map(|(number, name)| (number, owned(name)))
                    .collect()
            });
            let found = made.iter().find(|(known, _)| *known == number);
            found.map_or(self.unknown.as_ptr(), |(_, name)| name.as_ptr())
        })
    }
}

static STATUS_MESSAGE: Names = Names::new(c"this version of graph-devices does not have this status", || {
    Status::all()
        .iter()
        .map(|status| (status.number(), status.message()))
        .collect()
});

/// What a status means and what to do next, in lowercase. Never NULL, also for an unknown number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_message(status: i32) -> *const c_char {
    STATUS_MESSAGE.get(status)
}

static VERSION: Names = Names::new(c"", || vec![(0, env!("CARGO_PKG_VERSION"))]);

/// The version of this library, such as `0.1.0`.
pub(crate) fn version() -> *const c_char {
    VERSION.get(0)
}
