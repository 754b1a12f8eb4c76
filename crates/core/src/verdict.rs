//! What a later look finds of a device.

use std::fmt;

/// What became of a device after its user was accepted, from best to worst. The same number and name in every language;
/// both are only ever added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Verdict {
    /// The service lists it no longer: it has retired, or somebody deleted it.
    Gone = 0,
    /// The order is given and the device has not checked in since.
    Pending = 1,
    /// Managed as before.
    StillManaged = 2,
    /// The retire failed, was cancelled, or is not supported by the device.
    NeedsPerson = 3,
    /// It could not be read, or its state says nothing.
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

    /// The name in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Pending => "pending",
            Self::StillManaged => "still_managed",
            Self::NeedsPerson => "needs_person",
            Self::CannotTell => "cannot_tell",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What became of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedDevice {
    /// The id in Intune.
    pub id: String,
    /// Its name when it was seen first.
    pub name: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
    /// `managementState` as the service wrote it.
    pub state: Option<String>,
    /// Since when the retire is under way, as the service wrote it.
    pub since: Option<String>,
    /// What else the service said.
    pub detail: Option<String>,
}
