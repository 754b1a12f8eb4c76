//! Options: one handle per struct, one setter per option. Core checks the values.

use std::ffi::c_char;

use graph_core::{CallOptions, ClientOptions, Cloud, Endpoint, RunOptions, Status, UserId, WarningCode};

use super::records::graph_error;
use crate::guard::{change, flag, free, guard_infallible, lossy, milliseconds, number, path, set, text};

/// Options of a client. Setters check and copy; `graph_client_new` copies them again.
pub struct graph_options(pub(crate) ClientOptions);

/// Creates options; each setter documents its default. Returns NULL only if memory runs out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_options_new() -> *mut graph_options {
    guard_infallible(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_options(ClientOptions::default())))
    })
}

/// Frees options. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_free(options: *mut graph_options) {
    free(options);
}

/// A Microsoft cloud: `global` (the default), `usgov`, `usgov_dod`, `china`, `bleu`, `delos`, or the name that
/// Microsoft.Graph uses (`USGovDoD`, `BleuCloud`). Case does not matter. Clouds that do not offer the action are refused. A
/// client takes a cloud or an endpoint, not both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_cloud(
    options: *mut graph_options,
    name: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || Cloud::parse(text(name, "name")?),
        ClientOptions::cloud,
    )
}

/// An endpoint that is not a cloud's: https to any host, or http to loopback (127.0.0.0/8, `[::1]`, localhost). Give
/// scheme, host and port, without `/v1.0`. Receipts show it. A client takes a cloud or an endpoint, not both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_endpoint(
    options: *mut graph_options,
    url: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || Endpoint::parse(text(url, "url")?),
        ClientOptions::endpoint,
    )
}

/// The longest time to wait for a connection. The default is 10 seconds. In milliseconds: 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_connect_timeout_ms(
    options: *mut graph_options,
    connect_timeout_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.connect_timeout(milliseconds(connect_timeout_ms, "connect_timeout_ms")?),
    )
}

/// The longest time of one attempt. The default is 60 seconds. In milliseconds: 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_timeout_ms(
    options: *mut graph_options,
    timeout_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.timeout(milliseconds(timeout_ms, "timeout_ms")?),
    )
}

/// The longest time of a whole call, including all attempts, waits and pages. The default is 5 minutes. In a run it applies
/// to each request by itself: see `graph_run_options_set_deadline`. In milliseconds: 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_deadline_ms(
    options: *mut graph_options,
    deadline_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.deadline(milliseconds(deadline_ms, "deadline_ms")?),
    )
}

/// The most times that a request is sent, 1 to 100. The default is 5; 1 switches retries off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_max_attempts(
    options: *mut graph_options,
    max_attempts: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| {
            options.max_attempts(u32::try_from(number(max_attempts, "max_attempts")?).unwrap_or(u32::MAX))
        },
    )
}

/// The first and the longest wait before a retry, if the service names none. Waits grow exponentially, with full jitter.
/// The defaults are 1 second and 60 seconds. In milliseconds: 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_backoff_ms(
    options: *mut graph_options,
    base_ms: i64,
    cap_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.backoff(milliseconds(base_ms, "base_ms")?, milliseconds(cap_ms, "cap_ms")?),
    )
}

/// A proxy, such as `http://user:password@proxy.example:8080`; an empty text means no proxy. The default is the proxy that
/// the environment names when the client is made (`HTTPS_PROXY`, else `ALL_PROXY`, and `NO_PROXY`). A client is refused if
/// that text is not the URL of a proxy. Loopback is always reached without a proxy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_proxy(
    options: *mut graph_options,
    url: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.proxy(text(url, "url")?),
    )
}

/// Certificate authorities in PEM. They are trusted in addition to the platform's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_ca_certificates(
    options: *mut graph_options,
    pem: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.ca_certificates(&lossy(pem, "pem")?),
    )
}

/// A text after `graph-devices/<version>` in the `User-Agent`, such as `offboarding/2.1`: 1 to 200 printable ASCII
/// characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_options_set_user_agent_suffix(
    options: *mut graph_options,
    suffix: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.user_agent_suffix(text(suffix, "suffix")?),
    )
}

/// Options of one call. Setters check and copy.
pub struct graph_call_options(pub(crate) CallOptions);

