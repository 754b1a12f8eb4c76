//! `graph_run_options`: what a caller may choose for many users.

use std::ffi::c_char;

use graph_core::{CallOptions, Result, RunOptions, Status, UserId, WarningCode};

use crate::error::graph_error;
use crate::guard::{flag, free, handle_mut, milliseconds, number, path, quiet, status, text};

/// Options of a run. Setters check and copy.
#[derive(Default)]
pub struct graph_run_options {
    run: RunOptions,
    call: CallOptions,
}

impl graph_run_options {
    /// The options as core takes them.
    pub(crate) fn chosen(&self) -> RunOptions {
        self.run.clone().call(self.call.clone())
    }
}

/// Replaces the options by what `change` makes of them; they stay as they were if it refuses.
fn change(
    options: *mut graph_run_options,
    error: *mut *mut graph_error,
    change: impl FnOnce(RunOptions) -> Result<RunOptions>,
) -> Status {
    status(error, || {
        let options = handle_mut(options, "options")?;
        options.run = change(options.run.clone())?;
        Ok(())
    })
}

fn change_call(
    options: *mut graph_run_options,
    error: *mut *mut graph_error,
    change: impl FnOnce(CallOptions) -> Result<CallOptions>,
) -> Status {
    status(error, || {
        let options = handle_mut(options, "options")?;
        options.call = change(options.call.clone())?;
        Ok(())
    })
}

/// New options of a run. NULL only if memory ran out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_run_options_new() -> *mut graph_run_options {
    quiet(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_run_options::default()))
    })
}

/// Frees options of a run; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_free(options: *mut graph_run_options) {
    free(options);
}

/// The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters. It also stands in
/// the journal as the reason of the run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_justification(
    options: *mut graph_run_options,
    justification: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |call| {
        call.justification(text(justification, "justification")?)
    })
}

/// The code of an approved request (a GUID), as the queued call returned it; sent in place of the justification. It belongs to
/// one user: the run takes one (`graph_run_options_set_max_users` is 1 by it, and another number is refused as it starts).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_approval_code(
    options: *mut graph_run_options,
    code: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |call| call.approval_code(text(code, "code")?))
}

/// The GUID to find the retire of a run of one user by in the service's logs; as for an approval code, the run takes one. The
/// default is a new one for each user.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_client_request_id(
    options: *mut graph_run_options,
    id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |call| call.client_request_id(text(id, "id")?))
}

/// How long each request of the run may take, all its attempts and waits included, in milliseconds: 1 to 86400000. The default
/// is the client's. Each read of a user is a request, all pages of a list together are one, and so is the send. Waiting for a
/// token does not count, nor do the pauses of the whole run, for its pace or after a 429, unless it is of one user.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_deadline_ms(
    options: *mut graph_run_options,
    deadline_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change_call(options, error, |call| {
        call.deadline(milliseconds(deadline_ms, "deadline_ms")?)
    })
}

/// Whether the caller answers `GRAPH_EVENT_NEED_TOKEN` (1) or a refused token is final (0, the default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_supplies_tokens(
    options: *mut graph_run_options,
    supplies_tokens: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.supplies_tokens(flag(supplies_tokens, "supplies_tokens")?))
    })
}

/// Records the run in a new journal, a file of JSON lines. A file that exists is refused when the run starts: see
/// `graph_run_options_set_resume`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_journal(
    options: *mut graph_run_options,
    journal: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.journal(path(journal, "journal")?))
    })
}

/// Goes on with the run that a journal records, in place of `graph_run_options_set_journal`: a run with both is refused. Who is
/// done is not sent again; who is in doubt is read first.
///
/// Users and options are not taken from the journal: give all users again, and set the options again. If the run before was
/// bound to a plan, or had exclusions, the start is refused unless there is a plan again, and all those exclusions. A run that comes to
/// its end tells by a notice of `GRAPH_NOTICE_KIND_RUN` how many in doubt or waiting for approval were not given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_resume(
    options: *mut graph_run_options,
    resume: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.resume(path(resume, "resume")?))
    })
}

