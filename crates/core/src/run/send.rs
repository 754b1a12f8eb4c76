//! The second stage of a run: sends users that are ready, each alone or several in one batch, and returns what that came to.

mod batch;

use std::time::Duration;

pub(super) use batch::together;

use super::context::RunContext;
use super::event::UserResult;
use super::task::ReadyUser;
use super::thread::guarded;
use crate::action::Action;
use crate::approvals;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::journal::SentRecord;
use crate::receipt::Receipt;
use crate::retry::Retry;
use crate::session::{Precautions, SendError, Session, client_request_id};
use crate::status::{Effect, Outcome, Status};

/// A user that is being sent.
pub(super) struct Sending {
    ready: ReadyUser,
    client_request_id: String,
    attempts: Attempts,
}

/// What sending came to.
pub(super) enum Sent {
    Result(UserResult),
    /// The inspections were too old before an attempt: these users have to be prepared again.
    Stale(Stale),
}

/// Users whose inspection was too old before an attempt.
pub(super) struct Stale {
    pub(super) users: Vec<ReadyUser>,
    pub(super) attempts: Attempts,
    pub(super) error: Error,
}

/// What a batch came to: who is finished, who is to be sent alone, and whose request is pending already.
#[derive(Default)]
pub(super) struct BatchSent {
    pub(super) sent: Vec<Sent>,
    pub(super) again: Vec<Again>,
    pub(super) pending: Vec<Pending>,
}

/// A user that is sent again alone, after a pause if the answer in the batch asks for one.
pub(super) struct Again {
    sending: Sending,
    refused: Option<(Error, Retry)>,
}

/// A user that the service refused since a request for this user waits for approval already.
pub(super) struct Pending {
    ready: ReadyUser,
    client_request_id: String,
    error: Error,
}

/// Divides users into those that are sent alone and those that are sent in one batch. A user that was tried before counts its own
/// attempts.
pub(super) fn divide(
    context: &RunContext,
    clock: &dyn Clock,
    users: Vec<ReadyUser>,
) -> (Vec<Sending>, Vec<Sending>) {
    let given = context.options.call.client_request_id.as_deref();
    let sending = users.into_iter().map(|ready| Sending {
        attempts: match &ready.attempts {
            Some(attempts) => attempts.inspected_again(clock),
            None => Attempts::new(clock),
        },
        client_request_id: client_request_id(given),
        ready,
    });
    let (mut alone, mut together): (Vec<_>, Vec<_>) = sending.partition(|sending| sending.attempts.count > 0);
    if together.len() == 1 {
        alone.append(&mut together);
    }
    (alone, together)
}

/// Sends one user, from the first attempt or from where a batch left off.
pub(super) fn alone(context: &RunContext, session: &mut Session<'_>, sending: Sending) -> Sent {
    let Sending {
        ready,
        client_request_id,
        mut attempts,
    } = sending;
    let action = action(context, &ready, &client_request_id);
    let precautions = precautions(context, &[&ready], &[&action]);
    let sent = guarded(|| action.send(session, &mut attempts, Some(&precautions)));
    let result = match sent {
        Err(SendError::Stale(error)) => {
            return Sent::Stale(Stale {
                users: vec![ready],
                attempts,
                error,
            });
        }
        Err(SendError::Failed(error)) if action.is_pending_already(&error) => {
            Err(find_pending(context, session, &ready, &action, error))
        }
        Err(SendError::Failed(error)) => Err(error),
        Ok(receipt) => Ok(receipt),
    };
    Sent::Result(result_of(context, ready, result, true))
}

/// Sends a user of a batch again, alone.
pub(super) fn again(
    context: &RunContext,
    session: &mut Session<'_>,
    again: Again,
    held_back: Duration,
) -> Sent {
    let Again { mut sending, refused } = again;
    if let Some((error, retry)) = refused {
        sending.attempts = sending.attempts.of_part(error.effect, held_back);
        let limiter_waits = error.status == Status::Throttled;
        // A refused token is refused once more, and then renewed.
        if error.status != Status::Unauthenticated
            && let Err(error) = session.pause(
                &sending.ready.user,
                error,
                retry,
                limiter_waits,
                &sending.attempts,
            )
        {
            let error = sending.attempts.complete(error, &sending.client_request_id);
            return Sent::Result(result_of(context, sending.ready, Err(error), true));
        }
    }
    alone(context, session, sending)
}

/// Reads whether the request that is pending already is this user's.
pub(super) fn pending(context: &RunContext, session: &mut Session<'_>, pending: Pending) -> UserResult {
    let Pending {
        ready,
        client_request_id,
        error,
    } = pending;
    let action = action(context, &ready, &client_request_id);
    let error = find_pending(context, session, &ready, &action, error);
    result_of(context, ready, Err(error), true)
}

/// A request that waits can be matched to this user only if it can be no other user's.
fn find_pending(
    context: &RunContext,
    session: &mut Session<'_>,
    ready: &ReadyUser,
    action: &Action<'_>,
    error: Error,
) -> Error {
    let is_lost = ready.in_doubt || error.effect == Effect::Possible;
    let alone_since = context.scheduler.sends_alone();
    let is_no_others = alone_since.is_some()
        && !context
            .pending_approvals()
            .has_lost_another(ready.id.as_deref(), &ready.user);
    if !is_lost || !is_no_others {
        return Action::explain_pending(error, Ok(None));
    }
    let found = guarded(|| action.pending_codes(session, ready.since)).map(|mut codes| {
        // A user that was sent meanwhile may have a request in the list.
        if context.scheduler.sends_alone() != alone_since {
            return None;
        }
        let pending = context.pending_approvals();
        codes.retain(|code| !pending.holds(code));
        approvals::only(codes)
    });
    match found {
        Err(panicked) if panicked.status == Status::Internal => panicked,
        found => Action::explain_pending(error, found),
    }
}

fn result_of(
    context: &RunContext,
    ready: ReadyUser,
    result: Result<Receipt>,
    is_first_report: bool,
) -> UserResult {
    let ReadyUser {
        user,
        id,
        approval_code,
        devices,
        ..
    } = ready;
    let user_result = match result {
        Ok(receipt) => {
            if approval_code.is_none() {
                context.scheduler.send_in_parallel();
            }
            UserResult {
                receipt: Some(receipt),
                ..UserResult::new(user, id, Outcome::Accepted)
            }
        }
        Err(error) => UserResult::of_error(user, id, error),
    };
    UserResult {
        devices,
        is_first_report,
        ..user_result
    }
}

fn action<'a>(context: &'a RunContext, ready: &'a ReadyUser, client_request_id: &'a str) -> Action<'a> {
    let mut action = Action::new(
        &ready.user,
        &ready.target,
        &context.options.call,
        client_request_id,
    );
    action.approval_code = ready.approval_code.as_deref().or(action.approval_code);
    action
}

fn precautions<'a>(
    context: &'a RunContext,
    users: &[&ReadyUser],
    actions: &[&Action<'_>],
) -> Precautions<'a> {
    let record = |(ready, action): (&&ReadyUser, &&Action<'_>)| SentRecord {
        user: ready.user.clone(),
        id: ready.id.clone(),
        client_request_id: Some(action.client_request_id.to_owned()),
        approval_code: action.approval_code.map(str::to_owned),
    };
    Precautions {
        inspected: users.iter().filter_map(|ready| ready.inspected).collect(),
        write_ahead: context
            .journals
            .journal
            .as_ref()
            .map(|journal| (journal, users.iter().zip(actions).map(record).collect())),
    }
}
