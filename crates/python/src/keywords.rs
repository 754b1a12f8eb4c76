//! Keyword arguments, taken one by one by name and type.

use std::path::PathBuf;

use graph_devices::{Error, Result, UserId};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::raised;
use crate::text::Text;

/// The keyword arguments of a call that are not taken yet. `None` counts as absent.
pub(crate) struct Keywords<'py> {
    py: Python<'py>,
    given: Option<Bound<'py, PyDict>>,
}

impl<'py> Keywords<'py> {
    pub(crate) fn new(py: Python<'py>, given: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let given = given.map(PyDictMethods::copy).transpose()?;
        Ok(Self { py, given })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        let value = self
            .given
            .as_ref()
            .and_then(|given| given.get_item(name).ok().flatten());
        value.is_some_and(|value| !value.is_none())
    }

    /// Raises `TypeError` for an argument that no option has taken.
    pub(crate) fn end(&self) -> PyResult<()> {
        match self.given.as_ref().and_then(|given| given.keys().iter().next()) {
            Some(name) => Err(PyTypeError::new_err(format!("there is no option {name}"))),
            None => Ok(()),
        }
    }

    pub(crate) fn text(&mut self, name: &str) -> PyResult<Option<Text>> {
        self.take(name, "str")
    }

    pub(crate) fn texts(&mut self, name: &str) -> PyResult<Option<Vec<Text>>> {
        self.take(name, "a list of str")
    }

    pub(crate) fn path(&mut self, name: &str) -> PyResult<Option<PathBuf>> {
        self.take(name, "a path")
    }

    pub(crate) fn flag(&mut self, name: &str) -> PyResult<Option<bool>> {
        self.take(name, "bool")
    }

    pub(crate) fn whole(&mut self, name: &str) -> PyResult<Option<i64>> {
        self.take(name, "int")
    }

    pub(crate) fn number(&mut self, name: &str) -> PyResult<Option<f64>> {
        self.take(name, "a number of seconds")
    }

    pub(crate) fn two_numbers(&mut self, name: &str) -> PyResult<Option<(f64, f64)>> {
        self.pair(name, "two numbers of seconds")
    }

    pub(crate) fn whole_and_number(&mut self, name: &str) -> PyResult<Option<(i64, f64)>> {
        self.pair(name, "a number of requests and one of seconds")
    }

    pub(crate) fn two_texts(&mut self, name: &str) -> PyResult<Option<(Text, Text)>> {
        self.pair(name, "two texts")
    }

    /// A pair: a tuple, or a list as JSON and YAML have it.
    fn pair<A, B>(&mut self, name: &str, wanted: &str) -> PyResult<Option<(A, B)>>
    where
        A: FromPyObjectOwned<'py>,
        B: FromPyObjectOwned<'py>,
    {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let read = || -> Option<(A, B)> {
            if value.len().ok()? != 2 {
                return None;
            }
            let (first, second) = (value.get_item(0).ok()?, value.get_item(1).ok()?);
            Some((first.extract().ok()?, second.extract().ok()?))
        };
        read().map(Some).ok_or_else(|| self.refused(name, &value, wanted))
    }

    fn take<T>(&mut self, name: &str, wanted: &str) -> PyResult<Option<T>>
    where
        T: FromPyObjectOwned<'py>,
    {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        value.extract::<T>().map(Some).map_err(|error| {
            let cause: PyErr = error.into();
            // An error about the content has its own message.
            if cause.is_instance_of::<PyTypeError>(self.py) {
                self.refused(name, &value, wanted)
            } else {
                cause
            }
        })
    }

    fn value(&mut self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(given) = &self.given else {
            return Ok(None);
        };
        let value = given.get_item(name)?;
        if value.is_some() {
            given.del_item(name)?;
        }
        Ok(value.filter(|value| !value.is_none()))
    }

    fn refused(&self, name: &str, value: &Bound<'py, PyAny>, wanted: &str) -> PyErr {
        let kind = value
            .get_type()
            .name()
            .map_or_else(|_| "something else".to_owned(), |name| name.to_string());
        raised(
            self.py,
            &Error::invalid_argument(format!("{name} is {kind}, not {wanted}")),
        )
    }
}

/// A count; fails if it is negative.
pub(crate) fn count(name: &str, value: i64) -> Result<usize> {
    usize::try_from(value)
        .map_err(|_| Error::invalid_argument(format!("{name} must not be negative; it is {value}")))
}

/// A user among the values of an option.
pub(crate) fn user(name: &str, value: &str) -> Result<UserId> {
    UserId::parse(value).map_err(|mut error| {
        error.message = format!("{name}: {}", error.message);
        error
    })
}