/// Creates options; each setter documents its default. Returns NULL only if memory runs out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_call_options_new() -> *mut graph_call_options {
    guard_infallible(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_call_options(CallOptions::default())))
    })
}

/// Frees options. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_free(options: *mut graph_call_options) {
    free(options);
}

/// The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters. It has no effect in a tenant without
/// Multi Admin Approval.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_justification(
    options: *mut graph_call_options,
    justification: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.justification(text(justification, "justification")?),
    )
}

/// The code of an approved request (a GUID), as the queued call returned it. It belongs to one user and is sent in place of
/// the justification.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_approval_code(
    options: *mut graph_call_options,
    code: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.approval_code(text(code, "code")?),
    )
}

/// A GUID that identifies this call in the service's logs. The default is a new one for each call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_client_request_id(
    options: *mut graph_call_options,
    id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.client_request_id(text(id, "id")?),
    )
}

/// The deadline of this call, in place of the client's. It includes all attempts, waits and pages. In milliseconds: 1 to
/// 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_call_options_set_deadline_ms(
    options: *mut graph_call_options,
    deadline_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.deadline(milliseconds(deadline_ms, "deadline_ms")?),
    )
}

/// Options of a run. Setters check and copy.
pub struct graph_run_options(pub(crate) RunOptions);

/// Creates options; each setter documents its default. Returns NULL only if memory runs out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_run_options_new() -> *mut graph_run_options {
    guard_infallible(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_run_options(RunOptions::default())))
    })
}

/// Frees options. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_free(options: *mut graph_run_options) {
    free(options);
}

/// The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters. It also stands in the
/// journal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_justification(
    options: *mut graph_run_options,
    justification: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.justification(text(justification, "justification")?),
    )
}

/// The code of an approved request (a GUID), as the queued call returned it. It is sent in place of the justification. It
/// belongs to one user: with it the run takes one user, and the start is refused with any other limit of users.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_approval_code(
    options: *mut graph_run_options,
    code: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.approval_code(text(code, "code")?),
    )
}

/// The GUID that identifies the request in the service's logs. It belongs to one user: with it the run takes one user, as
/// with an approval code. The default is a new one for each user.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_client_request_id(
    options: *mut graph_run_options,
    id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.client_request_id(text(id, "id")?),
    )
}

/// The longest time of each request of the run, including all its attempts and waits. The default is the client's. Each
/// read of a user is a request, all pages of a list together are one, and so is the send. Waits for a token do not count.
/// Pauses of the whole run, for its pace or after a 429, count only in a run of one user. In milliseconds: 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_deadline_ms(
    options: *mut graph_run_options,
    deadline_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.deadline(milliseconds(deadline_ms, "deadline_ms")?),
    )
}

/// Whether the caller answers `GRAPH_EVENT_NEED_TOKEN`. If not, which is the default, a refused token is final unless the
/// client's credential supplies another. 1 for yes, 0 for no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_token_events(
    options: *mut graph_run_options,
    token_events: i32,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || flag(token_events, "token_events"),
        RunOptions::token_events,
    )
}

/// Records the run in a new journal, a file of JSON lines. A file that exists is refused when the run starts: see
/// `graph_run_options_set_resume`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_journal(
    options: *mut graph_run_options,
    journal: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || path(journal, "journal"),
        RunOptions::journal,
    )
}

/// Resumes the run of a journal. Users that are done are not sent again; users in doubt are read first. A run takes this or
/// `graph_run_options_set_journal`, not both.
///
/// The journal does not store users and options: give all users again, and set the options again. If the earlier run was
/// bound to a plan or had exclusions, the start is refused without a plan or with fewer exclusions. When the run ends, a
/// notice of the kind `GRAPH_NOTICE_RUN` reports how many users in doubt or waiting for approval were not given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_resume(
    options: *mut graph_run_options,
    resume: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || path(resume, "resume"),
        RunOptions::resume,
    )
}

/// Binds the run to a plan, the journal of a preview: it sends only users of the plan, and only if the plan has all their
/// devices. If devices may not be read, the run ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_plan(
    options: *mut graph_run_options,
    plan: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || path(plan, "plan"),
        RunOptions::plan,
    )
}

/// Reads only and sends nothing: each user is reported with devices and warnings, and with the reason if a run would skip
/// the user. Its journal is a plan.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_preview(
    options: *mut graph_run_options,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || Ok(()),
        |options, ()| options.preview(),
    )
}

