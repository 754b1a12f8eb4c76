//! The endpoint that the environment names.

use std::ffi::c_char;

use graph_core::{ENDPOINT_VARIABLE, Endpoint, Result, Status};

use crate::generated::options::graph_options;
use crate::generated::records::graph_error;
use crate::guard::{change, text};

/// The endpoint that the environment names, if any.
pub(crate) fn environment_endpoint() -> Result<Option<Endpoint>> {
    let value = std::env::var_os(ENDPOINT_VARIABLE).unwrap_or_default();
    named_endpoint(&value.to_string_lossy())
}

/// The endpoint in the text of the variable, which the caller has read. NULL means that the variable is not set.
pub(crate) fn given_endpoint(value: *const c_char) -> Result<Option<Endpoint>> {
    if value.is_null() {
        return Ok(None);
    }
    named_endpoint(text(value, "endpoint_variable_value")?)
}

/// An empty variable names nothing.
fn named_endpoint(value: &str) -> Result<Option<Endpoint>> {
    match value {
        "" => Ok(None),
        value => Endpoint::from_environment_text(value).map(Some),
    }
}

/// Reads the endpoint from the environment variable GRAPH_DEVICES_ENDPOINT; only known clouds and loopback are allowed
/// there. Has no effect if the variable is unset or empty, or if a cloud or an endpoint is set.
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

/// The same for a runtime with its own copy of the environment, such as .NET: `value` is the text of GRAPH_DEVICES_ENDPOINT
/// there. NULL or empty has no effect.
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
