//! A claims challenge: any header is read without panic; claims that are a JSON object come back as they were encoded.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use graph_core::{Status, Token, fuzzing};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const REQUEST_ID: (&[u8], &[u8]) = (b"request-id", b"20000000-0000-4000-8000-000000000001");

fn challenged(header: &[u8]) -> Option<String> {
    let token = Token::new("demo-token").expect("a token");
    let headers = [REQUEST_ID, (b"www-authenticate", header)];
    let error = fuzzing::judge(401, &headers, "", &token).expect("a 401 is no success");
    assert_eq!(error.status, Status::Unauthenticated);
    error.claims.clone()
}

fuzz_target!(|input: &[u8]| {
    let object = |text: &str| serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
    for header in [input.to_vec(), [b"Bearer ", input].concat()] {
        if let Some(claims) = challenged(&header) {
            assert!(object(&claims));
        }
    }
    let sent = std::str::from_utf8(input).ok().filter(|text| object(text));
    for value in [
        STANDARD.encode(input),
        STANDARD_NO_PAD.encode(input),
        URL_SAFE.encode(input),
    ] {
        for header in [
            format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{value}\""),
            format!("bearer claims={value}, error=insufficient_claims"),
        ] {
            assert_eq!(challenged(header.as_bytes()).as_deref(), sent);
        }
    }
});
