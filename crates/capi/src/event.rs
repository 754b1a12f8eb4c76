//! Values of an event that core computes from several fields.

use graph_core::{Outcome, Verdict};

use crate::generated::events::graph_event;
use crate::guard::get;
use crate::strings::large;

/// Done: how many users of a run have an outcome. 0 for an unknown number and for a verification, which has verdicts: see
/// `graph_event_verdict_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_count(event: *const graph_event, outcome: i32) -> i64 {
    get(event, 0, |event| {
        Outcome::from_number(outcome).map_or(0, |outcome| large(event.summary.count(outcome)))
    })
}

/// Done: how many users of a verification have a verdict. 0 for an unknown number and for a run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verdict_count(event: *const graph_event, verdict: i32) -> i64 {
    get(event, 0, |event| {
        Verdict::from_number(verdict).map_or(0, |verdict| large(event.summary.count_verified(verdict)))
    })
}

/// Result: the status of its error, `GRAPH_STATUS_OK` if the user was accepted or confirmed, or `GRAPH_STATUS_CANCELLED` if
/// the run ended before the user. -1 if the user was skipped for another reason, and for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_status(event: *const graph_event) -> i32 {
    get(event, -1, |event| event.status)
}

/// Result: whether the action may have been applied to a user that was not accepted, by this run or an earlier run of its
/// journal: `GRAPH_EFFECT_NONE` or `GRAPH_EFFECT_POSSIBLE`. -1 if the user was accepted or confirmed, and for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_effect(event: *const graph_event) -> i32 {
    get(event, -1, |event| event.effect)
}
