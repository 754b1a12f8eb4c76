//! `POST /$batch`: up to 20 calls in one, each judged alone.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Answer, plain_route, unknown_segment, user_of};
use crate::bodies::quote;
use crate::faults::Fault;
use crate::path::Path;
use crate::reply::{Call, Headers, JSON, Reply};
use crate::state::State;
use crate::tokens::Kind;

const MAX_REQUESTS: usize = 20;

pub(super) fn run(state: &mut State, call: &Call, version: &str, kind: Kind) -> Answer {
    let bad = |message: &str| Reply::error(400, call, "BadRequest", message);
    let body: Value = serde_json::from_slice(&call.body).map_err(|_| {
        bad(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of \
             valid JSON format.",
        )
    })?;
    let requests = body["requests"]
        .as_array()
        .ok_or_else(|| bad("The 'requests' member is missing."))?;
    if requests.is_empty() || requests.len() > MAX_REQUESTS {
        return Err(bad("The number of batch requests must be between 1 and 20."));
    }
    let steps = requests
        .iter()
        .map(|request| step(call, version, request).map_err(|message| bad(&message)))
        .collect::<Result<Vec<_>, _>>()?;
    let ids: HashSet<&str> = steps.iter().map(|(id, _)| id.as_str()).collect();
    if ids.len() < steps.len() {
        return Err(bad("Each batch request needs an id of its own."));
    }

    let mut parts = Vec::new();
    let mut responses = Vec::new();
    for (id, sub) in &steps {
        let user = user_of(state, &sub.target);
        let reply = perform(state, sub, kind);
        parts.push(json!({
            "id": id,
            "method": sub.method,
            "target": sub.target,
            "user": user,
            "status": reply.status,
            "acted": reply.acted,
        }));
        responses.push(write(id, &reply));
    }
    // Graph promises no order; the reverse one shows who relies on it.
    responses.reverse();
    let acted = parts.iter().any(|part| part["acted"] == true);
    let body = format!("{{\"responses\":[{}]}}", responses.join(","));
    Ok(Reply {
        acted,
        parts,
        ..Reply::text(200, JSON, body)
    })
}

/// One request of the batch as a call of its own.
fn step(outer: &Call, version: &str, request: &Value) -> Result<(String, Call), String> {
    let member = |name: &str| {
        request[name]
            .as_str()
            .filter(|text| !text.is_empty())
            .ok_or_else(|| format!("A batch request lacks '{name}'."))
    };
    let id = member("id")?.to_owned();
    let method = member("method")?.to_uppercase();
    let url = member("url")?;
    let mut headers = Headers::default();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        headers
            .0
            .push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
    }
    let has_body = request.get("body").is_some_and(|body| !body.is_null());
    if method != "GET" && (headers.get("content-type").is_none() || !has_body) {
        return Err(format!(
            "Write request id : {id} does not contain Content-Type header or body."
        ));
    }
    if headers.get("client-request-id").is_none() {
        headers.0.push((
            "client-request-id".to_owned(),
            outer.client_request_id().to_owned(),
        ));
    }
    let slash = if url.starts_with('/') { "" } else { "/" };
    let call = Call {
        method,
        target: format!("/{version}{slash}{url}"),
        headers,
        body: if has_body {
            request["body"].to_string().into_bytes()
        } else {
            Vec::new()
        },
        base: outer.base.clone(),
        request_id: outer.request_id.clone(),
    };
    Ok((id, call))
}

fn perform(state: &mut State, call: &Call, kind: Kind) -> Reply {
    let fault = Fault::take(&mut state.faults, &call.target, true);
    let own = if fault.as_ref().is_none_or(|fault| fault.act) {
        match Path::parse(&call.target) {
            Some(path) => plain_route(state, call, kind, &path),
            None => Err(unknown_segment(call, "")),
        }
        .unwrap_or_else(|refusal| refusal)
    } else {
        Reply::empty(500)
    };
    match fault {
        Some(fault) => fault.answer(call, own),
        None => own,
    }
}

/// A response of the batch. A body that is no JSON goes in as it is, as the service has been seen to do.
fn write(id: &str, reply: &Reply) -> String {
    let headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| name != "Date")
        .map(|(name, value)| format!("{}:{}", quote(name), quote(value)))
        .collect();
    let body = match reply.body.as_slice() {
        [] => String::new(),
        body => format!(",\"body\":{}", String::from_utf8_lossy(body)),
    };
    format!(
        "{{\"id\":{},\"status\":{},\"headers\":{{{}}}{body}}}",
        quote(id),
        reply.status,
        headers.join(",")
    )
}
