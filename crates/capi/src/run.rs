//! `graph_run`: users in, events out, driven by the caller.

use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::path::Path;

use graph_core::{Client, Error, Result, Run, RunOptions, Status, Token};

use crate::client::graph_client;
use crate::generated::events::graph_event;
use crate::generated::options::graph_run_options;
use crate::generated::records::graph_error;
use crate::guard::{clear, free, give, handle, milliseconds, path, quiet, required, status, text};
use crate::host::{Process, without_sigpipe};

/// A run: users in, events out; the library's own threads read and send.
pub struct graph_run {
    process: Process,
    run: ManuallyDrop<Run>,
}

impl graph_run {
    /// The run, in the process that started it: a forked child has not its thread.
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
            // SAFETY: dropped once, here; in a forked child it is left alone.
            unsafe { ManuallyDrop::drop(&mut self.run) };
        }
    }
}

/// Starts what `begin` makes of a client and options. Its threads have SIGPIPE blocked from their first moment, since each is
/// begun by another that has.
fn start(
    client: *mut graph_client,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    begin: impl FnOnce(&Client, RunOptions) -> Result<Run>,
) -> Result<()> {
    required(run, "run")?;
    let client = handle(client, "client")?.client()?;
    // SAFETY: NULL or a live handle, by the contract of the header.
    let options = unsafe { options.as_ref() }
        .map(|options| options.0.clone())
        .unwrap_or_default();
    let started = without_sigpipe(|| begin(client, options))?;
    give(run, || graph_run {
        process: Process::current(),
        run: ManuallyDrop::new(started),
    });
    Ok(())
}

/// Starts a run. The client may be freed while it goes on. `options` may be NULL for the defaults.
///
/// Add users, end them, and take events with `graph_run_next` until `GRAPH_EVENT_DONE`. For each user the run reads who it
/// is and which devices there are, holds them against limits, exclusions, plan and journal, writes down that it is about
/// to send, sends, writes down what came of it, and tells it as a row. The person of the token is skipped as excluded. What
/// is wrong with a journal or a plan (`GRAPH_STATUS_JOURNAL`), or with options that do not go together
/// (`GRAPH_STATUS_INVALID_ARGUMENT`), is told here, before anything is sent. Until somebody was accepted, users are sent one
/// after the other. What every user would meet (token, permission, licence, justification, no connection) ends the run when
/// it comes before any user was accepted or three times in a row; the users left are then skipped. No users at all is an
/// error, told by `graph_event_ended_by`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_start(
    client: *mut graph_client,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    error: *mut *mut graph_error,
) -> Status {
    clear(run);
    status(error, || start(client, options, run, Client::run))
}

/// Starts a look at what became of the devices that a journal's run saw; also days later. Users come from the journal,
/// events are `GRAPH_EVENT_VERIFIED`, and each is appended to the journal. Accepted is not yet retired: a device retires
/// when it next checks in, and `GRAPH_VERDICT_GONE` is what tells that it has.
///
/// A run that takes no users: `graph_run_add_user` is refused. `options` may be NULL for the defaults; what counts is the read
/// quota, whether the caller supplies tokens, and, for the journal, operator and host. A journal that cannot be used is told
/// here (`GRAPH_STATUS_JOURNAL`), what ended it early by `graph_event_ended_by`; a stop is none of that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_start_verify(
    client: *mut graph_client,
    journal: *const c_char,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    error: *mut *mut graph_error,
) -> Status {
    clear(run);
    status(error, || {
        let journal = Path::new(path(journal, "journal")?);
        start(client, options, run, |client, options| {
            client.verify(journal, &options)
        })
    })
}

/// Adds a user. A text that is no user id becomes a failed row, so that one bad line does not lose the others. From any thread.
///
/// `GRAPH_STATUS_INVALID_ARGUMENT` for NULL and for what is not UTF-8, which becomes no row (the run goes on without it), once
/// the users have ended, and for a verification, whose users are the journal's. `GRAPH_STATUS_CANCELLED` once the run was
/// stopped: take its events to the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_add_user(
    run: *mut graph_run,
    user_id: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    status(error, || {
        handle(run, "run")?.here()?.add_user(text(user_id, "user_id")?)
    })
}

/// Says that no user follows. From any thread; again is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_end_users(run: *mut graph_run, error: *mut *mut graph_error) -> Status {
    status(error, || {
        handle(run, "run")?.here()?.end_users();
        Ok(())
    })
}

/// The next event, waiting for `wait_ms` milliseconds at most; `GRAPH_EVENT_NONE` if there is none by then. `*event` is
/// always set on `GRAPH_STATUS_OK`. From one thread at a time.
///
/// 0 does not wait and INT64_MAX waits without limit, but a progress event comes about once a second, so no call takes much longer than
/// that. `GRAPH_STATUS_INVALID_ARGUMENT` for a negative `wait_ms`, and after `GRAPH_EVENT_DONE`, which is the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_next(
    run: *mut graph_run,
    wait_ms: i64,
    event: *mut *mut graph_event,
    error: *mut *mut graph_error,
) -> Status {
    clear(event);
    status(error, || {
        required(event, "event")?;
        let next = handle(run, "run")?
            .here()?
            .next(milliseconds(wait_ms, "wait_ms")?)?;
        give(event, || next.into());
        Ok(())
    })
}

/// Answers `GRAPH_EVENT_NEED_TOKEN`. From its next request on the run uses this token and no longer the client's, also if it
/// did not ask for one. A token of another tenant than the run's is refused (`GRAPH_STATUS_INVALID_ARGUMENT`). From any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_set_token(
    run: *mut graph_run,
    token: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    status(error, || {
        handle(run, "run")?
            .here()?
            .set_token(Token::new(text(token, "token")?)?)
    })
}

/// Asks the run to stop, from any thread and from a signal handler; NULL is nothing. What is in flight is awaited, recorded
/// and told as its row, waits end at once, the users left are skipped, then comes `GRAPH_EVENT_DONE`. A single call that can be
/// stopped is a run of one user: see `graph_run_options_set_max_users`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_stop(run: *mut graph_run) {
    // SAFETY: NULL or a live handle, by the contract of the header.
    quiet((), || {
        if let Some(run) = unsafe { run.as_ref() } {
            run.run.stop();
        }
    });
}

/// Frees a run; NULL is nothing. It is stopped without waiting: what is in flight is still recorded in its journal, but told
/// to nobody, so take the events to `GRAPH_EVENT_DONE` where that matters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_free(run: *mut graph_run) {
    // As for a client: the run may be the last to hold its connections.
    without_sigpipe(|| free(run));
}
