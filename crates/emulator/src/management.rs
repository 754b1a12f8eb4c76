//! `/_emulator/`: sets the scene and reports what happened. No token is needed.

use serde_json::{Map, Value, json};

use crate::approval;
use crate::faults::Fault;
use crate::fixtures;
use crate::gate::Hold;
use crate::path::Path;
use crate::records::text;
use crate::reply::Reply;
use crate::state::{State, user_json};

type Answer = Result<Value, (u16, String)>;

/// Answers a management request; `path` is what follows `/_emulator`.
pub(crate) fn answer(state: &mut State, method: &str, path: &str, body: &[u8]) -> Reply {
    let path = Path::parse(path).unwrap_or_default();
    let segments = path.texts();
    let outcome = match (method, segments.as_slice()) {
        ("GET", ["raw"]) => return Reply::text(200, "text/plain", state.received.last_head.clone()),
        ("GET", ["state"]) => Ok(state.to_json()),
        ("GET", ["log"]) => page(&path, usize::MAX).map(|(since, limit)| {
            let entries: Vec<&Value> = state.received.log.iter().skip(since).take(limit).collect();
            json!(entries)
        }),
        ("GET", ["actions"]) => page(&path, 10_000).map(|(since, limit)| {
            let attempts = state.received.attempts.iter().enumerate().skip(since).take(limit);
            attempts.map(|(at, attempt)| attempt.to_json(at + 1)).collect()
        }),
        ("GET", ["reads"]) => page(&path, 10_000).map(|(since, limit)| {
            let reads = state.received.reads.iter().enumerate().skip(since).take(limit);
            reads.map(|(at, read)| read.to_json(at + 1)).collect()
        }),
        ("GET", ["fixtures"]) => Ok(json!(fixtures::NAMES)),
        ("POST", ["reset"]) => read(body).and_then(|parts| reset(state, &parts)),
        ("POST", ["faults"]) => read(body).and_then(|faults| add_faults(state, &faults)),
        ("DELETE", ["faults"]) => {
            state.faults.clear();
            Ok(json!({"queued": 0}))
        }
        ("POST", ["hold"]) => read(body).and_then(|hold| {
            state
                .gate
                .holds
                .push(Hold::parse(&hold).map_err(|message| (400, message))?);
            Ok(json!({"holds": state.gate.holds.len()}))
        }),
        ("POST", ["release"]) => read(body).and_then(|body| release(state, &body)),
        ("DELETE", ["hold"]) => {
            state.gate.holds.clear();
            Ok(json!({"held": state.gate.held}))
        }
        ("POST", ["approvals", code]) => read(body).and_then(|body| decide(state, code, &body)),
        ("DELETE", ["approvals", code]) => found(forget(state, code), "approval request"),
        ("POST", ["users"]) => read(body).and_then(|user| {
            let id = state.directory.add(&user).map_err(|message| (400, message))?;
            Ok(json!({"id": id}))
        }),
        ("GET", ["users", id]) => match state.directory.find(id) {
            Some(user) => Ok(user_json(&user)),
            None => found(false, "user"),
        },
        ("PATCH", ["users", id]) => read(body).and_then(|body| change_user(state, id, &body)),
        ("DELETE", ["users", id]) => found(state.directory.remove(id), "user"),
        ("POST", ["users", id, "devices"]) => {
            read(body).and_then(|device| match state.directory.enrol(id, &device) {
                Ok(Some(id)) => Ok(json!({"id": id})),
                Ok(None) => found(false, "user"),
                Err(message) => Err((400, message)),
            })
        }
        ("PATCH", ["devices", id]) => read(body).and_then(|body| change_device(state, id, &body)),
        ("DELETE", ["devices", id]) => remove_device(state, id),
        _ => Err((
            404,
            format!(
                "no such management request: {method} /_emulator/{}",
                segments.join("/")
            ),
        )),
    };
    match outcome {
        Ok(body) => Reply::text(200, "application/json", body.to_string()),
        Err((status, message)) => {
            Reply::text(status, "application/json", json!({"error": message}).to_string())
        }
    }
}

