//! What ticks and verifications have: how far a run is, and what became of devices.

use std::ptr;

use graph_core::{Tick, Verdict};

use crate::event::graph_event;
use crate::guard::read;
use crate::strings::{element, large, length, milliseconds};
use crate::verified::graph_verified_device;

fn tick<T: Copy>(event: *const graph_event, absent: T, get: impl FnOnce(&Tick) -> T) -> T {
    read(event, absent, |event| event.tick.as_ref().map_or(absent, get))
}

/// Tick: how many users came to an outcome or, in a verification, to a verdict; else -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_tick_done(event: *const graph_event) -> i64 {
    tick(event, -1, |tick| large(tick.done))
}

/// Tick: how many users were given so far, those given again left out as far as it is known; else -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_tick_given(event: *const graph_event) -> i64 {
    tick(event, -1, |tick| large(tick.given))
}

/// Tick: how many users an hour, over the whole time since the run began; else -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_tick_per_hour(event: *const graph_event) -> i64 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a cast to i64 keeps to its limits"
    )]
    tick(event, -1, |tick| (tick.rate * 3600.0).round() as i64)
}

/// Tick: how long it will still take at that rate, in milliseconds; -1 until the users have ended and the first is done.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_tick_remaining_ms(event: *const graph_event) -> i64 {
    tick(event, -1, |tick| milliseconds(tick.remaining))
}

/// Verified: the worst of the devices; `GRAPH_VERDICT_CANNOT_TELL` if none was recorded, and of what is not verified.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verdict(event: *const graph_event) -> Verdict {
    read(event, Verdict::CannotTell, |event| event.verdict)
}

/// Done: how many users of a verification came to a verdict; 0 for a number that is none, and of a run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verdict_count(event: *const graph_event, verdict: i32) -> i64 {
    read(event, 0, |event| {
        Verdict::from_number(verdict).map_or(0, |verdict| large(event.summary.count_verified(verdict)))
    })
}

/// Verified: how many devices there are; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verified_count(event: *const graph_event) -> i32 {
    read(event, 0, |event| length(&event.verified))
}

/// Verified: a device by its index, which belongs to the event; NULL for an index that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verified_device(
    event: *const graph_event,
    index: i32,
) -> *const graph_verified_device {
    read(event, ptr::null(), |event| element(&event.verified, index))
}
