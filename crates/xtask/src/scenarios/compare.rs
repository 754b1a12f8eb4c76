//! Compares what a runner printed with what a row expects.

use serde_json::Value;

use super::table::Call;

/// The output with the one thing added that a call of one user does not print: the status of its error or receipt.
pub(crate) fn with_status(call: Call, output: &Value) -> Value {
    let mut output = output.clone();
    if matches!(call, Call::Client | Call::Devices) {
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

/// The places at which a value does not fit a pattern. In a pattern an object names the members that matter, `{"any": true}` is
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::mismatches;

    #[test]
    fn a_pattern_names_what_matters() {
        let value = json!({"status": "ok", "receipt": {"attempts": 2, "date": "today"}, "rows": [1, 2]});
        let fits = json!({"status": "ok", "receipt": {"date": {"any": true}}, "rows": [1, 2], "error": null});
        assert_eq!(mismatches("", &fits, &value), Vec::<String>::new());
        for wrong in [
            json!({"status": "o"}),
            json!({"receipt": {"attempts": 1}}),
            json!({"receipt": {"custom_endpoint": {"any": true}}}),
            json!({"receipt": null}),
            json!({"status": {"matches": "x"}}),
            json!({"rows": [1]}),
            json!({"rows": [1, 3]}),
        ] {
            assert_eq!(mismatches("", &wrong, &value).len(), 1, "{wrong}");
        }
        assert!(mismatches("", &json!({"status": {"matches": "k"}}), &value).is_empty());
    }
}
