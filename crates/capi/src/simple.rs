//! The two-argument call, the words of the library, and its versions.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::OnceLock;

use graph_core::{CallOptions, ClientOptions, Effect, Error, Outcome, Reason, Status, Token, UserId};

use crate::client::shared;
use crate::event::graph_event_kind;
use crate::guard::{quiet, status, text};
use crate::host::without_sigpipe;
use crate::options::environment_endpoint;
use crate::strings::owned;
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

/// The texts of this module for C, made once.
struct Words {
    status: Vec<(CString, CString)>,
    effect: Vec<CString>,
    outcome: Vec<CString>,
    reason: Vec<CString>,
    kind: Vec<CString>,
    version: CString,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| Words {
        status: Status::all()
            .iter()
            .map(|status| (owned(status.name()), owned(status.message())))
            .collect(),
        effect: [Effect::None, Effect::Possible]
            .iter()
            .map(|effect| owned(effect.name()))
            .collect(),
        outcome: Outcome::all()
            .iter()
            .map(|outcome| owned(outcome.name()))
            .collect(),
        reason: Reason::all().iter().map(|reason| owned(reason.name())).collect(),
        kind: graph_event_kind::NAMES.iter().map(|name| owned(name)).collect(),
        version: owned(env!("CARGO_PKG_VERSION")),
    })
}

const UNKNOWN_EFFECT: &CStr = c"unknown_effect";
const UNKNOWN_OUTCOME: &CStr = c"unknown_outcome";
const UNKNOWN_REASON: &CStr = c"unknown_reason";
const UNKNOWN_KIND: &CStr = c"unknown_event_kind";
const UNKNOWN_STATUS: &CStr = c"unknown_status";
const UNKNOWN_STATUS_MESSAGE: &CStr = c"this number is no status of this version of graph-devices";

/// The text at a number, or `unknown` for a number that this version does not have.
fn at(
    number: i32,
    unknown: &'static CStr,
    find: impl FnOnce(usize) -> Option<&'static CString>,
) -> *const c_char {
    quiet(unknown.as_ptr(), || {
        usize::try_from(number)
            .ok()
            .and_then(find)
            .map_or(unknown.as_ptr(), |text| text.as_ptr())
    })
}

/// The name of a status, such as `permission_denied`; `unknown_status` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_name(status: i32) -> *const c_char {
    at(status, UNKNOWN_STATUS, |index| {
        words().status.get(index).map(|(name, _)| name)
    })
}

/// What a status means and what to do next, in lowercase; a sentence for any other number, too. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_message(status: i32) -> *const c_char {
    at(status, UNKNOWN_STATUS_MESSAGE, |index| {
        words().status.get(index).map(|(_, message)| message)
    })
}

/// The name of an effect: `none` or `possible`; `unknown_effect` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_effect_name(effect: i32) -> *const c_char {
    at(effect, UNKNOWN_EFFECT, |index| words().effect.get(index))
}

/// The name of an outcome, such as `awaiting_approval`; `unknown_outcome` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_outcome_name(outcome: i32) -> *const c_char {
    at(outcome, UNKNOWN_OUTCOME, |index| words().outcome.get(index))
}

/// The name of a reason, such as `stopped`; empty for `GRAPH_REASON_NONE`, `unknown_reason` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_reason_name(reason: i32) -> *const c_char {
    at(reason, UNKNOWN_REASON, |index| words().reason.get(index))
}

/// The name of a kind of event, such as `need_token`; `unknown_event_kind` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_event_kind_name(kind: i32) -> *const c_char {
    at(kind, UNKNOWN_KIND, |index| words().kind.get(index))
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
