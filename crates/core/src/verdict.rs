//! What a verification finds of a device.

use std::fmt;

/// What a verification found of a device or a user, from best to worst. The same number and name in every language; new
/// ones are only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Verdict {
    /// The service no longer lists the device: it has retired, or its record was deleted.
    Gone = 0,
    /// The retire is ordered, and the device has not checked in since.
    Pending = 1,
    /// The device is managed as before.
    StillManaged = 2,
    /// The retire failed, was cancelled, or is not supported by the device, so a person has to handle it.
    NeedsPerson = 3,
    /// The device could not be read, or its state does not show it.
    CannotTell = 4,
}

impl Verdict {
    /// Every verdict, in the order of its number.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    /// How many verdicts there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    const ALL: [Self; 5] = [
        Self::Gone,
        Self::Pending,
        Self::StillManaged,
        Self::NeedsPerson,
        Self::CannotTell,
    ];

    /// The verdict of a number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index))
            .copied()
    }

    /// The verdict over a user: the worst of the devices. Without devices, nothing can be said.
    pub(crate) fn worst(devices: &[VerifiedDevice]) -> Self {
        let verdicts = devices.iter().map(|device| device.verdict);
        verdicts.max().unwrap_or(Self::CannotTell)
    }

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
            Self::Gone => (
                "gone",
                "the service no longer lists the device: it has retired, or its record was deleted; nothing is left to do",
            ),
            Self::Pending => (
                "pending",
                "the retire is ordered, and the device has not checked in since; verify again later, or have the device switched on and online",
            ),
            Self::StillManaged => (
                "still_managed",
                "the device is managed as before; verify again, and if it stays so, look at the device in the Intune admin center",
            ),
            Self::NeedsPerson => (
                "needs_person",
                "the retire failed, was cancelled, or is not supported by the device; retire, wipe or delete the device in the Intune admin center",
            ),
            Self::CannotTell => (
                "cannot_tell",
                "the device could not be read, or its state does not show it; verify again, and if it stays so, look at the device in the Intune admin center",
            ),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The verdict over one device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedDevice {
    /// The id in Intune.
    pub id: String,
    /// Its name when it was first read.
    pub name: Option<String>,
    /// The verdict over the device.
    pub verdict: Verdict,
    /// `managementState` as the service wrote it.
    pub state: Option<String>,
    /// The time at which the retire began, as the service wrote it.
    pub since: Option<String>,
    /// More about the verdict, in words.
    pub detail: Option<String>,
}
