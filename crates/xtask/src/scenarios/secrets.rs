//! Searches the output of a runner and its journal for the token and the text of a claims challenge.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::table::Row;
use crate::secrets;

/// The places of the token, and of claims outside their own field.
pub(crate) fn leaks(row: &Row, output: &Value, others: &[(&'static str, &str)]) -> Vec<String> {
    let mut elsewhere = output.clone();
    let mut claims = Vec::new();
    take_claims(&mut elsewhere, &mut claims);
    let token = row.with.get("token").and_then(Value::as_str).unwrap_or_default();
    let mut known: Vec<(&str, String)> = plain(token).into_iter().map(|part| ("the token", part)).collect();
    for claims in claims {
        known.push(("the claims in Base64", STANDARD.encode(&claims)));
        known.push(("the claims", claims));
    }
    secrets::look("a runner's standard output", &elsewhere.to_string());
    for (place, text) in others {
        secrets::look(place, text);
    }
    let mut texts: Vec<(&str, String)> = others
        .iter()
        .map(|(place, text)| (*place, (*text).to_owned()))
        .collect();
    strings(&elsewhere, &mut |text| {
        texts.push(("standard output", text.to_owned()));
    });
    let mut found = Vec::new();
    for (what, secret) in &known {
        for (place, text) in &texts {
            if text.contains(secret.as_str()) {
                found.push(format!("{what} can be read in {place}"));
            }
        }
    }
    found
}

/// Takes the claims out of their own field, in the error of a call and of each row of a run.
fn take_claims(value: &mut Value, taken: &mut Vec<String>) {
    if let Some(Value::String(claims)) = value.pointer_mut("/error/claims").map(Value::take) {
        taken.push(claims);
    }
    let rows = value.get_mut("rows").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten() {
        take_claims(row, taken);
    }
}

/// The pieces of a token that would be recognised in a text; a token in hex stands for its bytes.
fn plain(token: &str) -> Vec<String> {
    let text = token.strip_prefix("hex:").map_or_else(|| token.to_owned(), unhex);
    text.split(|c: char| !c.is_ascii_graphic())
        .filter(|part| part.len() > 3)
        .map(str::to_owned)
        .collect()
}

fn unhex(digits: &str) -> String {
    let pairs = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    let bytes: Vec<u8> = pairs
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(members) => members.values().for_each(|member| strings(member, each)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{leaks, plain};
    use crate::scenarios::table::Row;

    fn row() -> Row {
        serde_json::from_value(json!({
            "name": "n", "about": "a", "call": "client", "with": {"token": "demo-token"},
            "expect": {}, "wire": {"requests": 0, "acted": 0}
        }))
        .unwrap()
    }

    #[test]
    fn a_token_in_any_output_is_found() {
        let clean = json!({"error": {"message": "no", "claims": null}});
        assert!(leaks(&row(), &clean, &[]).is_empty());
        assert_eq!(
            leaks(&row(), &clean, &[("standard error", "Bearer demo-token")]).len(),
            1
        );
        let leaky = json!({"error": {"message": "token demo-token expired", "claims": null}});
        assert_eq!(leaks(&row(), &leaky, &[]).len(), 1);
    }

    #[test]
    fn claims_may_stand_in_their_own_field_only() {
        let claims = r#"{"access_token":{}}"#;
        assert!(leaks(&row(), &json!({"error": {"claims": claims}}), &[]).is_empty());
        let leaky = json!({"error": {"claims": claims, "message": format!("needs {claims}")}});
        assert_eq!(leaks(&row(), &leaky, &[]).len(), 1);
    }

    #[test]
    fn a_token_in_hex_is_searched_for_as_text() {
        assert_eq!(plain("hex:64656d6f0a746f6b656e"), ["demo", "token"]);
    }
}
