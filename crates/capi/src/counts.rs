//! How many users came to each outcome or verdict.

use graph_core::{Outcome, Verdict};

use crate::generated::events::graph_event;
use crate::guard::read;
use crate::strings::large;

/// Done: how many users of a run came to an outcome; 0 for a number that is none. Those of a verification come to verdicts: see
/// `graph_event_verdict_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_count(event: *const graph_event, outcome: i32) -> i64 {
    read(event, 0, |event| {
        Outcome::from_number(outcome).map_or(0, |outcome| large(event.summary.count(outcome)))
    })
}

/// Done: how many users of a verification came to a verdict; 0 for a number that is none, and of a run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verdict_count(event: *const graph_event, verdict: i32) -> i64 {
    read(event, 0, |event| {
        Verdict::from_number(verdict).map_or(0, |verdict| large(event.summary.count_verified(verdict)))
    })
}
