//! `POST /$batch`: up to 20 calls in one, each judged alone.

use std::collections::HashSet;

use serde_json::Value;

use super::{Answer, action_on, plain_route, unknown_segment, user_of};
use crate::attempts::{Attempt, Delivery};
use crate::bodies::quote;
use crate::chaos::{Breakage, Draw, Place};
use crate::faults::Fault;
use crate::fixtures;
use crate::path::Path;
use crate::reads::Read;
use crate::reply::{Call, Headers, JSON, Part, Reply};
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

    let broken = call.breakage.map(|draw| (draw, draw.victim(steps.len())));
    let mut parts = Vec::new();
    let mut responses = Vec::new();
    for (at, (id, sub)) in steps.iter().enumerate() {
        let victim = broken.and_then(|(draw, victim)| (at == victim).then_some(draw));
        let (mut part, reply) = if victim.is_none_or(Draw::coin) {
            perform(state, call, sub, id, kind)
        } else {
            let user = user_of(state, &sub.target);
            note(call, sub, id, user, Reply::empty(503), None)
        };
        match victim.map(Draw::breakage) {
            None | Some(Breakage::Cut) => responses.push(write(id, &reply)),
            Some(Breakage::Html) => responses.push(write(id, &fixtures::named("html_503", sub))),
            Some(breakage) => {
                if let Some(attempt) = &mut part.attempt {
                    attempt.notes.delivered(Delivery::Missing);
                }
                if let Some(read) = &mut part.read {
                    read.notes.delivered(Delivery::Missing);
                }
                if breakage == Breakage::WrongId {
                    responses.push(write("not-asked-for", &reply));
                }
            }
        }
        parts.push(part);
    }
    // Graph promises no order; the reverse one shows a client that relies on it.
    responses.reverse();
    let acted = parts.iter().any(|part| part.acted);
    let mut body = format!("{{\"responses\":[{}]}}", responses.join(","));
    if broken.is_some_and(|(draw, _)| draw.breakage() == Breakage::Cut) {
        body = body.chars().take(body.len() / 2).collect();
    }
    Ok(Reply {
        acted,
        parts,
        ..Reply::text(200, JSON, body)
    })
}

/// The attempts in a batch of which nothing is carried out.
pub(super) fn attempts(
    state: &State,
    call: &Call,
    version: &str,
    fault: Option<&'static str>,
) -> Vec<Attempt> {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let requests = body["requests"].as_array().into_iter().flatten();
    let parts = requests
        .filter_map(|request| step(call, version, request).ok())
        .map(|(id, sub)| {
            let user = user_of(state, &sub.target);
            let attempt = note(call, &sub, &id, user, Reply::empty(500), None).0.attempt;
            attempt.map(|attempt| attempt.in_batch(&call.request_id, fault))
        });
    parts.flatten().collect()
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
        breakage: None,
        fault: None,
    };
    Ok((id, call))
}

fn perform(state: &mut State, outer: &Call, call: &Call, id: &str, kind: Kind) -> (Part, Reply) {
    let fault = Fault::meet(state, &call.target, Place::InBatch);
    let user = user_of(state, &call.target);
    let own = if fault.as_ref().is_none_or(|fault| fault.act) {
        match Path::parse(&call.target) {
            Some(path) => plain_route(state, call, kind, &path),
            None => Err(unknown_segment(call, "")),
        }
        .unwrap_or_else(|refusal| refusal)
    } else {
        Reply::empty(500)
    };
    let name = fault.as_ref().map(Fault::name);
    let reply = match fault {
        Some(fault) => fault.answer(call, own),
        None => own,
    };
    note(outer, call, id, user, reply, name)
}

/// The log's entry of a request in the batch, and its answer again.
fn note(
    outer: &Call,
    call: &Call,
    id: &str,
    user: Option<String>,
    reply: Reply,
    fault: Option<&'static str>,
) -> (Part, Reply) {
    let attempt = action_on(call).map(|key| {
        Attempt::new(call, key, user.clone(), &reply, fault).in_batch(&outer.request_id, outer.fault)
    });
    let read = Read::new(call, user.clone(), &reply).map(|read| read.in_batch(&outer.request_id));
    let part = Part {
        id: id.to_owned(),
        method: call.method.clone(),
        target: call.target.clone(),
        user,
        status: reply.status,
        acted: reply.acted,
        fault,
        attempt,
        read,
    };
    (part, reply)
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
