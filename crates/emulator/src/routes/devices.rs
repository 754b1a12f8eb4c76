//! Managed devices: of a user, of the tenant, and one.

use serde_json::{Value, json};

use super::{Answer, not_found, only_options, resolve_user, selection};
use crate::path::Path;
use crate::records::Record;
use crate::reply::{Call, Reply};
use crate::state::State;
use crate::tokens::{self, Kind};

const SCOPES: &str = "DeviceManagementManagedDevices.Read.All, DeviceManagementManagedDevices.ReadWrite.All";

/// Properties that only a read of one device with `$select` fills.
const SINGLE_ONLY: &[&str] = &[
    "activationLockBypassCode",
    "iccid",
    "notes",
    "physicalMemoryInBytes",
    "udid",
    "deviceActionResults",
];

pub(super) fn of_user(state: &State, call: &Call, kind: Kind, path: &Path) -> Answer {
    tokens::may_read_intune(kind, call, SCOPES)?;
    only_options(path, call, &["select", "top", "skiptoken"])?;
    let id = resolve_user(state, call, &path.segments[2])?;
    let user = state.directory.find(&id).ok_or_else(|| not_found(call, &id))?;
    page(state, call, path, |start| {
        user.devices.iter().skip(start).cloned()
    })
}

/// The whole tenant: a `$filter` by `userId` is ignored without an error, as the service does.
pub(super) fn of_tenant(state: &State, call: &Call, kind: Kind, path: &Path) -> Answer {
    tokens::may_read_intune(kind, call, SCOPES)?;
    only_options(path, call, &["filter", "select", "top", "skiptoken"])?;
    page(state, call, path, |start| state.directory.devices_from(start))
}

pub(super) fn get(state: &State, call: &Call, kind: Kind, path: &Path, id: &str) -> Answer {
    tokens::may_read_intune(kind, call, SCOPES)?;
    only_options(path, call, &["select"])?;
    let device = state.directory.find_device(id).ok_or_else(|| {
        let message = format!("Resource '{id}' does not exist.");
        Reply::intune_error(404, call, "ResourceNotFound", &message)
    })?;
    let names = selection(path, call, "managedDevice", |name| is_property(&device, name))?;
    let filled = names.contains(&"deviceActionResults");
    let mut shown = show(&device, &names);
    if filled {
        shown["deviceActionResults"] = device["deviceActionResults"].clone();
    }
    Ok(Reply::json(200, &shown))
}

/// One page, with a link to the next; `devices_from` gives the devices from the one with that number.
fn page<I: Iterator<Item = Record>>(
    state: &State,
    call: &Call,
    path: &Path,
    devices_from: impl FnOnce(usize) -> I,
) -> Answer {
    let bad = |name: &str| Reply::error(400, call, "BadRequest", &format!("Invalid value for '${name}'."));
    let number = |name: &str| {
        path.option(name)
            .map(|text| text.parse().map_err(|_| bad(name)))
            .transpose()
    };
    let start: usize = number("skiptoken")?.unwrap_or(0);
    let size = number("top")?
        .filter(|&top| top > 0)
        .unwrap_or(state.page_size)
        .min(state.page_size);

    let mut devices = devices_from(start).peekable();
    let names = match devices.peek() {
        Some(first) => selection(path, call, "managedDevice", |name| is_property(first, name))?,
        None => Vec::new(),
    };
    let value: Vec<Value> = devices
        .by_ref()
        .take(size)
        .map(|device| show(&device, &names))
        .collect();
    let mut body = json!({
        "@odata.context": format!("{}/v1.0/$metadata#managedDevices", call.base),
        "@odata.count": value.len(),
        "value": value,
    });
    if devices.peek().is_some() {
        body["@odata.nextLink"] = json!(next_link(call, start + size));
    }
    Ok(Reply::json(200, &body))
}

/// The same request with the token of the next page.
fn next_link(call: &Call, start: usize) -> String {
    let (path, query) = call.target.split_once('?').unwrap_or((&call.target, ""));
    let path = crate::path::origin_form(path);
    let mut parts: Vec<&str> = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.contains("skiptoken="))
        .collect();
    let token = format!("$skiptoken={start}");
    parts.push(&token);
    format!("{}{path}?{}", call.base, parts.join("&"))
}

fn is_property(device: &Record, name: &str) -> bool {
    device.contains_key(name) || SINGLE_ONLY.contains(&name)
}

/// The device as lists show it.
fn show(device: &Record, names: &[&str]) -> Value {
    let mut shown = device.clone();
    shown.insert("deviceActionResults".to_owned(), json!([]));
    if !names.is_empty() {
        shown.retain(|name, _| names.contains(&name.as_str()));
        for name in names {
            shown.entry(*name).or_insert(Value::Null);
        }
    }
    Value::Object(shown)
}