/// `?since=N&limit=M`: how many entries to pass over, and how many to return at most.
fn page(path: &Path, limit: usize) -> Result<(usize, usize), (u16, String)> {
    let number = |name: &str, default: usize| match path.option(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| (400, format!("\"{name}\" is a number"))),
    };
    Ok((number("since", 0)?, number("limit", limit)?))
}

/// The JSON of a body; an empty one is an empty object.
fn read(body: &[u8]) -> Answer {
    if body.trim_ascii().is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|error| (400, format!("the body is not JSON: {error}")))
}

fn object(value: &Value) -> Result<&Map<String, Value>, (u16, String)> {
    value
        .as_object()
        .ok_or_else(|| (400, "the body is not a JSON object".to_owned()))
}

fn found(done: bool, what: &str) -> Answer {
    if done {
        Ok(json!({}))
    } else {
        Err((404, format!("no such {what}")))
    }
}

fn reset(state: &mut State, parts: &Value) -> Answer {
    let mut fresh = State::from_parts(object(parts)?).map_err(|message| (400, message))?;
    fresh.epoch = state.epoch + 1;
    // The requests that are under way are still counted; those that are held go on.
    fresh.gate = std::mem::take(&mut state.gate);
    fresh.gate.release(false);
    *state = fresh;
    Ok(json!({"users": state.directory.len()}))
}

fn add_faults(state: &mut State, faults: &Value) -> Answer {
    state
        .faults
        .extend(Fault::parse_all(faults).map_err(|message| (400, message))?);
    Ok(json!({"queued": state.faults.len()}))
}

/// Releases held requests, and holds later ones if the body has a hold: nothing slips through in between.
fn release(state: &mut State, body: &Value) -> Answer {
    let hold = body.get("hold").map(Hold::parse).transpose();
    let hold = hold.map_err(|message| (400, message))?;
    state.gate.release(body["lose"] == true);
    state.gate.holds.extend(hold);
    Ok(json!({"released": state.gate.held}))
}

/// Removes a request for approval from the list; false if it was not listed.
fn forget(state: &mut State, code: &str) -> bool {
    let before = state.approvals.len();
    state
        .approvals
        .retain(|approval| !approval.code.eq_ignore_ascii_case(code));
    state.approvals.len() < before
}

fn decide(state: &mut State, code: &str, body: &Value) -> Answer {
    let status = body["status"].as_str().unwrap_or_default();
    let approval = state
        .approvals
        .iter_mut()
        .find(|approval| approval.code.eq_ignore_ascii_case(code));
    let Some(approval) = approval else {
        return found(false, "approval request");
    };
    if !approval.set(status) {
        return Err((
            400,
            format!("\"status\" is one of {}", approval::STATUSES.join(", ")),
        ));
    }
    Ok(json!({"code": code, "status": status}))
}

fn change_user(state: &mut State, id: &str, body: &Value) -> Answer {
    let changes = object(body)?.clone();
    found(
        state.directory.change(id, |user| user.record.extend(changes)),
        "user",
    )
}

fn change_device(state: &mut State, id: &str, body: &Value) -> Answer {
    let changes = object(body)?.clone();
    let Some(owner) = state.directory.owner(id).map(|user| user.id().to_owned()) else {
        return found(false, "device");
    };
    let done = state.directory.change(&owner, |user| {
        let device = user
            .devices
            .iter_mut()
            .find(|device| text(device, "id").eq_ignore_ascii_case(id));
        if let Some(device) = device {
            device.extend(changes);
        }
    });
    found(done, "device")
}

fn remove_device(state: &mut State, id: &str) -> Answer {
    let Some(owner) = state.directory.owner(id).map(|user| user.id().to_owned()) else {
        return found(false, "device");
    };
    let done = state.directory.change(&owner, |user| {
        user.devices
            .retain(|device| !text(device, "id").eq_ignore_ascii_case(id));
    });
    found(done, "device")
}
