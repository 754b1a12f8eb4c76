//! The exit codes. Codes are only added; a caller treats those that it does not know as failure.

use graph_devices::{Outcome, Reason, Verdict};

/// How the program ended, from the weakest to the strongest: of several, the strongest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing is left to do.
    #[default]
    Done,
    /// It waits for others.
    Waiting,
    /// At least one user is left for a person.
    Left,
    /// It could not work, or ended early.
    Unable,
    /// Wrong use; nothing was sent.
    Usage,
    /// Not confirmed; nothing was sent.
    NotConfirmed,
    /// Stopped by Ctrl-C or a hang-up.
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
    /// A bug.
    Bug,
}

impl Exit {
    /// Every exit code, by its number.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Left,
        Self::Usage,
        Self::Unable,
        Self::Waiting,
        Self::NotConfirmed,
        Self::Bug,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The exit code of the process.
    pub fn code(self) -> u8 {
        self.facts().0
    }

    /// What it means, in one sentence.
    pub fn meaning(self) -> &'static str {
        self.facts().1
    }

    /// Whether a signal stopped the program.
    pub(crate) fn is_stop(self) -> bool {
        matches!(self, Self::Interrupted | Self::Terminated)
    }

    /// The exit code for what became of one user.
    pub(crate) fn of_user(outcome: Outcome, reason: Reason) -> Self {
        match (outcome, reason) {
            (Outcome::Accepted | Outcome::Confirmed, _)
            | (
                Outcome::Skipped,
                Reason::DoneBefore
                | Reason::NothingListed
                | Reason::Excluded
                | Reason::Preview
                | Reason::Stopped,
            ) => Self::Done,
            (Outcome::AwaitingApproval, _) => Self::Waiting,
            _ => Self::Left,
        }
    }

    /// The exit code for the worst verdict over the devices of one user.
    pub(crate) fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Gone => Self::Done,
            Verdict::Pending => Self::Waiting,
            _ => Self::Left,
        }
    }

    fn facts(self) -> (u8, &'static str) {
        match self {
            Self::Done => (
                0,
                "nothing is left to do: every user is accepted, confirmed, done before, excluded or without devices; every device is gone; or the answer was printed",
            ),
            Self::Left => (
                1,
                "it came to its end, and at least one user is left for a person: failed, unknown, needs_consent, new_device, identity_changed, too_many_devices, needs_person, still_managed or cannot_tell",
            ),
            Self::Usage => (
                2,
                "wrong use: an option, list, column or journal was refused; nothing was sent",
            ),
            Self::Unable => (
                3,
                "it could not work, or ended early: token, tenant, permission, licence, connection, journal, disk, or a failed check",
            ),
            Self::Waiting => (
                4,
                "it waits for others: for an approval, or for devices that have not checked in; come back later",
            ),
            Self::NotConfirmed => (
                5,
                "not confirmed: the answer was no, there was no terminal to ask on, or more people than --yes allows; nothing was sent",
            ),
            Self::Bug => (70, "a bug in graph-devices; please report it"),
            Self::Interrupted => (
                130,
                "stopped by Ctrl-C or a hang-up; a run is recorded and can be resumed",
            ),
            Self::Terminated => (143, "stopped by SIGTERM; a run is recorded and can be resumed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_counts() {
        let by_strength = [70, 143, 130, 5, 2, 3, 1, 4, 0];
        let mut all = Exit::ALL;
        all.sort();
        all.reverse();
        assert_eq!(all.map(Exit::code), by_strength);
        assert_eq!(Exit::Waiting.max(Exit::Left), Exit::Left);
    }

    #[test]
    fn each_code_stands_once_and_in_order() {
        assert!(Exit::ALL.is_sorted_by_key(|exit| exit.code()));
    }
}