/// Whether users and devices are read before anything is sent; the default is yes. Without reads there are no warnings, no
/// limit of devices and no snapshot. Users in doubt stay unknown, and no user can be previewed or compared with a plan. 1
/// for yes, 0 for no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_inspect_first(
    options: *mut graph_run_options,
    inspect_first: i32,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || flag(inspect_first, "inspect_first"),
        RunOptions::inspect_first,
    )
}

/// The most writes that are sent in any window of this length. The default is 150 in 20 seconds of the documented 200 for
/// an app and tenant (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>). In milliseconds: 1 to
/// 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_write_quota(
    options: *mut graph_run_options,
    writes: i32,
    window_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.write_quota(number(writes, "writes")?, milliseconds(window_ms, "window_ms")?),
    )
}

/// The most reads that are sent in any window of this length. The default is 2000 in 20 seconds. Each read inside a batch
/// is one. In milliseconds: 1 to 86400000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_read_quota(
    options: *mut graph_run_options,
    reads: i32,
    window_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.read_quota(number(reads, "reads")?, milliseconds(window_ms, "window_ms")?),
    )
}

/// The most requests in flight at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users come in the
/// order given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_connections(
    options: *mut graph_run_options,
    connections: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.connections(number(connections, "connections")?),
    )
}

/// How many users are sent in one request, 1 to 20, and no more than the write quota, which is checked as the run starts.
/// The default is 1. Larger batches save round trips, but an answer that cannot be read leaves every user of the batch
/// unknown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_batch_size(
    options: *mut graph_run_options,
    batch_size: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.batch_size(number(batch_size, "batch_size")?),
    )
}

/// The most users that the run takes. The default is no limit. With a limit nothing is sent until the users have ended, and
/// nothing at all if they are more. Until then all of them are in memory.
///
/// A run of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its waits but
/// those for a token count towards its deadline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_max_users(
    options: *mut graph_run_options,
    max_users: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.max_users(number(max_users, "max_users")?),
    )
}

/// A user with more devices is skipped. The default is 10.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_max_devices_per_user(
    options: *mut graph_run_options,
    max_devices_per_user: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.max_devices_per_user(number(max_devices_per_user, "max_devices_per_user")?),
    )
}

/// The most requests that Multi Admin Approval may queue before the run ends. Such a run can be resumed. The default is 0:
/// the first queued request ends the run, so that a person can check it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_max_approvals(
    options: *mut graph_run_options,
    max_approvals: i32,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || Ok(number(max_approvals, "max_approvals")? as u64),
        RunOptions::max_approvals,
    )
}

/// A user that must not be sent, by object id or name. If users are read, exclusions are looked up first, so that either
/// form protects the user, and a notice of the kind `GRAPH_NOTICE_RUN` names the exclusions that no user has. If they
/// cannot be looked up, a user in another form than an exclusion fails as `GRAPH_STATUS_PERMISSION_DENIED`. Call it once
/// for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_exclude(
    options: *mut graph_run_options,
    user_id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || UserId::parse(text(user_id, "user_id")?),
        RunOptions::exclude,
    )
}

/// Consent to a blocking warning, by its name, such as `entra_joined_windows`. Call it once for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_accept_warning(
    options: *mut graph_run_options,
    warning: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.accept_warning(WarningCode::parse(text(warning, "warning")?)?),
    )
}

/// Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_input_list(
    options: *mut graph_run_options,
    name: *const c_char,
    sha256: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(
        options,
        error,
        |options| &mut options.0,
        |options| options.input_list(text(name, "name")?, text(sha256, "sha256")?),
    )
}

/// The person who starts the run, for the journal. The default is the signed-in user of the token, and no text for an app.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_initiated_by(
    options: *mut graph_run_options,
    who: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || text(who, "who"),
        RunOptions::initiated_by,
    )
}

/// The machine of the run, for the journal. There is no default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_machine(
    options: *mut graph_run_options,
    name: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || text(name, "name"),
        RunOptions::machine,
    )
}

/// How the person who starts the run consented to it, for the journal, such as `typed 4`. There is no default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_consent(
    options: *mut graph_run_options,
    how: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    set(
        options,
        error,
        |options| &mut options.0,
        || text(how, "how"),
        RunOptions::consent,
    )
}
