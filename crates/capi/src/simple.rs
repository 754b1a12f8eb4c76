//! The two-argument call, and the versions of the library.

use std::ffi::c_char;
use std::ptr;

use graph_core::{CallOptions, Client, Error, Result, Status, Token, UserId};

use crate::client::shared;
use crate::environment::{environment_endpoint, given_endpoint};
use crate::generated::records::graph_error;
use crate::guard::{guard, text};
use crate::host::without_sigpipe;
use crate::names::version;
use crate::{GRAPH_ABI_VERSION_MAJOR, GRAPH_ABI_VERSION_MINOR};

/// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
///
/// Irreversible. `GRAPH_STATUS_OK` means that the service accepted the action (HTTP 204); the devices retire when they next
/// check in. After timeout, interrupted, service_unavailable, unexpected_response and internal the devices may have been
/// retired: check them before you call again. A refusal that follows a lost attempt of the same call is reported as
/// interrupted. `graph_client_remove_all_devices` also returns the reason of a failure and its effect.
///
/// All calls share one client with the default options. Its endpoint is the worldwide cloud, or the one that
/// GRAPH_DEVICES_ENDPOINT names at the first call (only known clouds and loopback). Blocks for at most 5 minutes. From any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_remove_all_devices(token: *const c_char, user_id: *const c_char) -> Status {
    retire(token, user_id, |token| {
        let endpoint = || Ok(environment_endpoint()?.unwrap_or_default());
        Ok(shared(endpoint, token)?.0)
    })
}

/// The same for a runtime with its own copy of the environment, such as .NET: `endpoint_variable_value` is the text of
/// GRAPH_DEVICES_ENDPOINT there, or NULL or empty if it is not set. Returns `GRAPH_STATUS_INVALID_ARGUMENT` and sends
/// nothing if the endpoint differs from that of the first call of the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_remove_all_devices_with_environment(
    endpoint_variable_value: *const c_char,
    token: *const c_char,
    user_id: *const c_char,
) -> Status {
    retire(token, user_id, |token| {
        let wanted = given_endpoint(endpoint_variable_value)?.unwrap_or_default();
        let (client, endpoint) = shared(|| Ok(wanted.clone()), token)?;
        if *endpoint != wanted {
            return Err(Error::invalid_argument(
                "the endpoint of the environment differs from that of the first call; use a client for another endpoint",
            ));
        }
        Ok(client)
    })
}

fn retire(
    token: *const c_char,
    user_id: *const c_char,
    client: impl FnOnce(&Token) -> Result<Client>,
) -> Status {
    guard(ptr::null_mut(), || {
        let token = Token::new(text(token, "token")?)?;
        let user = UserId::parse(text(user_id, "user_id")?)?;
        without_sigpipe(|| client(&token)?.remove_all_devices(&user, &CallOptions::default()))
            .map(|_| ())
            .map_err(|mut error| {
                error.status = error.status_alone();
                error
            })
    })
}

/// Checks that a text can be a user id (an object id or a user principal name), by the rule of every call. Sends nothing,
/// so a list can be checked before its first user is sent. Returns `GRAPH_STATUS_INVALID_ARGUMENT` with the reason if not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_check_user_id(user_id: *const c_char, error: *mut *mut graph_error) -> Status {
    guard(error, || UserId::parse(text(user_id, "user_id")?).map(|_| ()))
}

/// The version of the library, such as `0.1.0`. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_version() -> *const c_char {
    version()
}

/// The version of this interface: `major << 16 | minor`. Its major part must equal `GRAPH_ABI_VERSION_MAJOR` of the header
/// that the caller was built with, and its minor part must be at least `GRAPH_ABI_VERSION_MINOR`.
#[unsafe(no_mangle)]
pub extern "C" fn graph_abi_version() -> u32 {
    GRAPH_ABI_VERSION_MAJOR << 16 | GRAPH_ABI_VERSION_MINOR
}
