//! A name for each number, and the sentences that go with a status.

use std::ffi::{CStr, CString, c_char};
use std::sync::OnceLock;

use graph_core::Status;

use crate::guard::quiet;
use crate::strings::owned;

/// The names of an enumeration, made once.
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

    /// The name of a number, or what stands for a number that this version does not have.
    pub(crate) fn get(&'static self, number: i32) -> *const c_char {
        quiet(self.unknown.as_ptr(), || {
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

static STATUS_MESSAGE: Names = Names::new(
    c"this number is no status of this version of graph-devices",
    || {
        Status::all()
            .iter()
            .map(|status| (status.number(), status.message()))
            .collect()
    },
);

/// What a status means and what to do next, in lowercase; a sentence for any other number, too. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_message(status: i32) -> *const c_char {
    STATUS_MESSAGE.get(status)
}

static VERSION: Names = Names::new(c"", || vec![(0, env!("CARGO_PKG_VERSION"))]);

/// The version of this library, such as `0.1.0`.
pub(crate) fn version() -> *const c_char {
    VERSION.get(0)
}
