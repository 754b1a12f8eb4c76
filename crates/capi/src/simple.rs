//! The two-argument call, and the versions of the library.

use std::ffi::c_char;
use std::ptr;

use graph_core::{CallOptions, ClientOptions, Effect, Error, Status, Token, UserId};

use crate::client::shared;
use crate::guard::{quiet, status, text};
use crate::host::without_sigpipe;
use crate::options::environment_endpoint;
use crate::words::words;
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
    status(ptr::null_mut(), || {
        let token = Token::new(text(token, "token")?)?;
        let user = UserId::parse(text(user_id, "user_id")?)?;
        let options = || {
            let options = ClientOptions::default();
            Ok(match environment_endpoint()? {
                Some(endpoint) => options.endpoint(endpoint),
                None => options,
            })
        };
        without_sigpipe(|| shared(options, &token)?.remove_all_devices(&user, &CallOptions::default()))
            .map(|_| ())
            .map_err(|error| {
                // A status alone cannot say "refused, but an earlier attempt may have been applied".
                if error.effect == Effect::Possible && !error.status.leaves_doubt() {
                    return Error::new(Status::Interrupted, Status::Interrupted.message());
                }
                error
            })
    })
}

/// The version of the library, such as `0.1.0`. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_version() -> *const c_char {
    quiet(c"".as_ptr(), || words().version.as_ptr())
}

/// The version of this interface: `major << 16 | minor`. A caller needs the major part to equal `GRAPH_ABI_VERSION_MAJOR`
/// and the minor part to be at least `GRAPH_ABI_VERSION_MINOR` of the header it was built with.
#[unsafe(no_mangle)]
pub extern "C" fn graph_abi_version() -> u32 {
    GRAPH_ABI_VERSION_MAJOR << 16 | GRAPH_ABI_VERSION_MINOR
}
