//! Status, effect, outcome and reason, which every language shares. Numbers and names are append-only.

use std::fmt;

/// The result of a call. The same number and name in every language. The effect of an answer is `none`, except where
/// stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Status {
    /// Accepted by the service (HTTP 204). Accepted is not yet retired.
    Ok = 0,
    /// An argument was refused before anything was sent.
    InvalidArgument = 1,
    /// The service refused the token (HTTP 401).
    Unauthenticated = 2,
    /// The app or the signed-in user may not do this.
    PermissionDenied = 3,
    /// The tenant has no Intune licence.
    NotLicensed = 4,
    /// The directory has no such user.
    UserNotFound = 5,
    /// Multi Admin Approval requires a justification.
    JustificationRequired = 6,
    /// Multi Admin Approval queued the request; nothing is retired until a second administrator approves.
    ApprovalPending = 7,
    /// Throttled (HTTP 429) until attempts or deadline ran out.
    Throttled = 8,
    /// The service failed (HTTP 5xx) until attempts or deadline ran out. Its effect is possible; none after a 503 in Graph's own
    /// form.
    ServiceUnavailable = 9,
    /// The service refused the request for another reason (HTTP 4xx). Its effect is possible after 408, 409 and 424.
    Rejected = 10,
    /// No connection was made; nothing was sent.
    ConnectionFailed = 11,
    /// The request was sent, but no answer came in time. Its effect is possible.
    Timeout = 12,
    /// The connection was lost after sending. Its effect is possible.
    Interrupted = 13,
    /// An answer that Microsoft Graph does not give: a 2xx other than 204, a redirect, a page of a proxy or gateway. Its
    /// effect is possible.
    UnexpectedResponse = 14,
    /// The caller stopped the call. Its effect is that of the earlier attempts.
    Cancelled = 15,
    /// The journal could not be read or written.
    Journal = 16,
    /// A bug in this library. After a panic its effect is possible.
    Internal = 17,
}

impl Status {
    /// Every status, in the order of its number.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    const ALL: [Self; 18] = [
        Self::Ok,
        Self::InvalidArgument,
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::NotLicensed,
        Self::UserNotFound,
        Self::JustificationRequired,
        Self::ApprovalPending,
        Self::Throttled,
        Self::ServiceUnavailable,
        Self::Rejected,
        Self::ConnectionFailed,
        Self::Timeout,
        Self::Interrupted,
        Self::UnexpectedResponse,
        Self::Cancelled,
        Self::Journal,
        Self::Internal,
    ];

    /// The status of a number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index))
            .copied()
    }

    /// The number in the C API and in every language.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The name in every language, such as `permission_denied`.
    pub fn name(self) -> &'static str {
        self.texts().0
    }

    /// The general meaning of the status, and what to do next. The message of an [`Error`](crate::Error) is about its case.
    pub fn message(self) -> &'static str {
        self.texts().1
    }

    /// Whether the status by itself can mean that the action was applied.
    pub(crate) fn leaves_doubt(self) -> bool {
        matches!(
            self,
            Self::ServiceUnavailable
                | Self::Timeout
                | Self::Interrupted
                | Self::UnexpectedResponse
                | Self::Cancelled
                | Self::Internal
        )
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Ok => (
                "ok",
                "accepted by the service; the devices retire when they next check in",
            ),
            Self::InvalidArgument => (
                "invalid_argument",
                "an argument was refused and nothing was sent; pass a user's object id or user principal name and a bearer token",
            ),
            Self::Unauthenticated => (
                "unauthenticated",
                "the service refused the token; get a new one for the Microsoft Graph of this cloud",
            ),
            Self::PermissionDenied => (
                "permission_denied",
                "not permitted; grant DeviceManagementManagedDevices.PrivilegedOperations.All, and to the signed-in user the Intune role permission Remote tasks / Retire",
            ),
            Self::NotLicensed => (
                "not_licensed",
                "this tenant has no Intune licence, so it has no device to retire; check the tenant of the token",
            ),
            Self::UserNotFound => (
                "user_not_found",
                "the directory has no such user; check the id, or the cloud and tenant of the token",
            ),
            Self::JustificationRequired => (
                "justification_required",
                "multi admin approval is on; send the call again with a justification",
            ),
            Self::ApprovalPending => (
                "approval_pending",
                "queued for approval by a second administrator; once approved, send the call again with the approval code",
            ),
            Self::Throttled => (
                "throttled",
                "the service throttled the request; try again later, or after the time that it named",
            ),
            Self::ServiceUnavailable => (
                "service_unavailable",
                "the service failed; look at the user's devices before sending again",
            ),
            Self::Rejected => (
                "rejected",
                "the service refused the request; its code and message give the reason",
            ),
            Self::ConnectionFailed => (
                "connection_failed",
                "no connection to the service; check name resolution, proxy, firewall and certificates",
            ),
            Self::Timeout => (
                "timeout",
                "no answer in time, so the devices may or may not be retired; look at them before sending again",
            ),
            Self::Interrupted => (
                "interrupted",
                "the connection was lost after sending, so the devices may or may not be retired; look at them before sending again",
            ),
            Self::UnexpectedResponse => (
                "unexpected_response",
                "the answer is not in the form of Microsoft Graph; look for a proxy or portal that answers in its place",
            ),
            Self::Cancelled => ("cancelled", "stopped by the caller"),
            Self::Journal => (
                "journal",
                "the journal could not be read or written; check the file and the disk",
            ),
            Self::Internal => ("internal", "a bug in graph-devices; please report it"),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the action can have been applied, over all attempts of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Effect {
    /// The service refused in its own form, or nothing was sent.
    #[default]
    None = 0,
    /// The action may have been applied; only a read of the devices shows whether it was.
    Possible = 1,
}

impl Effect {
    /// Every effect, in the order of its number.
    pub fn all() -> &'static [Self] {
        &[Self::None, Self::Possible]
    }

    /// The name in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Possible => "possible",
        }
    }

    /// The effect of one number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::None, Self::Possible]
            .into_iter()
            .find(|effect| *effect as i32 == number)
    }

    /// The effect of two attempts together.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self == Self::Possible { self } else { other }
    }
}

