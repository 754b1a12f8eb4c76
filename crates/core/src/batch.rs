//! `$batch`: several requests in one HTTP request (<https://learn.microsoft.com/graph/json-batching>).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::json::{self, Unusable};
use crate::status::{Effect, Status};
use crate::transport::{Answer, Batch, Method, Outgoing};

/// The most requests that the service takes in one batch.
pub(crate) const MAX: usize = 20;

/// The most JSON values that the answer to a batch can have: as many as a thousand devices for each of ten users.
const MAX_VALUES: usize = 500_000;

/// One request of a batch.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Identifies its answer; unique within the batch.
    pub(crate) id: String,
    pub(crate) method: &'static str,
    /// Relative to the version root, with a leading slash.
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, &'a str)>,
    pub(crate) body: Option<Value>,
}

/// The request of a batch with this body.
pub(crate) fn outgoing<'a>(body: &'a str, client_request_id: &'a str) -> Outgoing<'a> {
    Outgoing {
        method: Method::Post,
        target: "/v1.0/$batch",
        headers: &[],
        client_request_id,
        body: Some(body),
    }
}

/// The body of a batch of at most [`MAX`] parts. If a write has no `Content-Type` and no body, the service refuses the
/// whole batch, so a write without a body gets an empty object
/// (<https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2628>).
pub(crate) fn encode(parts: &[Part<'_>]) -> String {
    let requests: Vec<Value> = parts.iter().map(encode_part).collect();
    json!({ "requests": requests }).to_string()
}

fn encode_part(part: &Part<'_>) -> Value {
    let mut request = json!({ "id": part.id, "method": part.method, "url": part.url });
    let mut headers: BTreeMap<&str, &str> = part.headers.iter().copied().collect();
    let is_write = part.method != "GET";
    if is_write || part.body.is_some() {
        if !headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case("content-type"))
        {
            headers.insert("Content-Type", "application/json");
        }
        request["body"] = part.body.clone().unwrap_or_else(|| json!({}));
    }
    if !headers.is_empty() {
        request["headers"] = json!(headers);
    }
    request
}

/// Decodes the answers in the body of a batch's 200, by id. Each has the form of a single answer, so that one function
/// judges both.
///
/// An id that is missing, answered twice or answered without a readable status is not in the result: its outcome is
/// unknown. Ids that were not requested are ignored. A body that is not a complete JSON document is an error, and no part
/// of it is used. Bodies with HTML in place of a value have been seen
/// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/12951>), and a part that is complete before the break
/// may be contradicted after it. A needless doubt costs a read; a false success hides a device that was not retired.
///
/// A part without its own request id or date has that of the batch's answer.
pub(crate) fn decode(
    whole: &Answer,
    ids: &[&str],
    client_request_id: &str,
) -> Result<BTreeMap<String, Answer>> {
    let document = json::parse(&whole.body, MAX_VALUES).map_err(|why| {
        unreadable(match why {
            Unusable::Broken => "it is not a complete JSON document",
            Unusable::TooMuch => "it contains more than was requested",
        })
    })?;
    let batch = Batch {
        request_id: whole.request_id(),
        client_request_id: client_request_id.to_owned(),
    };
    let Some(Value::Array(responses)) = document.get("responses") else {
        return Err(unreadable("it has no list of responses"));
    };
    let mut found: BTreeMap<String, Option<Answer>> = BTreeMap::new();
    for response in responses {
        let Some(id) = id_of(response).filter(|id| ids.contains(&id.as_str())) else {
            continue;
        };
        found
            .entry(id)
            .and_modify(|first| *first = None)
            .or_insert_with(|| decode_part(response, whole, &batch));
    }
    Ok(found
        .into_iter()
        .filter_map(|(id, answer)| Some((id, answer?)))
        .collect())
}

fn id_of(response: &Value) -> Option<String> {
    match response.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn decode_part(response: &Value, whole: &Answer, batch: &Batch) -> Option<Answer> {
    let status = response.get("status")?.as_u64()?;
    let status = u16::try_from(status)
        .ok()
        .filter(|code| (100..600).contains(code))?;
    let mut headers = headers(response.get("headers"));
    if let (None, Some(date)) = (headers.get(DATE), whole.headers.get(DATE)) {
        let _ = headers.try_append(DATE, date.clone());
    }
    let body = response
        .get("body")
        .map(|body| body_text(body, &headers))
        .unwrap_or_default();
    Some(Answer {
        status,
        headers,
        body: whole.token.redact(&body),
        token: whole.token.clone(),
        batch: Some(batch.clone()),
    })
}

/// Headers of a part. A value can be a number or a list; a header that HTTP does not allow is left out.
fn headers(value: Option<&Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                _ => continue,
            };
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(text.trim()),
            ) {
                // It does not panic, however many names there are.
                let _ = headers.try_append(name, value);
            }
        }
    }
    headers
}

/// The body of a part in the form of a single answer. A body that is not JSON comes as text in Base64, and so does some
/// JSON (<https://learn.microsoft.com/answers/questions/1352007/using-batching-with-the-graph-api-returns-the-body>).
fn body_text(body: &Value, headers: &HeaderMap) -> String {
    let text = match body {
        Value::Null => return String::new(),
        Value::String(text) => text,
        body => return body.to_string(),
    };
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
    let decoded = STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded {
        Some(decoded) if !is_json || decoded.trim_start().starts_with('{') => decoded,
        _ if is_json => body.to_string(),
        _ => text.clone(),
    }
}

/// The error of a batch whose answers are lost. All of its writes may have been applied.
fn unreadable(why: &str) -> Error {
    let mut error = Error::new(
        Status::UnexpectedResponse,
        format!(
            "the answer to a batch could not be read: {why}; look at the users' devices before sending again"
        ),
    );
    error.effect = Effect::Possible;
    error
}

#[cfg(test)]
mod tests;
