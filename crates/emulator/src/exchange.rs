//! One request from its arrival to what is to be answered, with faults and the log.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::attempts::{Attempt, Told};
use crate::chaos::{Mishap, Place};
use crate::faults::{Ending, Fault};
use crate::path::origin_form;
use crate::reads::Read;
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
    /// Management has none.
    record: Option<Record>,
}

/// Where the log speaks of an exchange.
#[derive(Debug)]
struct Record {
    epoch: u64,
    /// `None` where no log is kept.
    entry: Option<usize>,
    attempts: Range<usize>,
    reads: Range<usize>,
    /// The answer is one for all that was in the request.
    replaced: bool,
    summary: String,
}

/// The path under `/_emulator` of a management request.
pub(crate) fn management_path(request: &Request) -> Option<&str> {
    origin_form(&request.target).strip_prefix("/_emulator")
}

/// Carries a request out and notes it.
pub(crate) fn begin(
    state: &mut State,
    number: &mut ConnectionNumber,
    request: &Request,
    scheme: &str,
) -> Exchange {
    if let Some(path) = management_path(request) {
        return Exchange::management(management::answer(state, &request.method, path, &request.body));
    }
    let host = request.headers.get("host").unwrap_or("localhost");
    let mut call = Call {
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
    };
    let connection = number.get(state);
    let kind = call
        .headers
        .get("authorization")
        .map(|header| tokens::bearer(header).map_or("none", |token| state.kind_of(token).name()));
    let user = routes::user_of(state, &call.target);
    state.requests += 1;
    state.last_head = without_secrets(&request.head);

    let is_batch = origin_form(&call.target).ends_with("/$batch");
    let place = if is_batch { Place::Batch } else { Place::Single };
    let fault = Fault::meet(state, &call.target, place);
    let draw = fault.as_ref().and_then(|fault| fault.draw);
    call.breakage = draw.filter(|draw| draw.mishap == Mishap::BrokenBatch);
    call.fault = fault.as_ref().map(Fault::name);
    let mut own = if fault.as_ref().is_none_or(|fault| fault.act) {
        routes::answer(state, &call)
    } else {
        Reply::empty(500)
    };
    let entry = state.keep_log.then(|| {
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
        state.log.push(entry);
        state.log.len() - 1
    });
    let (attempts, reads) = note(state, &call, user, &mut own, fault.as_ref(), request.arrived);
    let record = Some(Record {
        epoch: state.epoch,
        entry,
        attempts,
        reads,
        replaced: !is_batch || fault.as_ref().is_some_and(Fault::replaces_answer),
        summary: format!(
            "{} {} token={} connection={connection}",
            call.method,
            call.target,
            kind.unwrap_or("absent")
        ),
    });
    match fault {
        None => Exchange {
            reply: own,
            delay: Duration::ZERO,
            ending: Ending::Answer,
            record,
        },
        Some(fault) => Exchange {
            reply: fault.answer(&call, own),
            delay: fault.delay,
            ending: fault.ending,
            record,
        },
    }
}

/// Adds the attempts and the reads of a request to their records, and tells where they stand.
fn note(
    state: &mut State,
    call: &Call,
    user: Option<String>,
    own: &mut Reply,
    fault: Option<&Fault>,
    arrived: SystemTime,
) -> (Range<usize>, Range<usize>) {
    let (first, first_read) = (state.attempts.len(), state.reads.len());
    state.reads.extend(Read::new(call, user.clone(), own));
    match routes::action_on(call) {
        Some(key) => state
            .attempts
            .push(Attempt::new(call, key, user, own, call.fault)),
        None if fault.is_some_and(|fault| !fault.act) => {
            let attempts = routes::attempts_in(state, call, call.fault);
            state.attempts.extend(attempts);
        }
        None => {
            for part in &mut own.parts {
                state.attempts.extend(part.attempt.take());
                state.reads.extend(part.read.take());
            }
        }
    }
    let attempts = state.attempts[first..]
        .iter_mut()
        .map(|attempt| &mut attempt.notes);
    let reads = state.reads[first_read..].iter_mut().map(|read| &mut read.notes);
    attempts.chain(reads).for_each(|notes| notes.came(arrived));
    (first..state.attempts.len(), first_read..state.reads.len())
}

impl Exchange {
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

    /// Notes the answer that is about to leave; gives the line for the log on stderr.
    pub(crate) fn finish(&self, state: &mut State) -> Option<String> {
        let record = self.record.as_ref()?;
        let status = match self.ending {
            Ending::Answer | Ending::Truncate(_) => Some(self.reply.status),
            Ending::Raw(_) | Ending::Reset | Ending::Close | Ending::Hang => None,
        };
        if record.epoch == state.epoch {
            if let Some(entry) = record.entry.and_then(|at| state.log.get_mut(at)) {
                entry["status"] = json!(status);
            }
            let told = self.told(record);
            let attempts = state.attempts.get_mut(record.attempts.clone());
            for attempt in attempts.into_iter().flatten() {
                if record.replaced {
                    attempt.answered(&self.reply);
                }
                attempt.notes.told(told);
            }
            let reads = state.reads.get_mut(record.reads.clone());
            for read in reads.into_iter().flatten() {
                if record.replaced {
                    read.answered(&self.reply);
                }
                read.notes.told(told);
            }
        }
        let outcome = status.map_or_else(|| format!("{:?}", self.ending), |status| status.to_string());
        let acted = if self.reply.acted { " acted" } else { "" };
        Some(format!("{} -> {outcome}{acted}", record.summary))
    }

    fn told(&self, record: &Record) -> Told {
        let body = &self.reply.body;
        match self.ending {
            Ending::Reset | Ending::Close | Ending::Hang => Told::Lost,
            Ending::Raw(_) => Told::Unreadable,
            Ending::Truncate(limit) if limit < body.len() => Told::Unreadable,
            _ if record.replaced || serde_json::from_slice::<Value>(body).is_ok() => Told::Given,
            _ => Told::Unreadable,
        }
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