/// The outcome of a call for one user: did it happen?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Outcome {
    /// The service answered 204.
    Accepted = 0,
    /// No 204 arrived, but a later read shows that the action was applied.
    Confirmed = 1,
    /// Queued by Multi Admin Approval.
    AwaitingApproval = 2,
    /// The service refused the request, or it never arrived: nothing was done.
    Failed = 3,
    /// The action may have been applied.
    Unknown = 4,
    /// Not attempted, for a reason.
    Skipped = 5,
}

impl Outcome {
    /// Every outcome, in the order of its number.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    pub(crate) const COUNT: usize = Self::ALL.len();
    const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Confirmed,
        Self::AwaitingApproval,
        Self::Failed,
        Self::Unknown,
        Self::Skipped,
    ];

    /// The name in every language.
    pub fn name(self) -> &'static str {
        self.texts().0
    }

    /// What it means, and what to do next.
    pub fn message(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Accepted => (
                "accepted",
                "the service took the order (HTTP 204), and the devices retire when they next check in; verify later that they are gone",
            ),
            Self::Confirmed => (
                "confirmed",
                "no 204 arrived, but a later read of the devices shows that the action was applied; verify later that they are gone",
            ),
            Self::AwaitingApproval => (
                "awaiting_approval",
                "Multi Admin Approval queued the request, and nothing is retired yet; have it approved, then resume the run or send the call again with the approval code",
            ),
            Self::Failed => (
                "failed",
                "the service refused the request, or it never arrived, so nothing was done; follow the message of the error",
            ),
            Self::Unknown => (
                "unknown",
                "the action may have been applied; resume the run, which reads the devices first, or look at them before sending again",
            ),
            Self::Skipped => ("skipped", "nothing was sent, for a reason; follow the reason"),
        }
    }

    /// The outcome of a number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index))
            .copied()
    }

    /// The outcome of an attempted user: a function of status and effect alone.
    pub fn of(status: Status, effect: Effect) -> Self {
        match (status, effect) {
            (Status::Ok, _) => Self::Accepted,
            (_, Effect::Possible) => Self::Unknown,
            (Status::ApprovalPending, Effect::None) => Self::AwaitingApproval,
            (_, Effect::None) => Self::Failed,
        }
    }
}

