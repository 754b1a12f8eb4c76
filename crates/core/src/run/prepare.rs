//! The first stage of a run: which users are refused without a request, what is read of the others, and what is done about each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::context::RunContext;
use super::decide::{Decision, Known, Rules};
use super::event::UserResult;
use super::identify::Resolved;
use super::inspect::{FollowUp, Inspection, Inspector};
use super::journals::Earlier;
use super::record;
use super::task::ReadyUser;
use crate::approvals::Approval;
use crate::attempts::Attempts;
use crate::batch;
use crate::device::DeviceList;
use crate::error::Error;
use crate::journal::{self, UserRecord, UserState};
use crate::notice::Notice;
use crate::session::Session;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::user_id::UserId;

/// A user that has to be inspected.
pub(super) struct PendingUser {
    user: String,
    id: UserId,
    /// The attempts so far, if the inspection before this one was too old to act on.
    attempts: Option<Attempts>,
    /// The devices that were read then.
    seen: Option<DeviceList>,
}

impl PendingUser {
    /// A user whose inspection was too old.
    pub(super) fn again(user: ReadyUser, attempts: &Attempts) -> Self {
        Self {
            user: user.user,
            id: user.target,
            attempts: Some(attempts.clone()),
            seen: user.devices,
        }
    }
}

/// What the stage comes to for one user.
pub(super) enum Prepared {
    Ready(ReadyUser),
    Done(Finished),
    /// The user was given before, under this name or another.
    Duplicate(String),
}

/// The result of a user that is not sent.
pub(super) struct Finished {
    pub(super) result: UserResult,
    pub(super) approval: Option<journal::Declined>,
    /// Every user would meet the error of the result.
    pub(super) ends_run: bool,
}

impl Prepared {
    fn done(result: UserResult) -> Self {
        Self::Done(Finished {
            result,
            approval: None,
            ends_run: false,
        })
    }
}

/// What was found out about a user.
struct Assessed {
    pending: PendingUser,
    /// The object id, where it is known.
    known_id: Option<String>,
    inspection: Inspection,
    decision: Decision,
    /// Of a user in doubt: whether the action is known to have been applied.
    applied: Option<bool>,
    /// Whether an earlier run may have been applied.
    earlier: Effect,
}

/// Prepares users by what is known without a request, and returns those to be inspected.
pub(super) fn without_inspection(
    context: &RunContext,
    users: Vec<String>,
) -> (Vec<Prepared>, Vec<PendingUser>) {
    if context.options.inspect_first {
        look_up_exclusions(context);
    }
    let (mut prepared, mut pending) = (Vec::new(), Vec::new());
    for user in users {
        match UserId::parse(&user) {
            Err(error) => prepared.push(Prepared::done(UserResult::of_error(user, None, error))),
            Ok(_) if !context.seen.add(&user) => prepared.push(Prepared::Duplicate(user)),
            Ok(id) => match by_name(context, user, id) {
                Ok(known) => prepared.push(known),
                Err(unknown) => pending.push(unknown),
            },
        }
    }
    (prepared, pending)
}

/// What the text and the journal alone say of a user.
fn by_name(context: &RunContext, user: String, id: UserId) -> Result<Prepared, PendingUser> {
    let protected = &context.rules.protected;
    let recorded = context.journals.resumed_by_name(&user);
    let refused = context.rules.refuse(&user);
    let (decision, known_id) = match refused {
        Some(decision) => (Some(decision), protected.id_of(&user).cloned()),
        None => (
            recorded.and_then(Rules::recall),
            recorded.and_then(UserRecord::id).map(str::to_owned),
        ),
    };
    let pending = PendingUser {
        user,
        id,
        attempts: None,
        seen: None,
    };
    let Some(decision) = decision else {
        return Err(pending);
    };
    if let Some(id) = &known_id
        && !context.seen.add_id(&pending.user, id)
    {
        return Ok(Prepared::Duplicate(pending.user));
    }
    let own_id = pending.id.is_object_id().then(|| pending.user.clone());
    Ok(carry_out(
        context,
        Assessed {
            known_id: known_id.or(own_id),
            pending,
            inspection: Inspection::default(),
            decision,
            applied: None,
            earlier: recorded.map_or(Effect::None, UserRecord::effect),
        },
    ))
}

