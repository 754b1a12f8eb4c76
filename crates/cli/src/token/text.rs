//! A token as other programs print it.

use graph_devices::{Error, Status, Token};
use serde_json::Value;
use zeroize::Zeroizing;

/// The members in which az, azd and `Get-AzAccessToken` print a token, in lower case.
const MEMBERS: [&str; 3] = ["accesstoken", "access_token", "token"];

/// Reads a token: the text alone, or an object in JSON, in UTF-8 or, with a byte order mark, UTF-16. White space around it is
/// passed over.
pub(super) fn token(bytes: &[u8], from: &str) -> Result<Token, Error> {
    let refuse = |why: &str| Error::new(Status::Unauthenticated, format!("{from} holds no token: {why}"));
    let text = decoded(bytes)
        .ok_or_else(|| refuse("the text is neither UTF-8 nor UTF-16 with a byte order mark"))?;
    let text = text.trim();
    if !text.starts_with('{') {
        return Token::new(text).map_err(|error| refuse(&error.message));
    }
    let document: Value = serde_json::from_str(text).map_err(|_| refuse("the JSON cannot be read"))?;
    let members = document.as_object().into_iter().flatten();
    let found = members
        .filter(|(name, _)| MEMBERS.contains(&name.to_lowercase().as_str()))
        .find_map(|(_, value)| value.as_str().map(|token| Zeroizing::new(token.to_owned())));
    let found = found.ok_or_else(|| refuse("the JSON has neither accessToken, access_token nor token"))?;
    Token::new(&found).map_err(|error| refuse(&error.message))
}

fn decoded(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let units = |pair: fn([u8; 2]) -> u16, rest: &[u8]| {
        let (pairs, odd) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().copied().map(pair).collect();
        odd.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => units(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => units(u16::from_be_bytes, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    };
    text.map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    }

    #[test]
    fn every_form_holds_the_token() {
        let wanted = Token::new("demo-token").expect("a token");
        for bytes in [
            b"demo-token".to_vec(),
            b" demo-token\r\n".to_vec(),
            b"\xef\xbb\xbfdemo-token\n".to_vec(),
            utf16("demo-token\r\n", u16::to_le_bytes),
            utf16("demo-token\r\n", u16::to_be_bytes),
            br#"{"accessToken": "demo-token", "expiresOn": "2026-07-01 10:00:00"}"#.to_vec(),
            br#"{"access_token": "demo-token"}"#.to_vec(),
            br#"{"Token": "demo-token", "TenantId": "x"}"#.to_vec(),
            utf16(r#"{"token": "demo-token"}"#, u16::to_le_bytes),
        ] {
            assert_eq!(token(&bytes, "a test").ok(), Some(wanted.clone()), "{bytes:?}");
        }
    }

    #[test]
    fn everything_else_is_refused_and_not_repeated() {
        for bytes in [
            &b""[..],
            b"Bearer demo-token",
            b"demo token",
            b"{\"accessToken\": 5}",
            b"{\"secret\": \"demo-token\"}",
            b"{demo-token",
            b"\xff\xfed",
            b"demo\xfftoken",
        ] {
            let error = token(bytes, "a test").expect_err("a refusal");
            assert!(
                error.message.starts_with("a test holds no token: "),
                "{}",
                error.message
            );
            assert!(!error.message.contains("demo"), "{}", error.message);
        }
    }
}