/// Why a user was skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Reason {
    /// Not skipped.
    #[default]
    None = 0,
    /// An earlier run finished the user.
    DoneBefore = 1,
    /// The service lists no device for the user.
    NothingListed = 2,
    /// The user has a device that the snapshot lacks.
    NewDevice = 3,
    /// The name now belongs to another object id.
    IdentityChanged = 4,
    /// The user has more devices than the limit.
    TooManyDevices = 5,
    /// The user is excluded.
    Excluded = 6,
    /// The run is a preview.
    Preview = 7,
    /// The run was stopped before this user.
    Stopped = 8,
    /// A device or the user has a blocking warning that was not accepted.
    NeedsConsent = 9,
}

impl Reason {
    /// Every reason, in the order of its number.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    const ALL: [Self; 10] = [
        Self::None,
        Self::DoneBefore,
        Self::NothingListed,
        Self::NewDevice,
        Self::IdentityChanged,
        Self::TooManyDevices,
        Self::Excluded,
        Self::Preview,
        Self::Stopped,
        Self::NeedsConsent,
    ];

    /// The name in every language; empty for [`Reason::None`].
    pub fn name(self) -> &'static str {
        self.texts().0
    }

    /// What it means, and what to do next; empty for [`Reason::None`].
    pub fn message(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("", ""),
            Self::DoneBefore => (
                "done_before",
                "an earlier run finished the user; nothing is left to do",
            ),
            Self::NothingListed => (
                "nothing_listed",
                "the service lists no device of the user that this sign-in may see; nothing is left to do",
            ),
            Self::NewDevice => (
                "new_device",
                "the user has a device that an earlier look or the plan lacks; look at it, and if it is to be retired, too, begin another journal",
            ),
            Self::IdentityChanged => (
                "identity_changed",
                "the name belongs to another account than before, or another name came back; find out who is meant, and use object ids",
            ),
            Self::TooManyDevices => (
                "too_many_devices",
                "the user has more devices than the limit; check that this is one person, then raise the limit",
            ),
            Self::Excluded => (
                "excluded",
                "the user is excluded, was excluded in the plan or journal, or is the signed-in user; nothing is left to do, unless the exclusion is a mistake",
            ),
            Self::Preview => (
                "preview",
                "the run is a preview, which sends nothing; run it to send the user",
            ),
            Self::Stopped => (
                "stopped",
                "the run ended before this user; resume it from its journal",
            ),
            Self::NeedsConsent => (
                "needs_consent",
                "a device or the user has a blocking warning that was not accepted; look at the devices, then accept the warning by its name",
            ),
        }
    }

    /// The reason of a number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_their_words() {
        for status in Status::ALL {
            assert_eq!(Status::from_number(status.number()), Some(status));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_number(outcome as i32), Some(outcome));
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::from_number(reason as i32), Some(reason));
        }
        for number in [-1, 18, i32::MAX, i32::MIN] {
            assert_eq!(Status::from_number(number), None);
            assert_eq!(Outcome::from_number(number), None);
        }
    }

    #[test]
    fn only_a_204_is_a_yes_and_a_possible_effect_is_never_failed() {
        for status in Status::ALL {
            assert_eq!(
                Outcome::of(status, Effect::None) == Outcome::Accepted,
                status == Status::Ok
            );
            if status != Status::Ok {
                assert_eq!(Outcome::of(status, Effect::Possible), Outcome::Unknown);
            }
        }
        assert_eq!(
            Outcome::of(Status::ApprovalPending, Effect::None),
            Outcome::AwaitingApproval
        );
    }

    #[test]
    fn effect_is_sticky() {
        assert_eq!(Effect::Possible.or(Effect::None), Effect::Possible);
        assert_eq!(Effect::None.or(Effect::Possible), Effect::Possible);
        assert_eq!(Effect::None.or(Effect::None), Effect::None);
    }
}
