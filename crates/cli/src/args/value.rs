//! Values of options.

use std::time::Duration;

use graph_devices::UserId;

/// `90s`, `5m`, `2h`. A number without a unit is refused: it would be seconds here and minutes elsewhere.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| "a duration has a unit: 90s, 5m, 2h".to_owned())
}

/// A GUID. The name of a domain would have to be looked up at another host.
pub(crate) fn tenant(text: &str) -> Result<String, String> {
    UserId::parse(text)
        .ok()
        .filter(UserId::is_object_id)
        .map(|_| text.to_owned())
        .ok_or_else(|| "a tenant is named by its GUID; graph-devices doctor shows it".to_owned())
}
