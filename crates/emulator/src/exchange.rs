//! One request from its arrival to what is to be answered, with faults and the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::faults::{Ending, Fault};
use crate::path::origin_form;
use crate::reply::{Call, Reply};
use crate::state::State;
use crate::wire::{Request, without_secrets};
use crate::{management, routes, tokens};

static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// The number of a connection, valid until the next reset.
#[derive(Debug, Default)]
pub(crate) struct ConnectionNumber(Option<(u64, u64)>);

impl ConnectionNumber {
    /// Numbers are given with the first request that counts, so management alone takes none.
    fn get(&mut self, state: &mut State) -> u64 {
        match self.0 {
            Some((epoch, number)) if epoch == state.epoch => number,
            _ => {
                state.connections += 1;
                self.0 = Some((state.epoch, state.connections));
                state.connections
            }
        }
    }
}

/// What is to be done with the connection.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) reply: Reply,
    pub(crate) delay: Duration,
    pub(crate) ending: Ending,
    /// Epoch and place in the log; management has none.
    entry: Option<(u64, usize)>,
    summary: String,
}

/// Carries a request out and notes it.
pub(crate) fn begin(
    state: &mut State,
    number: &mut ConnectionNumber,
    request: &Request,
    scheme: &str,
) -> Exchange {
    let path = origin_form(&request.target);
    if let Some(rest) = path.strip_prefix("/_emulator") {
        let reply = management::answer(state, &request.method, rest, &request.body);
        let (delay, ending) = (Duration::ZERO, Ending::Answer);
        return Exchange {
            reply,
            delay,
            ending,
            entry: None,
            summary: String::new(),
        };
    }
    let host = request.headers.get("host").unwrap_or("localhost");
    let call = Call {
        method: request.method.clone(),
        target: request.target.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        base: format!("{scheme}://{host}"),
        request_id: format!(
            "e0000000-0000-4000-8000-{:012}",
            REQUESTS.fetch_add(1, Ordering::Relaxed) + 1
        ),
    };
    let connection = number.get(state);
    let kind = call
        .headers
        .get("authorization")
        .map(|header| tokens::bearer(header).map_or("none", |token| state.kind_of(token).name()));
    let mut entry = json!({
        "method": call.method,
        "target": call.target,
        "user": routes::user_of(state, &call.target),
        "headers": logged_headers(&call, kind),
        "authorization_kind": kind,
        "body_bytes": call.body.len(),
        "connection": connection,
        "request_id": call.request_id,
        "status": null,
    });
    state.last_head = without_secrets(&request.head);

    let fault = Fault::take(&mut state.faults, &call.target, false);
    let own = if fault.as_ref().is_none_or(|fault| fault.act) {
        routes::answer(state, &call)
    } else {
        Reply::empty(500)
    };
    entry["acted"] = json!(own.acted);
    entry["fault"] = json!(fault.is_some());
    if !own.parts.is_empty() {
        entry["requests"] = json!(own.parts);
    }
    let summary = format!(
        "{} {} token={} connection={connection}",
        call.method,
        call.target,
        kind.unwrap_or("absent")
    );
    state.log.push(entry);
    let entry = Some((state.epoch, state.log.len() - 1));
    match fault {
        None => Exchange {
            reply: own,
            delay: Duration::ZERO,
            ending: Ending::Answer,
            entry,
            summary,
        },
        Some(fault) => {
            let reply = fault.answer(&call, own);
            Exchange {
                reply,
                delay: fault.delay,
                ending: fault.ending,
                entry,
                summary,
            }
        }
    }
}

impl Exchange {
    /// Notes the answer that is about to leave; gives the line for the log on stderr.
    pub(crate) fn finish(&self, state: &mut State) -> Option<String> {
        let (epoch, at) = self.entry?;
        let status = match self.ending {
            Ending::Answer | Ending::Truncate(_) => Some(self.reply.status),
            Ending::Raw(_) | Ending::Reset | Ending::Close | Ending::Hang => None,
        };
        if epoch == state.epoch {
            state.log[at]["status"] = json!(status);
        }
        let outcome = status.map_or_else(|| format!("{:?}", self.ending), |status| status.to_string());
        let acted = if self.reply.acted { " acted" } else { "" };
        Some(format!("{} -> {outcome}{acted}", self.summary))
    }
}

/// Headers by lower-case name, several values joined; of secrets only the kind.
fn logged_headers(call: &Call, kind: Option<&str>) -> Map<String, Value> {
    let mut headers = Map::new();
    for (name, value) in &call.headers.0 {
        match name.to_lowercase() {
            name if name == "authorization" => {
                headers.insert("authorization_kind".to_owned(), json!(kind));
            }
            name if name == "proxy-authorization" => {
                headers.insert(name, json!("[token]"));
            }
            name => {
                let joined = match headers.get(&name).and_then(Value::as_str) {
                    Some(before) => format!("{before}, {value}"),
                    None => value.clone(),
                };
                headers.insert(name, json!(joined));
            }
        }
    }
    headers
}
