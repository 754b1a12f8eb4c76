//! Text from Python.

use std::ops::Deref;

use graph_devices::Error;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::raised;

/// A `str` as UTF-8. A text with a lone surrogate is refused, and the message does not show it: Python's
/// `UnicodeEncodeError` has the whole text, which may be a token.
pub(crate) struct Text(String);

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let text = object.cast::<PyString>()?;
        match text.to_cow() {
            Ok(text) => Ok(Self(text.into_owned())),
            Err(_) => Err(raised(
                object.py(),
                &Error::invalid_argument("an argument is not valid Unicode (it contains a lone surrogate)"),
            )),
        }
    }
}
