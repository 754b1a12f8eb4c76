//! Times as Graph writes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `2024-05-06T07:08:09`, UTC without a zone, the form inside `innerError`.
pub(crate) fn inner_error_date() -> String {
    iso(SystemTime::now())
}

/// `2024-05-06T07:08:09Z`.
pub(crate) fn zulu(time: SystemTime) -> String {
    iso(time) + "Z"
}

/// `2024-05-06T07:08:09.123Z`.
pub(crate) fn zulu_ms(time: SystemTime) -> String {
    let ms = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .subsec_millis();
    format!("{}.{ms:03}Z", iso(time))
}

/// [`zulu`] some days before.
pub(crate) fn days_before(time: SystemTime, days: u64) -> String {
    let then = time.checked_sub(Duration::from_secs(days * 86_400));
    zulu(then.unwrap_or(UNIX_EPOCH))
}

/// [`zulu`] some days after.
pub(crate) fn days_after(time: SystemTime, days: u64) -> String {
    zulu(time + Duration::from_secs(days * 86_400))
}

fn iso(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (year, month, day) = civil(seconds / 86_400);
    let second_of_day = seconds % 86_400;
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// The Gregorian date of a day counted from 1970-01-01, by 400-year eras that start on 1 March.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_across_leap_years_are_right() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_709_251_200, "2024-03-01T00:00:00"),
            (4_107_542_400, "2100-03-01T00:00:00"),
        ] {
            assert_eq!(iso(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
