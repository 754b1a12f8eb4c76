//! Which outcomes are allowed, computed from the service's own record, the fault script and the list of kills alone, and held
//! against what the journal and the rows claim. No code of the library has a say in it, and no word of the journal on what
//! may have been done: that comes from the [`Timeline`].
//!
//! A request of a dead run may land while the next one lives, after a look that showed that nothing was done. That look ended
//! the doubt, so the same devices may be ordered twice, and a `failed` may be overtaken by what was on its way. No device that
//! had not been read may be ordered even so.

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

/// Holds every claim against the evidence.
pub(super) fn judge(evidence: &Evidence) -> Verdict {
    let timeline = Timeline::new(evidence);
    let mut verdict = Verdict::default();
    outcomes::judge(evidence, &timeline, &mut verdict);
    attempts::judge(evidence, &timeline, &mut verdict);
    records::judge(evidence, &mut verdict);
    verdict
}
