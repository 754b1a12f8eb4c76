//! The time as journal and emulator write it.

use std::time::{SystemTime, UNIX_EPOCH};

/// RFC 3339 in UTC with milliseconds: the order of the texts is that of the times.
pub(super) fn now() -> String {
    text(SystemTime::now())
}

fn text(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, ms) = (since.as_secs(), since.subsec_millis());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>, for days after 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

/// Milliseconds of the day, for short differences.
pub(super) fn ms_of_day(time: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| time.get(range)?.parse::<u64>().ok();
    let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    Some(seconds * 1000 + number(20..23)?)
}

/// How many milliseconds `later` is after `earlier`, also across midnight.
pub(super) fn ms_between(earlier: &str, later: &str) -> Option<u64> {
    const DAY: u64 = 86_400_000;
    Some((ms_of_day(later)? + DAY - ms_of_day(earlier)?) % DAY)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_written_as_in_a_journal() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (1_782_000_000_001, "2026-06-21T00:00:00.001Z"),
            (1_798_761_599_999, "2026-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(text(UNIX_EPOCH + Duration::from_millis(ms)), expected);
        }
    }

    #[test]
    fn a_day_may_end_in_between() {
        let between = ms_between("2026-06-21T23:59:59.900Z", "2026-06-22T00:00:01.000Z");
        assert_eq!(between, Some(1100));
    }
}
