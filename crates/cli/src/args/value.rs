//! Values of options.

use std::time::Duration;

/// `90s`, `5m`, `2h`. A number without a unit is refused: it would be seconds here and minutes elsewhere.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| "a duration has a unit: 90s, 5m, 2h".to_owned())
}
