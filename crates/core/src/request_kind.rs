//! What a request is for: what counts as its success, what it needs, and how its failure is told.

use crate::status::Status;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// The action, for one user.
    Retire,
    /// The action for up to twenty users in one `$batch`.
    RetireBatch,
    /// Who a user is.
    ReadUser,
    /// The devices of a user.
    ReadDevices,
    /// One device by its id.
    ReadDevice,
    /// Requests of Multi Admin Approval.
    ReadApprovals,
    /// Up to twenty reads in one `$batch`.
    ReadBatch,
}

impl RequestKind {
    /// Whether it can change anything.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Retire | Self::RetireBatch)
    }

    /// Whether an HTTP status is the success of it. Of the action only 204 is a yes.
    pub(crate) fn is_success(self, http_status: u16) -> bool {
        http_status == if self == Self::Retire { 204 } else { 200 }
    }

    /// The permission that it needs
    /// (<https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>,
    /// <https://learn.microsoft.com/graph/api/user-get>,
    /// <https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>; for approvals as users of it found).
    pub(crate) fn permission(self) -> &'static str {
        match self {
            Self::Retire | Self::RetireBatch => "DeviceManagementManagedDevices.PrivilegedOperations.All",
            Self::ReadUser => "User.Read.All",
            Self::ReadDevices | Self::ReadDevice | Self::ReadBatch => {
                "DeviceManagementManagedDevices.Read.All"
            }
            Self::ReadApprovals => "DeviceManagementRBAC.Read.All",
        }
    }

    /// What a status means for it, in general. What is only read leaves no doubt behind.
    pub(crate) fn message(self, status: Status) -> String {
        if self.writes() {
            return status.message().to_owned();
        }
        let object = match self {
            Self::ReadUser => "the user",
            Self::ReadDevice => "the device",
            Self::ReadApprovals => "the approval requests",
            _ => "the user's devices",
        };
        let why = match status {
            Status::ServiceUnavailable => "the service failed; try again later",
            Status::Timeout => "no answer in time; try again",
            Status::Interrupted => "the connection was lost; try again",
            Status::PermissionDenied => {
                return format!(
                    "not permitted to read {object}; grant {} with admin consent and get a new token",
                    self.permission()
                );
            }
            other => other.message(),
        };
        format!("{object} could not be read: {why}")
    }
}
