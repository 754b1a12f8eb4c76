//! What a runner printed, held against what a row expects.

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
    "endpoint",
];

const RUN_ROW: [&str; 5] = ["user", "outcome", "reason", "receipt", "error"];
const OUTCOMES: [&str; 6] = [
    "accepted",
    "confirmed",
    "awaiting_approval",
    "failed",
    "unknown",
    "skipped",
];

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

/// The output with the one thing added that a client call does not print: the status of its error or receipt.
pub(crate) fn with_status(call: Call, output: &Value) -> Value {
    let mut output = output.clone();
    if call == Call::Client {
        let status = output["error"]
            .get("status")
            .cloned()
            .unwrap_or_else(|| Value::from("ok"));
        if let Some(members) = output.as_object_mut() {
            members.entry("error").or_insert(Value::Null);
            members.entry("receipt").or_insert(Value::Null);
            members.insert("status".to_owned(), status);
        }
    }
    output
}

/// What is wrong with the form of an output: members missing or too many, a name that is not its number's.
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
        Call::Run => {
            members("output", output, &["rows", "counts", "fatal"], &mut wrong);
            members("counts", &output["counts"], &OUTCOMES, &mut wrong);
            for (number, row) in output["rows"].as_array().into_iter().flatten().enumerate() {
                let place = format!("rows[{number}]");
                members(&place, row, &RUN_ROW, &mut wrong);
                answer(&place, row, &mut wrong);
            }
        }
    }
    wrong
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

/// Where a value does not fit a pattern. In a pattern an object names the members that matter, `{"any": true}` is
/// anything but null, `{"matches": "text"}` is a string with that text in it; all else must be equal.
pub(crate) fn mismatches(place: &str, pattern: &Value, value: &Value) -> Vec<String> {
    let text = pattern.get("matches").and_then(Value::as_str);
    let fits = match pattern {
        Value::Object(one) if one.len() == 1 && one.get("any") == Some(&Value::Bool(true)) => {
            !value.is_null()
        }
        Value::Object(one) if one.len() == 1 && text.is_some() => value
            .as_str()
            .zip(text)
            .is_some_and(|(value, text)| value.contains(text)),
        Value::Object(members) if value.is_object() => {
            return members
                .iter()
                .flat_map(|(name, pattern)| {
                    mismatches(
                        &format!("{place}.{name}"),
                        pattern,
                        value.get(name).unwrap_or(&Value::Null),
                    )
                })
                .collect();
        }
        Value::Array(patterns)
            if value
                .as_array()
                .is_some_and(|values| values.len() == patterns.len()) =>
        {
            return patterns
                .iter()
                .enumerate()
                .flat_map(|(index, pattern)| mismatches(&format!("{place}[{index}]"), pattern, &value[index]))
                .collect();
        }
        exact => exact == value,
    };
    if fits {
        Vec::new()
    } else {
        vec![format!("{place} is {value}, not {pattern}")]
    }
}

/// The fields of errors and receipts that have a value in this output, as `error.code` or `receipt.date`.
pub(crate) fn fields_seen(output: &Value, seen: &mut BTreeSet<String>) {
    let holders = std::iter::once(output).chain(output["rows"].as_array().into_iter().flatten());
    for holder in holders {
        for kind in ["error", "receipt"] {
            let members = holder[kind].as_object().into_iter().flatten();
            seen.extend(
                members
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, _)| format!("{kind}.{name}")),
            );
        }
    }
}

/// The fields that no row of a language has shown.
pub(crate) fn fields_unseen(seen: &BTreeSet<String>) -> Vec<String> {
    let errors = ERROR.iter().map(|name| format!("error.{name}"));
    let receipts = RECEIPT.iter().map(|name| format!("receipt.{name}"));
    errors
        .chain(receipts)
        .filter(|field| !seen.contains(field))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Call, malformed, mismatches};

    #[test]
    fn a_pattern_names_what_matters() {
        let value = json!({"status": "ok", "receipt": {"attempts": 2, "date": "today"}, "rows": [1, 2]});
        let fits = json!({"status": "ok", "receipt": {"date": {"any": true}}, "rows": [1, 2], "error": null});
        assert_eq!(mismatches("", &fits, &value), Vec::<String>::new());
        for wrong in [
            json!({"status": "o"}),
            json!({"receipt": {"attempts": 1}}),
            json!({"receipt": {"endpoint": {"any": true}}}),
            json!({"receipt": null}),
            json!({"status": {"matches": "x"}}),
            json!({"rows": [1]}),
            json!({"rows": [1, 3]}),
        ] {
            assert_eq!(mismatches("", &wrong, &value).len(), 1, "{wrong}");
        }
        assert!(mismatches("", &json!({"status": {"matches": "k"}}), &value).is_empty());
    }

    #[test]
    fn a_missing_member_and_a_wrong_number_are_found() {
        let good = json!({"status": "timeout", "status_number": 12, "message": "m"});
        assert_eq!(malformed(Call::TwoArgument, &good), Vec::<String>::new());
        let bad = json!({"status": "timeout", "status_number": 13});
        assert_eq!(malformed(Call::TwoArgument, &bad).len(), 2);
        let extra = json!({"receipt": {"user": "u"}, "error": null});
        assert_eq!(malformed(Call::Client, &extra).len(), 6);
    }
}
