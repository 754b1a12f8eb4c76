//! Durations, which are seconds in Python.

use std::time::Duration;

use graph_devices::{Error, Result};

pub(crate) fn seconds(name: &str, value: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(value).map_err(|_| {
        Error::invalid_argument(format!(
            "{name} must be a non-negative number of seconds; it is {value}"
        ))
    })
}
