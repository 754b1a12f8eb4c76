//! The form of what a runner prints: every public field, in any language, and which of them had a value.

use std::collections::BTreeSet;

use serde_json::Value;

use super::table::Call;

/// Every field of an error, in every language.
pub(crate) const ERROR: [&str; 15] = [
    "status",
    "status_number",
    "message",
    "http_status",
    "code",
    "inner_code",
    "service_message",
    "request_id",
    "client_request_id",
    "activity_id",
    "retry_after_ms",
    "approval_code",
    "claims",
    "attempts",
    "effect",
];

/// Every field of a receipt, in every language.
pub(crate) const RECEIPT: [&str; 7] = [
    "user",
    "request_id",
    "client_request_id",
    "date",
    "attempts",
    "elapsed_ms",
    "custom_endpoint",
];

/// Every field of a device, in every language.
const DEVICE: [&str; 25] = [
    "id",
    "name",
    "managed_name",
    "operating_system",
    "os_version",
    "serial_number",
    "model",
    "manufacturer",
    "owner_type",
    "state",
    "management_agent",
    "enrollment_type",
    "registration_state",
    "compliance_state",
    "is_encrypted",
    "is_supervised",
    "enrolled",
    "last_sync",
    "certificate_expires",
    "entra_device_id",
    "entra_registered",
    "user_id",
    "user_principal_name",
    "email_address",
    "warnings",
];

const WARNING: [&str; 3] = ["code", "severity", "message"];
const RUN: [&str; 6] = [
    "rows",
    "counts",
    "ended_by",
    "duplicates",
    "message",
    "custom_endpoint",
];
const RUN_ROW: [&str; 9] = [
    "user", "id", "outcome", "reason", "detail", "receipt", "error", "devices", "warnings",
];
const VERIFY: [&str; 5] = ["verified", "verdicts", "ended_by", "message", "custom_endpoint"];
const VERIFIED: [&str; 4] = ["user", "id", "verdict", "devices"];
const VERIFIED_DEVICE: [&str; 6] = ["id", "name", "verdict", "state", "since", "detail"];
const OUTCOMES: [&str; 6] = [
    "accepted",
    "confirmed",
    "awaiting_approval",
    "failed",
    "unknown",
    "skipped",
];
const VERDICTS: [&str; 5] = ["gone", "pending", "still_managed", "needs_person", "cannot_tell"];

/// The status names by their numbers. Append-only: a published number never changes its meaning.
const STATUS: [&str; 18] = [
    "ok",
    "invalid_argument",
    "unauthenticated",
    "permission_denied",
    "not_licensed",
    "user_not_found",
    "justification_required",
    "approval_pending",
    "throttled",
    "service_unavailable",
    "rejected",
    "connection_failed",
    "timeout",
    "interrupted",
    "unexpected_response",
    "cancelled",
    "journal",
    "internal",
];

/// What is wrong with the form of an output: a member missing or extra, a name that does not fit its number.
pub(crate) fn malformed(call: Call, output: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    match call {
        Call::TwoArgument => {
            members(
                "output",
                output,
                &["status", "status_number", "message"],
                &mut wrong,
            );
            status("output", output, &mut wrong);
        }
        Call::Client => answer("", output, &mut wrong),
        // It could not begin.
        Call::Run | Call::Verify if !output["error"].is_null() => answer("", output, &mut wrong),
        Call::Run => {
            members("output", output, &RUN, &mut wrong);
            members("counts", &output["counts"], &OUTCOMES, &mut wrong);
            each("rows", output, &mut |place, row| {
                members(place, row, &RUN_ROW, &mut wrong);
                answer(place, row, &mut wrong);
                devices(row, &mut wrong);
            });
        }
        Call::Devices => {
            members("output", output, &["devices", "warnings", "error"], &mut wrong);
            answer("", output, &mut wrong);
            devices(output, &mut wrong);
        }
        Call::Verify => {
            members("output", output, &VERIFY, &mut wrong);
            members("verdicts", &output["verdicts"], &VERDICTS, &mut wrong);
            each("verified", output, &mut |place, user| {
                members(place, user, &VERIFIED, &mut wrong);
                each("devices", user, &mut |place, device| {
                    members(place, device, &VERIFIED_DEVICE, &mut wrong);
                });
            });
        }
    }
    wrong
}

/// The members of a list, each with its place.
fn each(name: &str, holder: &Value, look: &mut dyn FnMut(&str, &Value)) {
    for (number, member) in holder[name].as_array().into_iter().flatten().enumerate() {
        look(&format!("{name}[{number}]"), member);
    }
}

fn devices(holder: &Value, wrong: &mut Vec<String>) {
    each("warnings", holder, &mut |place, warning| {
        members(place, warning, &WARNING, wrong);
    });
    each("devices", holder, &mut |place, device| {
        members(place, device, &DEVICE, wrong);
        each("warnings", device, &mut |place, warning| {
            members(place, warning, &WARNING, wrong);
        });
    });
}

fn answer(place: &str, holder: &Value, wrong: &mut Vec<String>) {
    let (receipt, error) = (&holder["receipt"], &holder["error"]);
    if !receipt.is_null() {
        members(&format!("{place} receipt"), receipt, &RECEIPT, wrong);
    }
    if !error.is_null() {
        members(&format!("{place} error"), error, &ERROR, wrong);
        status(&format!("{place} error"), error, wrong);
    }
}

