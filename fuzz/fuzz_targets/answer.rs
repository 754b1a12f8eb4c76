//! For any answer: no panic, no success but for 204, no status that its number forbids, nothing unprintable to show.
//!
//! An input reads like an answer: the status, header lines, an empty line, the body. A line `token: {...}` gives the
//! claims of the token that was sent.
#![no_main]

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use graph_core::{Effect, Error, Outcome, Status, Token, fuzzing};
use libfuzzer_sys::fuzz_target;

/// The last date that HTTP can write, and the longest wait for it.
const END_OF_9999: Duration = Duration::from_hours(70_389_528);

fuzz_target!(|input: &[u8]| {
    let (head, body) = split(input, b"\n\n");
    let mut lines = head.split(|byte| *byte == b'\n');
    let Some(status) = lines.next().and_then(number) else {
        return;
    };
    let headers: Vec<(&[u8], &[u8])> = lines.map(|line| split(line, b": ")).collect();
    let claims = headers.iter().find(|(name, _)| *name == b"token");
    let claims = URL_SAFE_NO_PAD.encode(claims.map_or(&b"{}"[..], |(_, claims)| claims));
    let token = Token::new(&format!("e30.{claims}.c2ln")).expect("a token");

    match fuzzing::judge(status, &headers, &String::from_utf8_lossy(body), &token) {
        None => assert_eq!(status, 204),
        Some(error) => refused(status, &error),
    }
});

fn refused(http_status: u16, error: &Error) {
    assert_ne!(http_status, 204);
    assert_eq!(error.http_status, Some(http_status));
    assert!(!matches!(
        error.outcome(),
        Outcome::Accepted | Outcome::Confirmed | Outcome::Skipped
    ));
    let allowed = match error.status {
        Status::Unauthenticated => http_status == 401,
        Status::PermissionDenied => matches!(http_status, 401 | 403),
        Status::UserNotFound => http_status == 404,
        Status::NotLicensed => http_status == 400,
        Status::Throttled => http_status == 429,
        Status::JustificationRequired | Status::ApprovalPending | Status::Rejected => {
            (400..500).contains(&http_status)
        }
        Status::ServiceUnavailable => (500..600).contains(&http_status),
        Status::UnexpectedResponse => error.effect == Effect::Possible,
        _ => false,
    };
    assert!(allowed, "{:?} of HTTP {http_status}", error.status);
    if !(400..500).contains(&http_status) && http_status != 503 {
        assert_eq!(error.effect, Effect::Possible);
    }
    assert!(error.approval_code.as_ref().is_none_or(|code| code.len() == 36));
    assert!(error.retry_after.is_none_or(|wait| wait < END_OF_9999));

    assert!(!error.message.is_empty());
    for text in [Some(&error.message), error.service_message.as_ref()]
        .into_iter()
        .flatten()
    {
        assert!(!text.contains(char::is_control), "{text:?} does not fit one line");
        assert!(text.len() < 8192, "{} bytes to show", text.len());
    }
}

fn number(line: &[u8]) -> Option<u16> {
    std::str::from_utf8(line).ok()?.parse().ok()
}

/// What stands before a mark and behind it; all of it before a mark that is not there.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> (&'a [u8], &'a [u8]) {
    match bytes.windows(mark.len()).position(|window| window == mark) {
        Some(at) => (&bytes[..at], &bytes[at + mark.len()..]),
        None => (bytes, b""),
    }
}
