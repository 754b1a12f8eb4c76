//! The claims challenge of continuous access evaluation, out of `WWW-Authenticate`
//! (<https://learn.microsoft.com/entra/identity-platform/claims-challenge>).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::Value;

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// The decoded claims (a JSON object as text), if the answer challenges for them.
pub(crate) fn claims(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(from_header)
}

fn from_header(header: &str) -> Option<String> {
    if !header.trim_start().get(..6)?.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let lower = header.to_ascii_lowercase();
    let at = lower.match_indices("claims").map(|(at, _)| at).find(|at| {
        let before = header[..*at].chars().next_back();
        before.is_none_or(|c| c == ' ' || c == ',') && header[at + 6..].trim_start().starts_with('=')
    })?;
    let value = header[at + 6..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([',', ' ']).next()?,
    };
    let bytes = STANDARD.decode(value).or_else(|_| URL_SAFE.decode(value)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    serde_json::from_str::<Value>(&text)
        .ok()
        .filter(Value::is_object)
        .map(|_| text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DECODED: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;

    #[test]
    fn every_form() {
        let padded = base64::engine::general_purpose::STANDARD.encode(DECODED);
        let bare = padded.trim_end_matches('=');
        for header in [
            format!(
                r#"Bearer realm="", authorization_uri="https://login.example/authorize", error="insufficient_claims", claims="{padded}""#
            ),
            format!(
                r#"bearer authorization_uri=https://login.example/authorize, client_id="x", errorDescription="c", error="insufficient_claims",claims="{bare}""#
            ),
            format!("Bearer claims={padded}, realm=x"),
            format!(r#"Bearer claims = "{padded}""#),
        ] {
            assert_eq!(from_header(&header).as_deref(), Some(DECODED), "{header}");
        }
        for header in [
            "",
            "Bearer",
            "Basic claims=\"e30=\"",
            "Bearer claims=\"!!!\"",
            "Bearer claims=\"bm8=\"",
            "Bearer insufficient_claims",
            "Bearer error=\"insufficient_claims\"",
        ] {
            assert_eq!(from_header(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(header in "(Bearer )?\\PC{0,80}(claims)?\\PC{0,40}") {
            let _ = from_header(&header);
        }
    }
}
