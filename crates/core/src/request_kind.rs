//! The kinds of request: what counts as success, and which permission is needed.

/// The purpose of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// The action, for one user.
    Retire,
    /// The action for up to twenty users in one `$batch`.
    RetireBatch,
    /// The identity of a user.
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

    /// Whether an HTTP status means success. For the action that is 204 alone.
    pub(crate) fn is_success(self, http_status: u16) -> bool {
        http_status == if self == Self::Retire { 204 } else { 200 }
    }

    /// The permission that it needs
    /// (<https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>,
    /// <https://learn.microsoft.com/graph/api/user-get>,
    /// <https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>; for approvals as observed by others).
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
}
