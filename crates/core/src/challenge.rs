//! Reads the claims challenge of continuous access evaluation from `WWW-Authenticate`
//! (<https://learn.microsoft.com/entra/identity-platform/claims-challenge>).

use std::fmt::Write as _;

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
    let lower = header.to_ascii_lowercase();
    // Several schemes can share a header (<https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1>).
    let schemes = lower.match_indices("bearer").map(|(at, _)| at);
    schemes
        .filter(|at| {
            header[..*at]
                .trim_end()
                .chars()
                .next_back()
                .is_none_or(|c| c == ',')
        })
        .map(|at| &header[at + "bearer".len()..])
        .filter(|challenge| challenge.starts_with(' '))
        .find_map(from_challenge)
}

/// The claims in the text after the name of the scheme.
fn from_challenge(challenge: &str) -> Option<String> {
    let lower = challenge.to_ascii_lowercase();
    let at = lower.match_indices("claims").map(|(at, _)| at).find(|at| {
        let before = challenge[..*at].chars().next_back();
        before.is_some_and(|c| c == ' ' || c == ',') && challenge[at + 6..].trim_start().starts_with('=')
    })?;
    let value = challenge[at + 6..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([',', ' ']).next()?,
    };
    let bytes = STANDARD.decode(value).or_else(|_| URL_SAFE.decode(value)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let is_object = serde_json::from_str::<Value>(&text).ok()?.is_object();
    is_object.then(|| in_one_line(&text))
}

/// The same JSON in one line of ASCII: the claims are returned to the service, and people see them before.
fn in_one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // This occurs only between values: JSON allows none inside a text.
            ..' ' => line.push(' '),
            ' '..='~' => line.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing into a String cannot fail.
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
        }
    }
    line
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
            format!(r#"Negotiate, Bearer realm="", error="insufficient_claims", claims="{padded}""#),
            format!(r#"Basic realm="x", NTLM , bearer claims="{bare}""#),
            format!(r#"Bearer realm="a", Bearer realm="b", claims="{padded}""#),
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
            "Forbearer claims=\"e30=\"",
            "Basic realm=\"the bearer\", claims=\"e30=\"",
        ] {
            assert_eq!(from_header(header), None, "{header}");
        }
    }

    #[test]
    fn one_line_that_says_the_same() -> Result<(), serde_json::Error> {
        let text = "{\r\n\t\"a\": \"\u{202e}\u{e9}\u{1f600}\"}";
        let header = format!(
            "Bearer claims={}",
            base64::engine::general_purpose::STANDARD.encode(text)
        );
        let line = from_header(&header).unwrap_or_default();
        assert_eq!(line, r#"{   "a": "\u202e\u00e9\ud83d\ude00"}"#);
        let (read, meant): (Value, Value) = (serde_json::from_str(&line)?, serde_json::from_str(text)?);
        assert_eq!(read, meant);
        Ok(())
    }

    proptest! {
        #[test]
        fn never_panics(header in "(Bearer )?\\PC{0,80}(claims)?\\PC{0,40}") {
            let _ = from_header(&header);
        }
    }
}
