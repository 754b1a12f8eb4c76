//! Parses `Retry-After` in every form that has been seen: seconds, decimals, lists, dates, garbage.

use std::time::{Duration, SystemTime};

/// Longer than any call waits; prevents overflow.
const LONGEST: f64 = 1e9;

/// Parses a `Retry-After` value. Of a list (`30,120`) the longest counts. Decimals are rounded up to the millisecond. A
/// negative number or a date in the past is zero. A value that cannot be read is `None`, and the backoff decides the wait.
pub(crate) fn parse(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(date.duration_since(now).unwrap_or_default());
    }
    text.split(',').filter_map(|part| seconds(part.trim())).max()
}

fn seconds(text: &str) -> Option<Duration> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".-+".contains(&byte));
    let number: f64 = text.parse().ok().filter(|_| plain)?;
    let millis = (number.clamp(0.0, LONGEST) * 1000.0).ceil();
    Duration::try_from_secs_f64(millis / 1000.0).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |text| parse(text, now).map(|wait| wait.as_millis());
        assert_eq!(read("0"), Some(0));
        assert_eq!(read(" 12 "), Some(12_000));
        assert_eq!(read("0.249"), Some(249));
        assert_eq!(read("0.0001"), Some(1));
        assert_eq!(read("30,120"), Some(120_000));
        assert_eq!(read("5, 5"), Some(5_000));
        assert_eq!(read("x,7"), Some(7_000));
        assert_eq!(read("-3"), Some(0));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10_000));
        assert_eq!(read("Sunday, 06-Nov-94 08:49:47 GMT"), Some(10_000));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(read("99999999999999999999999"), Some(1_000_000_000_000));
        for garbage in [
            "", ",", "soon", "1e5", "inf", "nan", "0x10", "1.2.3", "--1", "\u{661}",
        ] {
            assert_eq!(read(garbage), None, "{garbage:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*|[0-9.,+-]{0,30}") {
            let _ = parse(&text, SystemTime::UNIX_EPOCH);
        }

        #[test]
        fn whole_seconds_are_themselves(n in 0_u32..100_000_000) {
            prop_assert_eq!(parse(&n.to_string(), SystemTime::UNIX_EPOCH), Some(Duration::from_secs(n.into())));
        }
    }
}
