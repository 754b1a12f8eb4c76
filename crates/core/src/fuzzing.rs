//! The private parsers, for the fuzz targets in `fuzz/`. Only with `--cfg fuzzing`.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::answer::{self, Judgement};
use crate::explain::Context;
use crate::request_kind::RequestKind;
use crate::transport::{Answer, Sent};
use crate::warnings_for::{Circumstances, add_warnings};
use crate::{Cloud, Device, Endpoint, Error, Token, UserId};

/// The path of a user below the version root.
pub fn path(user: &UserId) -> String {
    user.path()
}

/// The wait of a `Retry-After` value.
pub fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    crate::retry_after::parse(text, now)
}

/// Judges an answer: `None` if it was accepted. Headers that HTTP does not allow are left out.
pub fn judge(status: u16, headers: &[(&[u8], &[u8])], body: &str, token: &Token) -> Option<Error> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            map.append(name, value);
        }
    }
    let context = Context {
        kind: RequestKind::Retire,
        token: &token.facts(),
        audience: Some(Cloud::Global.root()),
        user: "adele@contoso.com",
        client_request_id: None,
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
    };
    let answer = Answer {
        status,
        headers: map,
        body: body.to_owned(),
        token: token.clone(),
        batch: None,
    };
    match answer::judge(&Sent::Answer(answer), &context) {
        Judgement::Success(_) => None,
        Judgement::Refused { error, .. } => Some(error),
    }
}

/// Parses one page of devices as a run does: the devices with their warnings, and the link to the next page.
pub fn page(text: &str, now: SystemTime) -> Option<(Vec<Device>, Option<String>)> {
    let page = crate::page::parse(text).ok()?;
    let mut devices: Vec<Device> = page
        .items
        .iter()
        .map(Device::from_json)
        .collect::<Result<_, _>>()
        .ok()?;
    let circumstances = Circumstances {
        now,
        user_id: None,
        max_devices: 10,
    };
    add_warnings(&mut devices, &circumstances);
    Some((devices, page.next))
}

/// The target of a link to the next page, if it stays at the endpoint.
pub fn next_target(endpoint: &Endpoint, link: &str) -> Option<String> {
    crate::page::next_target(endpoint, link).ok()
}

/// The status of each part in the body of a batch's answer.
pub fn batch(text: &str, ids: &[&str], token: &Token) -> Option<BTreeMap<String, u16>> {
    let whole = Answer {
        status: 200,
        headers: HeaderMap::new(),
        body: text.to_owned(),
        token: token.clone(),
        batch: None,
    };
    let answers = crate::batch::decode(&whole, ids, "40000000-0000-4000-8000-000000000001").ok()?;
    Some(
        answers
            .into_iter()
            .map(|(id, answer)| (id, answer.status))
            .collect(),
    )
}
