//! The two-argument call, and the versions of the library.

use std::ffi::c_char;
use std::ptr;

use graph_core::{CallOptions, Client, Error, Result, Status, Token, UserId};

use crate::client::shared;
use crate::environment::{environment_endpoint, given_endpoint};
use crate::generated::records::graph_error;
use crate::guard::{status, text};
use crate::host::without_sigpipe;
use crate::names::version;
use crate::{GRAPH_ABI_VERSION_MAJOR, GRAPH_ABI_VERSION_MINOR};

/// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
///
/// `GRAPH_STATUS_OK` means that the service accepted it (HTTP 204); the devices retire when they next check in. All calls
/// share one client with the default options; its endpoint is the worldwide cloud, or what GRAPH_DEVICES_ENDPOINT named at
/// the first call (known clouds and loopback only). Blocks for 5 minutes at most. From any thread. Irreversible.
/// After timeout, interrupted, service_unavailable, unexpected_response and internal the devices may have been retired:
/// look before sending again. A refusal that followed a lost attempt inside the call is told as interrupted for that
/// reason. `graph_client_remove_all_devices` gives the reasons of a failure and its effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_remove_all_devices(token: *const c_char, user_id: *const c_char) -> Status {
    retire(token, user_id, |token| {
        let endpoint = || Ok(environment_endpoint()?.unwrap_or_default());
        Ok(shared(endpoint, token)?.0)
    })
}

/// The same for a language whose runtime keeps an environment of its own, as .NET does: `endpoint_variable_value` is what it has
/// in GRAPH_DEVICES_ENDPOINT, NULL or empty for nothing. If that is another endpoint than at the first call of the process, it
/// is refused (`GRAPH_STATUS_INVALID_ARGUMENT`) and nothing is sent.
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
                "the endpoint of the environment is another than at the first call",
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
    status(ptr::null_mut(), || {
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

/// Whether a text can be a user's id: an object id or a user principal name, by the rule of every call. Nothing is sent, so a
/// whole list can be checked before its first user. `GRAPH_STATUS_INVALID_ARGUMENT` and why, if not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_check_user_id(user_id: *const c_char, error: *mut *mut graph_error) -> Status {
    status(error, || UserId::parse(text(user_id, "user_id")?).map(|_| ()))
}

/// The version of the library, such as `0.1.0`. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_version() -> *const c_char {
    version()
}

/// The version of this interface: `major << 16 | minor`. A caller needs the major part to equal `GRAPH_ABI_VERSION_MAJOR`
/// and the minor part to be at least `GRAPH_ABI_VERSION_MINOR` of the header it was built with.
#[unsafe(no_mangle)]
pub extern "C" fn graph_abi_version() -> u32 {
    GRAPH_ABI_VERSION_MAJOR << 16 | GRAPH_ABI_VERSION_MINOR
}
