//! What is claimed of a run, and what was found of each claim.

use std::collections::BTreeMap;
use std::fmt;

use crate::tools::Result;

/// A claim that the model holds against the service's own record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// `accepted` only if the service answered 204 to a request for that user.
    Accepted,
    /// `confirmed` only if the service acted for that user, and before that was said.
    Confirmed,
    /// `failed` only if the service had not acted for that user.
    Failed,
    /// `unknown` only if some answer about that user was lost, unreadable or left it open.
    Unknown,
    /// Nobody is sent again after the record says that it is done, nor by a later run after the service acted.
    Once,
    /// Each request was written down before it left.
    WrittenAhead,
    /// Only devices were acted on that had been read before.
    Devices,
    /// Only the person was acted on who was meant.
    Person,
    /// The journal has one state for each user that was given, and for no other.
    States,
    /// Rows, journal and closing counts say the same.
    Rows,
    /// No approval code is lost, and each is used for its own user.
    Codes,
    /// In the end each user has come to what was to be expected.
    Settled,
    /// To resume a run that is done changes nothing.
    Quiet,
    /// Memory grows with the users no more than it must.
    Memory,
    /// The quota is used.
    Used,
    /// The quota is kept.
    Kept,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted only after a 204",
            Self::Confirmed => "confirmed only if applied",
            Self::Failed => "failed only if not applied",
            Self::Unknown => "unknown only where an answer left it open",
            Self::Once => "nobody is sent again who is done",
            Self::WrittenAhead => "each request is written down before it leaves",
            Self::Devices => "only devices that had been read",
            Self::Person => "only the person who was meant",
            Self::States => "one state for each user",
            Self::Rows => "rows, journal and counts agree",
            Self::Codes => "no approval code is lost",
            Self::Settled => "everybody settles as expected",
            Self::Quiet => "resuming a finished run changes nothing",
            Self::Memory => "memory grows no more than it must",
            Self::Used => "the quota is used",
            Self::Kept => "the quota is kept",
        })
    }
}

/// What was found of one claim.
#[derive(Clone, Debug, Default)]
struct Finding {
    examined: usize,
    violations: usize,
    first: Option<String>,
}

/// What was found of all claims.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict(BTreeMap<Claim, Finding>);

impl Verdict {
    /// Notes one thing that was looked at; the text tells what is wrong with it.
    pub(super) fn examine(&mut self, claim: Claim, wrong: Option<String>) {
        let finding = self.0.entry(claim).or_default();
        finding.examined += 1;
        if let Some(wrong) = wrong {
            finding.violations += 1;
            finding.first.get_or_insert(wrong);
        }
    }

    /// Notes one thing that must hold.
    pub(super) fn hold(&mut self, claim: Claim, holds: bool, wrong: impl FnOnce() -> String) {
        self.examine(claim, (!holds).then(wrong));
    }

    /// How the claim came out. A claim of which nothing was seen was not shown.
    pub(super) fn of(&self, claim: Claim) -> Result {
        match self.0.get(&claim) {
            None => Err("nothing of the kind happened, so nothing is shown".into()),
            Some(Finding {
                examined,
                violations,
                first: Some(first),
            }) => Err(format!("{violations} of {examined}, first: {first}").into()),
            Some(_) => Ok(()),
        }
    }

    /// Claims that were broken, whether or not anybody asked for them.
    pub(super) fn broken(&self) -> impl Iterator<Item = Claim> {
        self.0
            .iter()
            .filter(|(_, finding)| finding.violations > 0)
            .map(|(&claim, _)| claim)
    }
}
