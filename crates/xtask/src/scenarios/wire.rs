//! What reached the emulator, held against what a row expects and what is true of every request.

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
    number("requests", wire.requests, log.len(), &mut wrong);
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
            &every_request(),
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

/// True of each request that this library sends.
fn every_request() -> Value {
    json!({
        "method": "POST",
        "target": {"matches": "/removeAllDevicesFromManagement"},
        "body_bytes": 0,
        "headers": {
            "content-length": "0",
            "accept": "application/json",
            "client-request-id": {"matches": "-"},
            "user-agent": {"matches": format!("graph-devices/{VERSION}")},
            "transfer-encoding": null,
        },
    })
}

fn number(what: &str, expected: usize, found: usize, wrong: &mut Vec<String>) {
    if expected != found {
        wrong.push(format!("{found} {what} on the wire, not {expected}"));
    }
}
