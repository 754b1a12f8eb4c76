//! `graph_options` and `graph_call_options`: what a caller may choose.

use std::ffi::c_char;

use graph_core::{CallOptions, ClientOptions, Cloud, ENDPOINT_VARIABLE, Endpoint, Result, Status};

use crate::error::graph_error;
use crate::guard::{free, handle_mut, milliseconds, quiet, status, text};

/// Options of a client. Setters check and copy; `graph_client_new` copies them again.
pub struct graph_options(pub(crate) ClientOptions);

/// Options of one call. Setters check and copy.
pub struct graph_call_options(pub(crate) CallOptions);

/// Replaces the options by what `change` makes of them; they stay as they were if it refuses.
fn change(
    options: *mut graph_options,
    error: *mut *mut graph_error,
    change: impl FnOnce(ClientOptions) -> Result<ClientOptions>,
) -> Status {
    status(error, || {
        let options = handle_mut(options, "options")?;
        options.0 = change(options.0.clone())?;
        Ok(())
    })
}

fn change_call(
    options: *mut graph_call_options,
    error: *mut *mut graph_error,
    change: impl FnOnce(CallOptions) -> Result<CallOptions>,
) -> Status {
    status(error, || {
        let options = handle_mut(options, "options")?;
        options.0 = change(options.0.clone())?;
        Ok(())
    })
}

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

/// New options: the worldwide cloud, the proxy and trust of the platform, the defaults named at each setter. NULL only if
/// memory ran out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_options_new() -> *mut graph_options {
    quiet(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_options(ClientOptions::default())))
    })
}

/// Frees options; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_free(options: *mut graph_options) {
    free(options);
}

/// Chooses a Microsoft cloud by name: `global` (the default), `usgov`, `usgov_dod`, `china`, `bleu`, `delos`, or the name that
/// Microsoft.Graph uses (`USGovDoD`, `BleuCloud`). Case does not matter. Clouds without the action are refused by name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_cloud(
    options: *mut graph_options,
    name: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.cloud(Cloud::parse(text(name, "name")?)?))
    })
}

/// Chooses another endpoint: https to a host of your choice, or http to literal loopback (127.0.0.0/8, [::1], localhost).
/// Scheme, host and port alone, without /v1.0. It is shown in receipts. A client with a cloud and an endpoint is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_endpoint(
    options: *mut graph_options,
    url: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.endpoint(Endpoint::parse(text(url, "url")?)?))
    })
}

/// Takes the endpoint from the variable GRAPH_DEVICES_ENDPOINT, where only known clouds and loopback are allowed. Unset or
/// empty changes nothing, and a cloud or an endpoint that is set goes first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_endpoint_from_environment(
    options: *mut graph_options,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(match environment_endpoint()? {
            Some(endpoint) => options.environment_endpoint(endpoint),
            None => options,
        })
    })
}

/// The same for a language whose runtime keeps an environment of its own, as .NET does: `value` is what it has in
/// GRAPH_DEVICES_ENDPOINT. NULL or empty changes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_environment_endpoint(
    options: *mut graph_options,
    value: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(match given_endpoint(value)? {
            Some(endpoint) => options.environment_endpoint(endpoint),
            None => options,
        })
    })
}

/// How long one attempt may take, in milliseconds: 1 to 86400000. The default is 60000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_timeout_ms(
    options: *mut graph_options,
    timeout_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.timeout(milliseconds(timeout_ms, "timeout_ms")?)
    })
}

/// How long to wait for a connection, in milliseconds: 1 to 86400000. The default is 10000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_connect_timeout_ms(
    options: *mut graph_options,
    connect_timeout_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.connect_timeout(milliseconds(connect_timeout_ms, "connect_timeout_ms")?)
    })
}

/// How long a whole call may take, all attempts, waits and pages included, in milliseconds: 1 to 86400000. The default is
/// 300000. In a run each request has it by itself: see `graph_run_options_set_deadline_ms`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_deadline_ms(
    options: *mut graph_options,
    deadline_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.deadline(milliseconds(deadline_ms, "deadline_ms")?)
    })
}

/// How many times a request is sent at most, 1 to 100. The default is 5; 1 switches retries off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_max_attempts(
    options: *mut graph_options,
    max_attempts: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.max_attempts(u32::try_from(max_attempts).unwrap_or_default())
    })
}

/// The first and the longest wait before a retry where the service names none, in milliseconds: exponential with full
/// jitter. The defaults are 1000 and 60000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_backoff_ms(
    options: *mut graph_options,
    base_ms: i64,
    cap_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.backoff(milliseconds(base_ms, "base_ms")?, milliseconds(cap_ms, "cap_ms")?)
    })
}

/// Chooses a proxy, such as `http://user:password@proxy.example:8080`; an empty string means none. The default is what the
/// environment says (HTTPS_PROXY, NO_PROXY). Loopback never goes through a proxy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_proxy(
    options: *mut graph_options,
    url: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| options.proxy(text(url, "url")?))
}

/// Certificate authorities as PEM text, trusted besides the platform's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_ca_pem(
    options: *mut graph_options,
    pem: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| options.ca_pem(text(pem, "pem")?))
}

/// A text that follows `graph-devices/<version>` in the User-Agent: 1 to 200 printable ASCII characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_user_agent_suffix(
    options: *mut graph_options,
    suffix: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.user_agent_suffix(text(suffix, "suffix")?)
    })
}

/// New options of a call. NULL only if memory ran out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_call_options_new() -> *mut graph_call_options {
    quiet(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_call_options(CallOptions::default())))
    })
}

/// Frees options of a call; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_free(options: *mut graph_call_options) {
    free(options);
}

/// The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters. Tenants without it ignore it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_justification(
    options: *mut graph_call_options,
    justification: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |options| {
        options.justification(text(justification, "justification")?)
    })
}

/// The code of an approved request (a GUID), as the queued call returned it; sent in place of the justification.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_approval_code(
    options: *mut graph_call_options,
    code: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |options| {
        options.approval_code(text(code, "code")?)
    })
}

/// The GUID to find this call by in the service's logs. The default is a new one for each call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_client_request_id(
    options: *mut graph_call_options,
    id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |options| {
        options.client_request_id(text(id, "id")?)
    })
}

/// The deadline of this call in milliseconds, in place of the client's: all its attempts, waits and pages. 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_deadline_ms(
    options: *mut graph_call_options,
    deadline_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |options| {
        options.deadline(milliseconds(deadline_ms, "deadline_ms")?)
    })
}
