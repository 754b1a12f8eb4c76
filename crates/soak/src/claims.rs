//! What is claimed of a run, and what was found of each claim.

use std::collections::BTreeMap;
use std::fmt;

use crate::Result;

/// A claim that the model holds against the service's own record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// `accepted` only if a 204 to a request for that user reached the run.
    Accepted,
    /// `confirmed` only if the service had acted, a look showed it, and no answer said so.
    Confirmed,
    /// `failed` only if each attempt since the last look that settled it was refused in the service's own words.
    Failed,
    /// `unknown` only if some attempt since then may have been carried out.
    Unknown,
    /// `skipped` only with nothing left open, and for the reason there is.
    Skipped,
    /// `awaiting_approval` only under the code of that person's own request.
    Awaiting,
    /// `effect` is what the attempts come to.
    Effect,
    /// No user is sent again after the record says that it is done, nor by a later life that could see that it was.
    Once,
    /// No user in doubt is sent again without a look.
    Looked,
    /// After a 429 no user is sent before its time.
    Waits,
    /// Each request was written down before it left.
    WrittenAhead,
    /// Only devices were acted on that had been read before the request was written down.
    Devices,
    /// Only the intended person was acted on.
    Person,
    /// The journal has one state for each user that was given, and for no other.
    States,
    /// Rows, journal and closing counts say the same.
    Rows,
    /// No approval code is lost, and each is used for its own user.
    Codes,
    /// In the end each user has come to what was to be expected.
    Settled,
    /// Nothing new was retired: no device of a user who took a name over, none that was enrolled later.
    Untouched,
    /// The faults struck as often as they were to.
    Struck,
    /// The kills fell into every phase of a run, from its beginning to its end.
    Spread,
    /// People were in doubt over three lives and more.
    Doubted,
    /// To resume a run that is done changes nothing.
    Quiet,
    /// Memory grows with the users no more than it must.
    Memory,
    /// The quota is used.
    Used,
    /// The quota is kept.
    Kept,
}

/// What every part must show beside its own claims.
pub(super) const OF_EVERY_PART: [Claim; 8] = [
    Claim::Accepted,
    Claim::Once,
    Claim::WrittenAhead,
    Claim::Devices,
    Claim::Person,
    Claim::States,
    Claim::Rows,
    Claim::Settled,
];

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted only after a 204",
            Self::Confirmed => "confirmed only if a look shows it",
            Self::Failed => "failed only if refused each time",
            Self::Unknown => "unknown only where an attempt left it open",
            Self::Skipped => "skipped only with nothing open and for the reason there is",
            Self::Awaiting => "awaiting approval only under a code of one's own",
            Self::Effect => "the effect is that of all attempts",
            Self::Looked => "no user in doubt is sent again without a look",
            Self::Waits => "after a 429 no user is sent before its time",
            Self::Untouched => "none of the new ones retired",
            Self::Struck => "each fault struck as often as it was to",
            Self::Spread => "the kills fell into every phase",
            Self::Doubted => "people were in doubt over three lives",
            Self::Once => "no user is sent again who is done",
            Self::WrittenAhead => "each request is written down before it leaves",
            Self::Devices => "only devices that had been read",
            Self::Person => "only the intended person",
            Self::States => "one state for each user",
            Self::Rows => "rows, journal and counts agree",
            Self::Codes => "no approval code is lost",
            Self::Settled => "each user settles as expected",
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
    /// Notes one thing that was looked at; the text says what is wrong with it.
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

    /// Takes over what was found elsewhere.
    pub(super) fn merge(&mut self, other: Self) {
        for (claim, finding) in other.0 {
            let own = self.0.entry(claim).or_default();
            own.examined += finding.examined;
            own.violations += finding.violations;
            own.first = own.first.take().or(finding.first);
        }
    }

    /// Claims of which something was seen.
    pub(super) fn examined(&self) -> impl Iterator<Item = Claim> {
        self.0.keys().copied()
    }

    /// Claims that were broken, whether or not a part must show them.
    pub(super) fn broken(&self) -> impl Iterator<Item = Claim> {
        self.0
            .iter()
            .filter(|(_, finding)| finding.violations > 0)
            .map(|(&claim, _)| claim)
    }
}
