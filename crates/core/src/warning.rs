//! Warnings about retiring a device: codes, severities and messages.

use std::fmt;

use crate::error::{Error, Result};

/// The severity of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Severity {
    /// For information.
    Info = 0,
    /// The result is probably not the expected one, but harmless.
    Caution = 1,
    /// A person may lose access or data: nothing is sent unless the warning is accepted by name.
    Blocking = 2,
}

impl Severity {
    /// Every severity, in the order of its number.
    pub fn all() -> &'static [Self] {
        &[Self::Info, Self::Caution, Self::Blocking]
    }

    /// The name in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Caution => "caution",
            Self::Blocking => "blocking",
        }
    }
}

/// A warning about a device, or about all devices of a user together, to be read before the devices are retired.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// Which warning it is.
    pub code: WarningCode,
    /// Its severity. With a blocking warning nothing is sent unless it is accepted by name.
    pub severity: Severity,
    /// What it means for the user and what to do first, in one sentence.
    pub message: String,
}

impl From<WarningCode> for Warning {
    fn from(code: WarningCode) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: code.message().to_owned(),
        }
    }
}

/// Which warning it is. The same number and name in every language; new ones are only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum WarningCode {
    /// A Windows device that is, or may be, joined to Entra ID
    /// (<https://learn.microsoft.com/intune/intune-service/remote-actions/device-retire>).
    EntraJoinedWindows = 1,
    /// A platform for which Microsoft does not describe retire: all except Windows, macOS, iOS, iPadOS and Android with a
    /// personally owned work profile or device administrator
    /// (<https://learn.microsoft.com/intune/intune-service/remote-actions/device-retire>).
    PlatformWithoutRetire = 2,
    /// The device has not checked in for 30 days.
    StaleSync = 3,
    /// The certificate with which the device checks in has expired
    /// (<https://learn.microsoft.com/troubleshoot/mem/intune/device-management/troubleshoot-device-actions>).
    CertificateExpired = 4,
    /// A retire, wipe or deletion is under way.
    AlreadyPending = 5,
    /// Enrolled within the last 24 hours.
    EnrolledToday = 6,
    /// Listed by Intune, but managed elsewhere
    /// (<https://learn.microsoft.com/graph/api/resources/intune-devices-managementagenttype>).
    ManagedElsewhere = 7,
    /// Enrolled in a way that is meant for shared devices
    /// (<https://learn.microsoft.com/graph/api/resources/intune-devices-deviceenrollmenttype>).
    SharedDevice = 8,
    /// About the user: there are more devices than expected.
    ManyDevices = 9,
    /// About the user: the devices belong to several users, as in a list of the whole tenant
    /// (<https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3125>).
    SeveralUsers = 10,
    /// About the user: a device belongs to another user than the one requested.
    AnotherUser = 11,
}

