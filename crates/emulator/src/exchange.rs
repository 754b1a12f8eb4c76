//! One request from its arrival to its answer, with faults and the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::attempts::Delivery;
use crate::chaos::{Mishap, Place};
use crate::faults::{Ending, Fault};
use crate::path::origin_form;
use crate::received::Entries;
use crate::reply::{Call, Part, Reply};
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
                state.received.connections += 1;
                self.0 = Some((state.epoch, state.received.connections));
                state.received.connections
            }
        }
    }
}

/// An answer, and what to do with the connection.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) reply: Reply,
    pub(crate) delay: Duration,
    pub(crate) ending: Ending,
    /// Management has none.
    record: Option<Record>,
}

/// What is known of an exchange when its answer leaves.
#[derive(Debug)]
struct Record {
    epoch: u64,
    /// The place in the log; `None` where none is kept.
    log: Option<usize>,
    entries: Entries,
    /// One answer covers the whole request.
    replaced: bool,
    summary: String,
}

/// The path under `/_emulator` of a management request.
pub(crate) fn management_path(request: &Request) -> Option<&str> {
    origin_form(&request.target).strip_prefix("/_emulator")
}

/// Carries a request out and records it.
pub(crate) fn begin(
    state: &mut State,
    number: &mut ConnectionNumber,
    request: &Request,
    scheme: &str,
) -> Exchange {
    if let Some(path) = management_path(request) {
        return Exchange::management(management::answer(state, &request.method, path, &request.body));
    }
    let connection = number.get(state);
    state.received.requests += 1;
    state.received.last_head = without_secrets(&request.head);

    let mut call = call(request, scheme);
    let is_batch = origin_form(&call.target).ends_with("/$batch");
    let place = if is_batch { Place::Batch } else { Place::Single };
    let fault = Fault::meet(state, &call.target, place);
    let draw = fault.as_ref().and_then(|fault| fault.draw);
    call.breakage = draw.filter(|draw| draw.mishap == Mishap::BrokenBatch);
    call.fault = fault.as_ref().map(Fault::name);
    let user = routes::user_of(state, &call.target);
    let mut own = if fault.as_ref().is_none_or(|fault| fault.act) {
        routes::answer(state, &call)
    } else {
        Reply::empty(500)
    };

    let kind = token_kind(state, &call);
    let log = state.received.log(|| {
        let mut entry = json!({
            "method": call.method,
            "target": call.target,
            "user": user,
            "headers": logged_headers(&call, kind),
            "authorization_kind": kind,
            "body_bytes": call.body.len(),
            "connection": connection,
            "request_id": call.request_id,
            "status": null,
            "acted": own.acted,
            "fault": fault.is_some(),
            "chance": draw.map(|draw| draw.mishap.name()),
        });
        if !own.parts.is_empty() {
            entry["requests"] = own.parts.iter().map(Part::to_json).collect();
        }
        entry
    });
    let record = Record {
        epoch: state.epoch,
        log,
        entries: Entries::add(state, &call, &mut own, fault.as_ref(), request.arrived),
        replaced: !is_batch || fault.as_ref().is_some_and(Fault::replaces_answer),
        summary: summary(&call, kind, connection),
    };
    Exchange::new(&call, own, fault, record)
}

fn call(request: &Request, scheme: &str) -> Call {
    let host = request.headers.get("host").unwrap_or("localhost");
    Call {
        method: request.method.clone(),
        target: request.target.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        base: format!("{scheme}://{host}"),
        request_id: format!(
            "e0000000-0000-4000-8000-{:012}",
            REQUESTS.fetch_add(1, Ordering::Relaxed) + 1
        ),
        breakage: None,
        fault: None,
    }
}

/// The beginning of the line on stderr.
fn summary(call: &Call, kind: Option<&str>, connection: u64) -> String {
    let kind = kind.unwrap_or("absent");
    format!(
        "{} {} token={kind} connection={connection}",
        call.method, call.target
    )
}

/// The kind of the token; `None` without an `Authorization` header.
fn token_kind(state: &State, call: &Call) -> Option<&'static str> {
    let header = call.headers.get("authorization")?;
    Some(tokens::bearer(header).map_or("none", |token| state.kind_of(token).name()))
}

impl Exchange {
    fn new(call: &Call, own: Reply, fault: Option<Fault>, record: Record) -> Self {
        let record = Some(record);
        match fault {
            None => Self {
                reply: own,
                delay: Duration::ZERO,
                ending: Ending::Answer,
                record,
            },
            Some(fault) => Self {
                reply: fault.answer(call, own),
                delay: fault.delay,
                ending: fault.ending,
                record,
            },
        }
    }

    /// The answer to a management request.
    pub(crate) fn management(reply: Reply) -> Self {
        Self {
            reply,
            delay: Duration::ZERO,
            ending: Ending::Answer,
            record: None,
        }
    }

    /// A request that never reached the service.
    pub(crate) fn lost() -> Self {
        Self {
            ending: Ending::Reset,
            ..Self::management(Reply::empty(500))
        }
    }

    /// Records the answer that is about to leave; returns the line for the log on stderr.
    pub(crate) fn finish(&self, state: &mut State) -> Option<String> {
        let record = self.record.as_ref()?;
        let status = match self.ending {
            Ending::Answer | Ending::Truncate(_) => Some(self.reply.status),
            Ending::Raw(_) | Ending::Reset | Ending::Close | Ending::Hang => None,
        };
        if record.epoch == state.epoch {
            if let Some(entry) = record.log.and_then(|at| state.received.log.get_mut(at)) {
                entry["status"] = json!(status);
            }
            let reply = record.replaced.then_some(&self.reply);
            state
                .received
                .answered(&record.entries, reply, self.delivery(record));
        }
        let outcome = status.map_or_else(|| format!("{:?}", self.ending), |status| status.to_string());
        let acted = if self.reply.acted { " acted" } else { "" };
        Some(format!("{} -> {outcome}{acted}", record.summary))
    }

    fn delivery(&self, record: &Record) -> Delivery {
        let body = &self.reply.body;
        match self.ending {
            Ending::Reset | Ending::Close | Ending::Hang => Delivery::Lost,
            Ending::Raw(_) => Delivery::Unreadable,
            Ending::Truncate(limit) if limit < body.len() => Delivery::Unreadable,
            _ if record.replaced || serde_json::from_slice::<Value>(body).is_ok() => Delivery::Given,
            _ => Delivery::Unreadable,
        }
    }
}

/// Headers by lower-case name, several values joined; a secret is replaced by its kind.
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
