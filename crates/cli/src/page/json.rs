//! A report as one JSON document.

use super::account::Account;

/// The whole report, with `version` first. Members are only added.
pub(crate) fn json(account: &Account) -> String {
    // Texts, numbers and lists of them can always be written.
    let mut text = serde_json::to_string(account).unwrap_or_default();
    text.push('\n');
    text
}