impl WarningCode {
    /// Every code, in the order of its number.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    const ALL: [Self; 11] = [
        Self::EntraJoinedWindows,
        Self::PlatformWithoutRetire,
        Self::StaleSync,
        Self::CertificateExpired,
        Self::AlreadyPending,
        Self::EnrolledToday,
        Self::ManagedElsewhere,
        Self::SharedDevice,
        Self::ManyDevices,
        Self::SeveralUsers,
        Self::AnotherUser,
    ];

    /// The code of a name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The code of a name that a caller gave. The error lists all names.
    pub fn parse(name: &str) -> Result<Self> {
        Self::from_name(name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|code| code.name()).collect();
            Error::invalid_argument(format!(
                "there is no warning {name:?}; there are {}",
                known.join(", ")
            ))
        })
    }

    /// The code of a number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// The number in the C API and in every language.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The name in every language, such as `entra_joined_windows`.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// The severity of the code.
    pub fn severity(self) -> Severity {
        self.facts().1
    }

    /// What it means for the user and what to do first.
    pub fn message(self) -> &'static str {
        self.facts().2
    }

    /// Whether the warning can be accepted by name. It cannot if the list of devices itself is wrong.
    pub(crate) fn is_acceptable(self) -> bool {
        self != Self::SeveralUsers
    }

    /// Whether it keeps a user from being sent, given the accepted codes.
    pub(crate) fn blocks(self, accepted: &[Self]) -> bool {
        self.severity() == Severity::Blocking && !(self.is_acceptable() && accepted.contains(&self))
    }

    fn facts(self) -> (&'static str, Severity, &'static str) {
        match self {
            Self::EntraJoinedWindows => (
                "entra_joined_windows",
                Severity::Blocking,
                "retire unjoins this PC from Entra ID, so no work account can sign in afterwards, and suspends BitLocker without its key protectors; back up the recovery key and have a local administrator's password at hand first",
            ),
            Self::PlatformWithoutRetire => (
                "platform_without_retire",
                Severity::Blocking,
                "retire is not described for this platform, so the device may be ignored or factory-reset; have its data saved first, or remove it from the user's devices",
            ),
            Self::StaleSync => (
                "stale_sync",
                Severity::Caution,
                "the device has not checked in for 30 days and retires only once it does; have it switched on and online, or expect it to stay pending",
            ),
            Self::CertificateExpired => (
                "certificate_expired",
                Severity::Caution,
                "the device's management certificate has expired, so it cannot check in and never retires; take company data off it by hand and delete its record",
            ),
            Self::AlreadyPending => (
                "already_pending",
                Severity::Info,
                "a retire, wipe or deletion is under way already, so this retire has no further effect; wait for it to end",
            ),
            Self::EnrolledToday => (
                "enrolled_today",
                Severity::Blocking,
                "the device was enrolled within the last 24 hours and is probably a wanted replacement; ask the person before it is retired with the others",
            ),
            Self::ManagedElsewhere => (
                "managed_elsewhere",
                Severity::Caution,
                "the device is listed but managed elsewhere (mail, Defender, Jamf or Configuration Manager), so retire may have no effect; remove it there",
            ),
            Self::SharedDevice => (
                "shared_device",
                Severity::Blocking,
                "the device was enrolled in a way that is meant for shared devices and may serve other people; make sure first that no other person needs it",
            ),
            Self::ManyDevices => (
                "many_devices",
                Severity::Caution,
                "the user has more devices than expected; make sure that the account belongs to one person and that all devices are that person's",
            ),
            Self::SeveralUsers => (
                "several_users",
                Severity::Blocking,
                "the listed devices belong to several users, so the list is wrong and nothing is sent; check the user id, and read the devices again",
            ),
            Self::AnotherUser => (
                "another_user",
                Severity::Blocking,
                "the record of a listed device names another user; find out who uses the device before it is retired",
            ),
        }
    }
}

impl fmt::Display for WarningCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_by_name_and_number() {
        for (at, code) in WarningCode::all().iter().enumerate() {
            assert_eq!(i32::try_from(at), Ok(code.number() - 1), "{code}");
            assert_eq!(WarningCode::from_name(code.name()), Some(*code));
            assert_eq!(WarningCode::from_number(code.number()), Some(*code));
            assert_eq!(code.to_string(), code.name());
        }
        for name in ["", "none", "ENTRA_JOINED_WINDOWS", "entra_joined_windows "] {
            assert_eq!(WarningCode::from_name(name), None);
        }
        for number in [0, -1, 12, i32::MAX] {
            assert_eq!(WarningCode::from_number(number), None);
        }
    }

    #[test]
    fn a_message_is_one_plain_sentence_that_says_what_to_do() {
        for code in WarningCode::all() {
            let message = code.message();
            assert!(message.starts_with(char::is_lowercase), "{message}");
            assert!(
                !message.contains(char::is_control) && !message.ends_with('.'),
                "{message}"
            );
            assert!(message.contains("; ") || message.contains(", "), "{message}");
            assert_eq!(Warning::from(*code).message, message);
        }
    }

    #[test]
    fn only_what_is_blocking_and_not_accepted_blocks() {
        for code in WarningCode::all() {
            let blocking = code.severity() == Severity::Blocking;
            assert_eq!(code.blocks(&[]), blocking, "{code}");
            assert_eq!(code.blocks(&[*code]), blocking && !code.is_acceptable(), "{code}");
            let others: Vec<_> = WarningCode::all()
                .iter()
                .copied()
                .filter(|other| other != code)
                .collect();
            assert_eq!(code.blocks(&others), blocking, "{code}");
        }
        assert!(WarningCode::SeveralUsers.blocks(WarningCode::all()));
        assert!(Severity::Blocking > Severity::Caution && Severity::Caution > Severity::Info);
    }
}
