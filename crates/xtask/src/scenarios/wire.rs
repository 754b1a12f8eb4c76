//! Compares what reached the emulator with what a row expects and what holds for every request.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::compare::mismatches;
use super::table::Wire;
use crate::tools::VERSION;

/// What is wrong with the requests in the emulator's log, and with the number of tunnels that proxies were asked for.
pub(crate) fn mismatched(wire: &Wire, log: &[Value], tunnels: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let acted = log.iter().filter(|entry| entry["acted"] == true).count();
    let connections = log
        .iter()
        .map(|entry| entry["connection"].to_string())
        .collect::<BTreeSet<_>>()
        .len();
    let sent = log.iter().flat_map(actions).count();
    number(
        "requests",
        wire.requests.unwrap_or(log.len()),
        log.len(),
        &mut wrong,
    );
    number("actions", wire.sent.unwrap_or(sent), sent, &mut wrong);
    number("acted", wire.acted, acted, &mut wrong);
    number(
        "connections",
        wire.connections.unwrap_or(connections),
        connections,
        &mut wrong,
    );
    number("tunnels", wire.tunnels.unwrap_or(tunnels), tunnels, &mut wrong);
    for (index, entry) in log.iter().enumerate() {
        wrong.extend(mismatches(
            &format!("request {}", index + 1),
            &every_request(entry),
            entry,
        ));
        if wire
            .target
            .as_ref()
            .is_some_and(|target| entry["target"] != *target)
        {
            wrong.push(format!("request {}: target is {}", index + 1, entry["target"]));
        }
    }
    if !wire.headers.is_empty() {
        let last = log.last().map_or(Value::Null, |entry| entry["headers"].clone());
        wrong.extend(mismatches("headers", &Value::Object(wire.headers.clone()), &last));
    }
    wrong
}

/// Whether a target is that of the one write.
fn is_action(entry: &Value) -> bool {
    let target = entry["target"].as_str().unwrap_or_default();
    target.ends_with("/removeAllDevicesFromManagement")
}

/// The actions of a request: itself, or those inside a batch.
fn actions(entry: &Value) -> impl Iterator<Item = &Value> {
    let inside = entry["requests"].as_array().into_iter().flatten();
    std::iter::once(entry)
        .chain(inside)
        .filter(|entry| is_action(entry))
}

/// Holds for each request that this library sends: the action has no body, a batch has one, and any other only reads.
fn every_request(entry: &Value) -> Value {
    let mut pattern = json!({
        "method": "GET",
        "body_bytes": 0,
        "headers": {
            "accept": "application/json",
            "client-request-id": {"matches": "-"},
            "user-agent": {"matches": format!("graph-devices/{VERSION}")},
            "transfer-encoding": null,
        },
    });
    if is_action(entry) {
        pattern["method"] = json!("POST");
        pattern["headers"]["content-length"] = json!("0");
    } else if entry["target"] == "/v1.0/$batch" {
        pattern["method"] = json!("POST");
        pattern["body_bytes"] = json!({"any": true});
        pattern["headers"]["content-type"] = json!("application/json");
    }
    pattern
}

fn number(what: &str, expected: usize, found: usize, wrong: &mut Vec<String>) {
    if expected != found {
        wrong.push(format!("{found} {what} on the wire, not {expected}"));
    }
}