/// Binds the run to a plan, the journal of a preview: it acts only on users of the plan that have no device which the
/// plan lacks. Where devices may not be read, the run ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_plan(
    options: *mut graph_run_options,
    plan: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| Ok(options.plan(path(plan, "plan")?)))
}

/// Reads only and sends nothing: each user is told with devices, warnings, and what a run would skip and why. Its journal
/// is a plan.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_preview(
    options: *mut graph_run_options,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| Ok(options.preview()))
}

/// Whether users and devices are read before anything is sent (1, the default). Without it (0) there are no warnings, no
/// limit of devices and no snapshot, what is in doubt stays unknown, and nobody can be previewed or held against a plan.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_read(
    options: *mut graph_run_options,
    read: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| Ok(options.read(flag(read, "read")?)))
}

/// How many writes may leave in any window of that length: 1 and more in 1 to 3600000 milliseconds. The default is 150 in 20
/// seconds of the documented 200 for an app and tenant
/// (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_quota(
    options: *mut graph_run_options,
    writes: i32,
    window_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.quota(number(writes, "writes")?, milliseconds(window_ms, "window_ms")?)
    })
}

/// How many reads may leave in any window of that length: 1 and more in 1 to 3600000 milliseconds. The default is 2000 in 20
/// seconds. Each read inside a batch is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_read_quota(
    options: *mut graph_run_options,
    reads: i32,
    window_ms: i64,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.read_quota(number(reads, "reads")?, milliseconds(window_ms, "window_ms")?)
    })
}

/// How many requests are under way at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users come in the
/// order given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_connections(
    options: *mut graph_run_options,
    connections: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.connections(number(connections, "connections")?)
    })
}

/// How many users are sent in one request, 1 to 20, and no more than the quota of writes, which the start refuses. The default
/// is 1; more save round trips, and an answer that cannot be read leaves all of them unknown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_batch_size(
    options: *mut graph_run_options,
    batch_size: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.batch_size(number(batch_size, "batch_size")?)
    })
}

/// With it nothing is sent until the users have ended, and nothing at all if they are more; all of them wait in memory. The
/// default is no limit.
///
/// A run of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its waits but those
/// for a token count towards its deadline. With `graph_run_options_set_read` at 0 it sends what
/// `graph_client_remove_all_devices` sends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_max_users(
    options: *mut graph_run_options,
    max_users: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.max_users(number(max_users, "max_users")?)
    })
}

/// A user with more devices is skipped. The default is 10.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_max_devices_per_user(
    options: *mut graph_run_options,
    max_devices_per_user: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.max_devices_per_user(number(max_devices_per_user, "max_devices_per_user")?)
    })
}

/// Where Multi Admin Approval gates the action, how many requests may be queued for a second administrator before the run
/// ends, to be resumed. The default is 0: the first one that is queued ends it, so that somebody looks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_max_approvals(
    options: *mut graph_run_options,
    max_approvals: i32,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.max_approvals(number(max_approvals, "max_approvals")? as u64))
    })
}

/// A user that must not be touched, by object id or name; call it once for each. With reading on exclusions are looked up first,
/// either form protects the user, and a notice of `GRAPH_NOTICE_KIND_RUN` names those that no user has; where that cannot be read,
/// a user of another form than an exclusion fails as `GRAPH_STATUS_PERMISSION_DENIED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_add_exclude(
    options: *mut graph_run_options,
    user_id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.exclude(UserId::parse(text(user_id, "user_id")?)?))
    })
}

/// Consent to a blocking warning, by its name, such as `entra_joined_windows`; call it once for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_add_accept(
    options: *mut graph_run_options,
    warning: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.accept(WarningCode::parse(text(warning, "warning")?)?)
    })
}

/// Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_input(
    options: *mut graph_run_options,
    name: *const c_char,
    sha256: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        options.input(text(name, "name")?, text(sha256, "sha256")?)
    })
}

/// Who runs this, for the journal. The default is the person of the token, and nobody for an app.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_operator(
    options: *mut graph_run_options,
    operator: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| {
        Ok(options.operator(text(operator, "operator")?))
    })
}

/// The machine that it runs on, for the journal. There is no default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_host(
    options: *mut graph_run_options,
    host: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    change(options, error, |options| Ok(options.host(text(host, "host")?)))
}
