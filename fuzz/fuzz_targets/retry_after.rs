//! `Retry-After` never panics, never overflows, and never asks for longer because time went by.
#![no_main]

use std::time::{Duration, SystemTime};

use graph_core::fuzzing::retry_after;
use libfuzzer_sys::fuzz_target;

const LONGEST: Duration = Duration::from_secs(1_000_000_000);
const END_OF_9999: Duration = Duration::from_hours(70_389_528);

fuzz_target!(|text: &str| {
    let early = SystemTime::UNIX_EPOCH;
    let late = early + Duration::from_secs(784_111_777);
    let (first, second) = (retry_after(text, early), retry_after(text, late));
    assert_eq!(first.is_some(), second.is_some());
    let (Some(first), Some(second)) = (first, second) else {
        return;
    };
    assert!(second <= first);
    if first == second {
        assert!(first <= LONGEST);
    } else {
        assert!(first < END_OF_9999, "a date of five digits");
    }
    if let Ok(seconds) = text.parse::<u32>() {
        assert_eq!(first, Duration::from_secs(seconds.into()).min(LONGEST));
    }
    let doubled = retry_after(&format!("{text},{text}"), early);
    assert!(
        doubled.is_none_or(|doubled| doubled == first),
        "the longest of a list"
    );
});