fn members(place: &str, value: &Value, names: &[&str], wrong: &mut Vec<String>) {
    let Some(found) = value.as_object() else {
        wrong.push(format!("{place}: an object was to come, not {value}"));
        return;
    };
    wrong.extend(
        names
            .iter()
            .filter(|name| !found.contains_key(**name))
            .map(|name| format!("{place}: no `{name}`")),
    );
    wrong.extend(
        found
            .keys()
            .filter(|name| !names.contains(&name.as_str()))
            .map(|name| format!("{place}: what is `{name}`?")),
    );
}

fn status(place: &str, value: &Value, wrong: &mut Vec<String>) {
    let number = value["status_number"]
        .as_u64()
        .and_then(|number| usize::try_from(number).ok());
    let name = number.and_then(|number| STATUS.get(number));
    if name.is_none() || name.copied() != value["status"].as_str() {
        wrong.push(format!(
            "{place}: {} is not the name of status {}",
            value["status"], value["status_number"]
        ));
    }
}

/// The fields that have a value in this output, as `error.code` or `device.model`.
pub(crate) fn fields_seen(call: Call, output: &Value, seen: &mut BTreeSet<String>) {
    let mut note = |kind: &str, holder: &Value| {
        let members = holder.as_object().into_iter().flatten();
        seen.extend(
            members
                .filter(|(_, value)| !value.is_null())
                .map(|(name, _)| format!("{kind}.{name}")),
        );
    };
    note(call.word(), output);
    let rows = output["rows"].as_array().into_iter().flatten();
    for holder in std::iter::once(output).chain(rows) {
        note("error", &holder["error"]);
        note("receipt", &holder["receipt"]);
        each("warnings", holder, &mut |_, warning| note("warning", warning));
        each("devices", holder, &mut |_, device| {
            note("device", device);
            each("warnings", device, &mut |_, warning| note("warning", warning));
        });
    }
    each("rows", output, &mut |_, row| note("row", row));
    each("verified", output, &mut |_, user| {
        note("user", user);
        each("devices", user, &mut |_, device| note("verified", device));
    });
}

/// The fields that no row of a language has shown, of the calls that it can make.
pub(crate) fn fields_unseen(calls: &[Call], seen: &BTreeSet<String>) -> Vec<String> {
    let every: &[(Call, &str, &[&str])] = &[
        (Call::Client, "error", &ERROR),
        (Call::Client, "receipt", &RECEIPT),
        (Call::Devices, "device", &DEVICE),
        (Call::Devices, "warning", &WARNING),
        (Call::Run, "run", &RUN),
        (Call::Run, "row", &RUN_ROW),
        (Call::Verify, "verify", &VERIFY),
        (Call::Verify, "user", &VERIFIED),
        (Call::Verify, "verified", &VERIFIED_DEVICE),
    ];
    every
        .iter()
        .filter(|(call, ..)| calls.contains(call))
        .flat_map(|(_, kind, names)| names.iter().map(move |name| format!("{kind}.{name}")))
        .filter(|field| !seen.contains(field))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::{Call, fields_seen, fields_unseen, malformed};

    #[test]
    fn a_missing_member_and_a_wrong_number_are_found() {
        let good = json!({"status": "timeout", "status_number": 12, "message": "m"});
        assert_eq!(malformed(Call::TwoArgument, &good), Vec::<String>::new());
        let bad = json!({"status": "timeout", "status_number": 13});
        assert_eq!(malformed(Call::TwoArgument, &bad).len(), 2);
        let extra = json!({"receipt": {"user": "u"}, "error": null});
        assert_eq!(malformed(Call::Client, &extra).len(), 6);
    }

    #[test]
    fn a_device_and_a_row_are_compared_with_their_fields() {
        let row = json!({"user": "u", "devices": [{"id": "d", "warnings": [{"code": "c"}]}]});
        let output = json!({"rows": [row], "counts": {}, "ended_by": null});
        let wrong = malformed(Call::Run, &output).join("\n");
        for part in [
            "output: no `duplicates`",
            "rows[0]: no `detail`",
            "devices[0]: no `state`",
            "warnings[0]: no `severity`",
        ] {
            assert!(wrong.contains(part), "{part}");
        }
        let refused = json!({"error": {"status": "journal", "status_number": 16}});
        let wrong = malformed(Call::Verify, &refused).join("\n");
        assert!(
            wrong.contains("error: no `message`") && !wrong.contains("verified"),
            "{wrong}"
        );
    }

    #[test]
    fn a_field_without_a_value_in_any_row_is_found() {
        let mut seen = BTreeSet::new();
        let output = json!({"devices": [{"id": "d", "warnings": []}], "warnings": [], "error": null});
        fields_seen(Call::Devices, &output, &mut seen);
        let unseen = fields_unseen(&[Call::Devices], &seen);
        assert!(!unseen.contains(&"device.id".to_owned()) && unseen.contains(&"device.model".to_owned()));
        assert!(fields_unseen(&[Call::TwoArgument], &seen).is_empty());
    }
}
