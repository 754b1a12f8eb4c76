//! `graph_run`: users in, events out, driven by the caller.

use std::ffi::c_char;
use std::mem::ManuallyDrop;

use graph_core::{CallOptions, Error, Result, Run, RunOptions, Status, Token};

use crate::client::graph_client;
use crate::error::graph_error;
use crate::event::graph_event;
use crate::guard::{clear, free, give, handle, handle_mut, milliseconds, quiet, required, status, text};
use crate::host::{Process, without_sigpipe};

/// Options of a run. Setters check and copy.
pub struct graph_run_options(RunOptions);

/// A run: users in, events out, one call after the other on the library's own thread.
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

/// New options of a run. NULL only if memory ran out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_run_options_new() -> *mut graph_run_options {
    quiet(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(graph_run_options(RunOptions::default())))
    })
}

/// Frees options of a run; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_free(options: *mut graph_run_options) {
    free(options);
}

/// The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_justification(
    options: *mut graph_run_options,
    justification: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    status(error, || {
        let options = handle_mut(options, "options")?;
        let call = CallOptions::default().justification(text(justification, "justification")?)?;
        options.0 = options.0.clone().call(call);
        Ok(())
    })
}

/// Whether the caller answers `GRAPH_EVENT_NEED_TOKEN` (1) or a refused token is final (0, the default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_options_set_supplies_tokens(
    options: *mut graph_run_options,
    supplies_tokens: i32,
    error: *mut *mut graph_error,
) -> Status {
    status(error, || {
        let options = handle_mut(options, "options")?;
        let supplies = match supplies_tokens {
            0 => false,
            1 => true,
            other => {
                return Err(Error::invalid_argument(format!(
                    "supplies_tokens is {other}, not 0 or 1"
                )));
            }
        };
        options.0 = options.0.clone().supplies_tokens(supplies);
        Ok(())
    })
}

/// Starts a run. The client may be freed while it goes on. `options` may be NULL for the defaults.
///
/// Add users, end them, and take events with `graph_run_next` until `GRAPH_EVENT_DONE`. An answer that every user would
/// meet (token, permission, licence, justification) ends the run when it comes before any user was accepted or three times
/// in a row; the users left are then skipped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_start(
    client: *mut graph_client,
    options: *const graph_run_options,
    run: *mut *mut graph_run,
    error: *mut *mut graph_error,
) -> Status {
    clear(run);
    status(error, || {
        required(run, "run")?;
        let client = handle(client, "client")?.client()?;
        // SAFETY: NULL or a live handle, by the contract of the header.
        let options = unsafe { options.as_ref() }
            .map(|options| options.0.clone())
            .unwrap_or_default();
        let started = without_sigpipe(|| client.run(options))?;
        give(run, || graph_run {
            process: Process::current(),
            run: ManuallyDrop::new(started),
        });
        Ok(())
    })
}

/// Adds a user. A text that is no user id becomes a failed row, so that one bad line does not lose the others.
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

/// Says that no user follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_end_users(run: *mut graph_run, error: *mut *mut graph_error) -> Status {
    status(error, || {
        handle(run, "run")?.here()?.end_users();
        Ok(())
    })
}

/// The next event, waiting for `wait_ms` milliseconds at most; `GRAPH_EVENT_NONE` if there is none by then. `*event` is
/// always set on `GRAPH_STATUS_OK`. From one thread at a time. After `GRAPH_EVENT_DONE` there is nothing to wait for.
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

/// Answers `GRAPH_EVENT_NEED_TOKEN`; the calls that follow use the token as well. From any thread.
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

/// Asks the run to stop, from any thread and from a signal handler; NULL is nothing. The call in flight is told as its row,
/// waits end at once, the users left are skipped, then comes `GRAPH_EVENT_DONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_stop(run: *mut graph_run) {
    // SAFETY: NULL or a live handle, by the contract of the header.
    quiet((), || {
        if let Some(run) = unsafe { run.as_ref() } {
            run.run.stop();
        }
    });
}

/// Frees a run; NULL is nothing. It is stopped without waiting: the call in flight ends by itself and its outcome is lost,
/// so take the events to `GRAPH_EVENT_DONE` where that matters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_run_free(run: *mut graph_run) {
    free(run);
}
