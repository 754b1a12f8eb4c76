//! The endpoint that the environment names.

use std::ffi::c_char;

use graph_core::{ENDPOINT_VARIABLE, Endpoint, Result, Status};

use crate::generated::options::graph_options;
use crate::generated::records::graph_error;
use crate::guard::{change, text};

/// The endpoint of the environment, if it names one.
pub(crate) fn environment_endpoint() -> Result<Option<Endpoint>> {
    let value = std::env::var_os(ENDPOINT_VARIABLE).unwrap_or_default();
    named_endpoint(&value.to_string_lossy())
}

/// The endpoint of an environment that the caller has read: NULL where the variable is not set.
pub(crate) fn given_endpoint(value: *const c_char) -> Result<Option<Endpoint>> {
    if value.is_null() {
        return Ok(None);
    }
    named_endpoint(text(value, "value")?)
}

/// An empty variable names nothing.
fn named_endpoint(value: &str) -> Result<Option<Endpoint>> {
    match value {
        "" => Ok(None),
        value => Endpoint::from_environment_text(value).map(Some),
    }
}

/// Takes the endpoint from the variable GRAPH_DEVICES_ENDPOINT, where only known clouds and loopback are allowed. Unset or
/// empty changes nothing, and a cloud or an endpoint that is set goes first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_endpoint_from_environment(
    options: *mut graph_options,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| {
            Ok(match environment_endpoint()? {
                Some(endpoint) => options.environment_endpoint(endpoint),
                None => options,
            })
        },
    )
}

/// The same for a language whose runtime keeps an environment of its own, as .NET does: `value` is what it has in
/// GRAPH_DEVICES_ENDPOINT. NULL or empty changes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_endpoint_variable_value(
    options: *mut graph_options,
    value: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| {
            Ok(match given_endpoint(value)? {
                Some(endpoint) => options.environment_endpoint(endpoint),
                None => options,
            })
        },
    )
}
