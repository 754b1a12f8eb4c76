//! What the scheduler hands to a thread of a run, and what threads hand back to it.

use std::time::SystemTime;

use crate::attempts::Attempts;
use crate::clock::Moment;
use crate::device::DeviceList;
use crate::user_id::UserId;

/// What a thread does next.
#[derive(Debug)]
pub(super) enum Task {
    Prepare(Vec<String>),
    Send(Vec<ReadyUser>),
    /// The run is ending: these users are not attempted.
    Skip(Vec<ReadyUser>, Vec<String>),
    Quit,
}

/// A user that may be sent.
#[derive(Debug)]
pub(super) struct ReadyUser {
    /// As given.
    pub(super) user: String,
    /// As it is sent: the object id where it is known.
    pub(super) target: UserId,
    pub(super) id: Option<String>,
    pub(super) approval_code: Option<String>,
    pub(super) devices: Option<DeviceList>,
    /// Of a user that was inspected again: the attempts until then.
    pub(super) attempts: Option<Attempts>,
    /// When the inspection began; `None` without one.
    pub(super) inspected: Option<Moment>,
    /// The earliest time at which a request of the user can have been queued for approval.
    pub(super) since: SystemTime,
    /// Whether an earlier run may have sent the user.
    pub(super) in_doubt: bool,
}
