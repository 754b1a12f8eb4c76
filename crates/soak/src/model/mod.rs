//! Computes which outcomes are allowed from the service's own record, the fault script and the list of kills alone, and compares
//! them with what the journal and the rows claim. It uses no code of the library, and does not believe the journal about what may
//! have been done: that comes from the [`Timeline`].
//!
//! A request of a dead run may land while the next one lives, after a look that showed that nothing was done. That look ended
//! the doubt, so the same devices may be ordered twice, and a request on its way may be carried out after a `failed`. Even then
//! no device may be ordered that had not been read.

mod attempts;
mod outcomes;
mod records;
#[cfg(test)]
mod tests;
mod timeline;

pub(super) use attempts::PAUSE_SECONDS;
pub(super) use timeline::{Settles, Timeline};

use super::claims::Verdict;
use super::evidence::Evidence;

/// Compares every claim with the evidence.
pub(super) fn judge(evidence: &Evidence) -> Verdict {
    let timeline = Timeline::new(evidence);
    let mut verdict = Verdict::default();
    outcomes::judge(evidence, &timeline, &mut verdict);
    attempts::judge(evidence, &timeline, &mut verdict);
    records::judge(evidence, &mut verdict);
    verdict
}
