//! `graph_run`: users in, events out, driven by the caller.

use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::path::Path;

use graph_core::{Client, Error, Result, Run, RunOptions, Status, Token};

use crate::client::graph_client;
use crate::generated::events::graph_event;
use crate::generated::options::graph_run_options;
use crate::generated::records::graph_error;
use crate::guard::{
    free, guard, guard_infallible, handle, milliseconds, path, require_out, set_null, text, write_handle,
};
use crate::host::{Process, without_sigpipe};

/// A run: users in, events out. The library's own threads read and send.
pub struct graph_run {
    process: Process,
    run: ManuallyDrop<Run>,
}

impl graph_run {
    /// The run, if this is the process that started it: a forked child does not have its thread.
    fn here(&self) -> Result<&Run> {
        if self.process.is_current() {
            Ok(&self.run)
        } else {
            Err(Error::invalid_argument(
                "the run belongs to the parent process; start a new one after a fork",
            ))
        }
    }
}

impl Drop for graph_run {
    fn drop(&mut self) {
        if self.process.is_current() {
            // SAFETY: dropped once, here; a forked child leaves it alone.
            unsafe { ManuallyDrop::drop(&mut self.run) };
        }
    }
}

/// Starts a run or a verification. Its threads have SIGPIPE blocked from the beginning: each inherits the mask of the
/// thread that starts it.
fn start(
    client: *mut graph_client,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    begin: impl FnOnce(&Client, RunOptions) -> Result<Run>,
) -> Result<()> {
    require_out(run, "run")?;
    let client = handle(client, "client")?.client()?;
    // SAFETY: NULL or a live handle, by the contract of the header.
    let options = unsafe { options.as_ref() }
        .map(|options| options.0.clone())
        .unwrap_or_default();
    let started = without_sigpipe(|| begin(client, options))?;
    write_handle(run, || graph_run {
        process: Process::current(),
        run: ManuallyDrop::new(started),
    });
    Ok(())
}

/// Starts a run. The client may be freed during the run. `options` may be NULL for the defaults.
///
/// Add users, end them, and take events with `graph_run_next` until `GRAPH_EVENT_DONE`. For each user the run reads the
/// user and the devices; checks limits, exclusions, plan and journal; writes a journal entry; sends; records the answer;
/// and reports a result. The signed-in user is skipped as excluded. Until the first user is accepted, users are sent one at
/// a time.
///
/// A failure that every user would meet (token, permission, licence, justification, no connection) ends the run if it comes
/// before the first accepted user or three times in a row; the users left are skipped. A run without users ends with an
/// error: see `graph_event_ended_by`.
///
/// Returns `GRAPH_STATUS_JOURNAL` if the journal or the plan is unusable, and `GRAPH_STATUS_INVALID_ARGUMENT` if options
/// exclude each other. Nothing is sent then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_start(
    client: *mut graph_client,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    error: *mut *mut graph_error,
) -> Status {
    set_null(run);
    guard(error, || start(client, options, run, Client::run))
}

/// Starts a verification: it reports what became of the devices that a journal's runs saw, also days later.
///
/// The users come from the journal. Events are `GRAPH_EVENT_VERIFIED`, and each is appended to the journal. Accepted is not
/// yet retired: a device retires when it next checks in, and `GRAPH_VERDICT_GONE` means that it has.
///
/// `graph_run_add_user` is refused. `options` may be NULL for the defaults; only the read quota, token events, initiated_by
/// and machine have an effect. Returns `GRAPH_STATUS_JOURNAL` if the journal is unusable. Later failures are reported by
/// `graph_event_ended_by`; stopping is not a failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_start_verify(
    client: *mut graph_client,
    journal: *const c_char,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    error: *mut *mut graph_error,
) -> Status {
    set_null(run);
    guard(error, || {
        let journal = Path::new(path(journal, "journal")?);
        start(client, options, run, |client, options| {
            client.verify(journal, &options)
        })
    })
}

/// Adds a user. A malformed user id becomes a failed result, so that one bad line does not stop the run. From any thread.
///
/// Returns `GRAPH_STATUS_INVALID_ARGUMENT` for NULL, for a text that is not UTF-8 (it has no result, and the run goes on),
/// after the users have ended, and in a verification. Returns `GRAPH_STATUS_CANCELLED` after the run was stopped: take its
/// events to the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_add_user(
    run: *mut graph_run,
    user_id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    guard(error, || {
        handle(run, "run")?.here()?.add_user(text(user_id, "user_id")?)
    })
}

/// Ends the list of users. From any thread. Calling it again has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_end_users(run: *mut graph_run, error: *mut *mut graph_error) -> Status {
    guard(error, || {
        handle(run, "run")?.here()?.end_users();
        Ok(())
    })
}

/// Waits for the next event, at most `wait_ms` milliseconds; `GRAPH_EVENT_NONE` if there is none by then. `*event` is
/// always set on `GRAPH_STATUS_OK`. From one thread at a time.
///
/// 0 does not wait, and INT64_MAX waits without limit. A progress event comes about once a second, so no call takes much
/// longer. Returns `GRAPH_STATUS_INVALID_ARGUMENT` if `wait_ms` is negative, and after `GRAPH_EVENT_DONE`, which is the
/// last event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_next(
    run: *mut graph_run,
    wait_ms: i64,
    event: *mut *mut graph_event,
    error: *mut *mut graph_error,
) -> Status {
    set_null(event);
    guard(error, || {
        require_out(event, "event")?;
        let next = handle(run, "run")?
            .here()?
            .next(milliseconds(wait_ms, "wait_ms")?)?;
        write_handle(event, || next.into());
        Ok(())
    })
}

/// Answers `GRAPH_EVENT_NEED_TOKEN`. From any thread.
///
/// From its next request the run uses this token instead of the client's, also if it did not ask for one. Returns
/// `GRAPH_STATUS_INVALID_ARGUMENT` for a token of another tenant.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_set_token(
    run: *mut graph_run,
    token: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    guard(error, || {
        handle(run, "run")?
            .here()?
            .set_token(Token::new(text(token, "token")?)?)
    })
}

/// Asks the run to stop. From any thread and from a signal handler. NULL has no effect.
///
/// Waits end at once. Requests in flight are awaited, recorded and reported; the users left are skipped; then comes
/// `GRAPH_EVENT_DONE`. To stop a single call, use a run of one user: see `graph_run_options_set_max_users`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_stop(run: *mut graph_run) {
    // SAFETY: NULL or a live handle, by the contract of the header.
    guard_infallible((), || {
        if let Some(run) = unsafe { run.as_ref() } {
            run.run.stop();
        }
    });
}

/// Stops a run without waiting, and frees it. NULL has no effect.
///
/// Requests in flight are still recorded in the journal, but not reported. To receive their results, take the events to
/// `GRAPH_EVENT_DONE` first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_free(run: *mut graph_run) {
    // As for a client: the run may be the last to hold its connections.
    without_sigpipe(|| free(run));
}