/// Inspects users, records what was read, and prepares them by all that is known.
pub(super) fn with_inspection(context: &RunContext, pending: Vec<PendingUser>) -> Vec<Prepared> {
    if pending.is_empty() {
        return Vec::new();
    }
    let inspected = inspect(context, &pending);
    // If one of them could be read, the failure of another is not about every user; and the same answer counts once.
    let mut is_reported = inspected
        .iter()
        .any(|(inspection, _)| inspection.devices.is_some());
    let (mut prepared, mut assessed) = (Vec::new(), Vec::new());
    for (user, (mut inspection, earlier)) in pending.into_iter().zip(inspected) {
        inspection.is_reported_elsewhere =
            inspection.error.is_some() && std::mem::replace(&mut is_reported, true);
        inspection.given_id = user.id.is_object_id().then(|| user.id.as_str().to_owned());
        match assess(context, user, inspection, &earlier) {
            Ok(one) => assessed.push(one),
            Err(duplicate) => prepared.push(Prepared::Duplicate(duplicate)),
        }
    }
    context.record_reads(assessed.iter().filter_map(read_record));
    prepared.extend(assessed.into_iter().map(|one| carry_out(context, one)));
    prepared
}

fn read_record(assessed: &Assessed) -> Option<journal::ReadRecord> {
    let Assessed {
        pending, inspection, ..
    } = assessed;
    let has_read = inspection.identity.is_some() || inspection.devices.is_some();
    has_read.then(|| record::read(&pending.user, &pending.id, inspection, assessed.applied))
}

/// Inspects each user, and finds what journal and plan hold of it once its identity is known.
fn inspect<'a>(context: &'a RunContext, pending: &[PendingUser]) -> Vec<(Inspection, Earlier<'a>)> {
    let earlier = |user: &PendingUser, inspection: &Inspection| {
        let id = inspection.id(&user.id);
        context.journals.earlier(&user.user, id, inspection.upn())
    };
    let failed = |error: &Error| {
        let failed = pending.iter().map(|user| {
            let inspection = Inspection::failed(error.clone());
            let earlier = earlier(user, &inspection);
            (inspection, earlier)
        });
        failed.collect()
    };
    if !context.options.inspect_first {
        let unread = pending
            .iter()
            .map(|user| (Inspection::default(), earlier(user, &Inspection::default())));
        return unread.collect();
    }
    let inspected = catch_unwind(AssertUnwindSafe(|| {
        context.with_session(|session| {
            let mut inspector = inspector(context, session);
            let users: Vec<_> = pending.iter().map(|user| &user.id).collect();
            let batch = match inspector.batch(&users) {
                Ok(batch) => batch,
                Err(error) => return failed(&error),
            };
            let inspect_one = |(at, user): (usize, &PendingUser)| {
                let mut inspection = inspector.inspect(&user.id, at, &batch);
                let earlier = earlier(user, &inspection);
                let follow_up = follow_up(earlier.resumed.as_deref());
                inspector.follow_up(&mut inspection, &user.id, follow_up);
                (inspection, earlier)
            };
            pending.iter().enumerate().map(inspect_one).collect()
        })
    }));
    inspected.unwrap_or_else(|_| failed(&Error::new(Status::Internal, Status::Internal.message())))
}

fn inspector<'a, 'b>(context: &'a RunContext, session: &'a mut Session<'b>) -> Inspector<'a, 'b> {
    Inspector {
        session,
        permits: &context.permits,
        max_devices: context.rules.max_devices,
    }
}

/// Reads who the exclusions are, before the first user is prepared. Threads that come meanwhile wait.
fn look_up_exclusions(context: &RunContext) {
    let at_once = batch::MAX.min(context.options.read_quota.requests);
    let read = |users: &[UserId]| -> Vec<Resolved> {
        context.with_session(|session| inspector(context, session).identify(users, at_once))
    };
    for notice in context.rules.protected.look_up(read) {
        context.notify(Notice::Run(notice));
    }
}

