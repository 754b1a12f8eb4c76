//! What an event says that no single field does.

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

/// Row: the status: that of its error, `GRAPH_STATUS_OK` of a user that was accepted or confirmed, `GRAPH_STATUS_CANCELLED` of one
/// that the run ended before. -1 of one that was skipped for another reason, and for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_status(event: *const graph_event) -> i32 {
    read(event, -1, |event| event.status)
}

/// Row: whether the action can have been applied to a user that was not accepted, by this run or an earlier one of its journal:
/// `GRAPH_EFFECT_NONE` or `GRAPH_EFFECT_POSSIBLE`. -1 of one that was accepted or confirmed, and for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_effect(event: *const graph_event) -> i32 {
    read(event, -1, |event| event.effect)
}