/// What the journal leaves to be read about a user.
fn follow_up(recorded: Option<&UserRecord>) -> FollowUp {
    let Some(recorded) = recorded else {
        return FollowUp::default();
    };
    let (is_open, is_in_doubt) = match recorded.state() {
        UserState::Done(_) | UserState::Declined => (false, false),
        UserState::InDoubt(_) => (true, true),
        _ => (true, false),
    };
    let snapshot = recorded.snapshot().filter(|_| is_in_doubt).unwrap_or_default();
    FollowUp {
        approval_code: recorded.approval_code().filter(|_| is_open).map(str::to_owned),
        devices: snapshot.iter().map(|device| device.id.clone()).collect(),
    }
}

/// Decides over a user that was inspected. Returns the name of one that was given before under another.
fn assess(
    context: &RunContext,
    pending: PendingUser,
    inspection: Inspection,
    earlier: &Earlier<'_>,
) -> Result<Assessed, String> {
    let recorded = earlier.resumed.as_deref();
    let decision = recorded.and_then(Rules::recall).unwrap_or_else(|| {
        context.rules.decide(&Known {
            inspection: &inspection,
            resumed: recorded,
            planned: earlier.planned.as_deref(),
            seen: pending.seen.as_ref().map(|list| list.devices.as_slice()),
        })
    });
    let known_id = inspection.id(&pending.id).map(str::to_owned);
    let is_again = pending.attempts.is_some();
    // A name that belongs to another account now stands for no user of the run.
    let is_same = !matches!(decision, Decision::Skip(Reason::IdentityChanged, _));
    if let Some(id) = &known_id
        && !is_again
        && is_same
        && !context.seen.add_id(&pending.user, id)
    {
        return Err(pending.user);
    }
    let applied = match &decision {
        Decision::Confirm => Some(true),
        Decision::Send {
            resolves_doubt: true, ..
        } => Some(false),
        _ => None,
    };
    Ok(Assessed {
        pending,
        known_id,
        inspection,
        decision,
        applied,
        // A user that was ready to be sent before is known not to be in doubt.
        earlier: recorded
            .filter(|_| !is_again)
            .map_or(Effect::None, UserRecord::effect),
    })
}

fn carry_out(context: &RunContext, assessed: Assessed) -> Prepared {
    let Assessed {
        pending: PendingUser {
            user, id, attempts, ..
        },
        known_id,
        inspection,
        decision,
        earlier,
        ..
    } = assessed;
    let mut finished = match decision {
        Decision::Send {
            approval_code, since, ..
        } => {
            let target = known_id.as_deref().and_then(|id| UserId::parse(id).ok());
            return Prepared::Ready(ReadyUser {
                user,
                target: target.unwrap_or(id),
                id: known_id,
                approval_code,
                devices: inspection.devices,
                attempts,
                inspected: inspection.at,
                since: since.unwrap_or(context.began),
                in_doubt: since.is_some(),
            });
        }
        Decision::Decline(how, error) => {
            let (result, approval) = declined(user, known_id, how, error);
            Finished {
                result: UserResult {
                    devices: inspection.devices,
                    ..result
                },
                approval: Some(approval),
                ends_run: false,
            }
        }
        decision => {
            let ends_run = matches!(decision, Decision::EndRun(_));
            let result = match decision {
                Decision::Skip(reason, detail) => UserResult::skipped(user, known_id, reason, detail),
                Decision::Report(error) | Decision::EndRun(error) => {
                    UserResult::of_error(user, known_id, error)
                }
                _ => UserResult::new(user, known_id, Outcome::Confirmed),
            };
            Finished {
                result: UserResult {
                    devices: inspection.devices,
                    is_first_report: !inspection.is_reported_elsewhere,
                    ..result
                },
                approval: None,
                ends_run,
            }
        }
    };
    context.note_doubt(&mut finished.result, earlier);
    Prepared::Done(finished)
}

/// The result of a user whose request for approval ended without one.
fn declined(
    user: String,
    id: Option<String>,
    how: Approval,
    mut error: Error,
) -> (UserResult, journal::Declined) {
    let how = record::declined(how);
    error.status = Status::Rejected;
    error.message = format!(
        "the approval request was {}; begin another journal if it is still wanted",
        how.name()
    );
    (UserResult::of_error(user, id, error), how)
}
