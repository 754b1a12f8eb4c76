//! What the emulated service does with a call.

mod action;
mod approvals;
mod batch;
mod devices;
mod users;

use std::time::Instant;

use crate::attempts::Attempt;
use crate::path::{Path, Segment, origin_form};
use crate::quota::Cost;
use crate::reply::{Call, Reply};
use crate::state::State;
use crate::tokens::{self, Kind};

/// `Err` is a refusal; both go to the caller.
type Answer = Result<Reply, Reply>;

const ACTION: &str = "removeAllDevicesFromManagement";
const QUALIFIED_ACTION: &str = "microsoft.graph.removeAllDevicesFromManagement";

/// Answers a call, with the headers of Graph.
pub(crate) fn answer(state: &mut State, call: &Call) -> Reply {
    let reply = if needs_length(call) {
        return crate::fixtures::length_required();
    } else {
        tokens::authenticate(state, call).and_then(|kind| route(state, call, kind))
    };
    reply.unwrap_or_else(|refusal| refusal).said_by_graph(call)
}

/// The object id of the user whom the target names.
pub(crate) fn user_of(state: &State, target: &str) -> Option<String> {
    let path = Path::parse(origin_form(target))?;
    let at = path.segments.iter().position(|segment| segment.text == "users")?;
    let key = path.segments.get(at + 1)?;
    state.directory.id_of(&key.text)
}

/// The user whom the action is to hit, as named in the path; `None` where the call is not the action.
pub(crate) fn action_on(call: &Call) -> Option<String> {
    if call.method != "POST" {
        return None;
    }
    let path = Path::parse(origin_form(&call.target))?;
    match path.texts().as_slice() {
        [_, "users", key, ACTION | QUALIFIED_ACTION] => Some((*key).to_owned()),
        _ => None,
    }
}

/// The attempts in a batch of which nothing is carried out.
pub(crate) fn attempts_in(state: &State, call: &Call, fault: Option<&'static str>) -> Vec<Attempt> {
    let path = Path::parse(origin_form(&call.target));
    match path.as_ref().map(Path::texts).as_deref() {
        Some([version, "$batch"]) => batch::attempts(state, call, version, fault),
        _ => Vec::new(),
    }
}

fn needs_length(call: &Call) -> bool {
    matches!(call.method.as_str(), "POST" | "PUT" | "PATCH")
        && call.headers.get("content-length").is_none()
        && call.headers.get("transfer-encoding").is_none()
}

fn route(state: &mut State, call: &Call, kind: Kind) -> Answer {
    let path = Path::parse(origin_form(&call.target))
        .ok_or_else(|| Reply::error(400, call, "BadRequest", "Bad Request - Error in query syntax."))?;
    let texts = path.texts();
    let Some((version, rest)) = texts.split_first() else {
        return Err(unknown_segment(call, ""));
    };
    if !["v1.0", "beta"].contains(version) {
        return Err(Reply::error(
            400,
            call,
            "BadRequest",
            &format!("Invalid version: {version}"),
        ));
    }
    match rest {
        ["$batch"] => only("POST", call).and_then(|()| batch::run(state, call, version, kind)),
        _ => plain_route(state, call, kind, &path),
    }
}

/// All routes but the batch; `path` begins with the version.
fn plain_route(state: &mut State, call: &Call, kind: Kind, path: &Path) -> Answer {
    let texts = path.texts();
    let (version, rest) = texts
        .split_first()
        .map_or(("", &[][..]), |(version, rest)| (*version, rest));
    match rest {
        ["me", ..] => Err(Reply::error(
            400,
            call,
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
        )),
        ["users", _, ACTION | QUALIFIED_ACTION] => {
            only("POST", call)?;
            take_quota(state, call, Cost::Write)?;
            action::remove_all(state, call, kind, &path.segments[2])
        }
        ["users", _] => {
            only("GET", call)?;
            users::get(state, call, kind, path)
        }
        ["users", _, "managedDevices"] => {
            only("GET", call)?;
            take_quota(state, call, Cost::Read)?;
            devices::of_user(state, call, kind, path)
        }
        ["users", _, "managedDevices", _] => Err(Reply::error(
            400,
            call,
            "No method match route template",
            crate::fixtures::NO_ROUTE,
        )),
        ["deviceManagement", "managedDevices"] => {
            only("GET", call)?;
            take_quota(state, call, Cost::Read)?;
            devices::of_tenant(state, call, kind, path)
        }
        ["deviceManagement", "managedDevices", id] => {
            only("GET", call)?;
            take_quota(state, call, Cost::Read)?;
            devices::get(state, call, kind, path, id)
        }
        ["deviceManagement", "operationApprovalRequests"] if version == "beta" => {
            only("GET", call)?;
            take_quota(state, call, Cost::Read)?;
            approvals::list(state, call, kind, path)
        }
        ["users" | "deviceManagement", .., last] => Err(unknown_segment(call, last)),
        _ => Err(unknown_segment(call, rest.first().unwrap_or(&""))),
    }
}

/// Counts what Intune counts; the directory's own reads have a far wider quota.
fn take_quota(state: &mut State, call: &Call, cost: Cost) -> Result<(), Reply> {
    let taken = state.traffic.take(state.quota.as_mut(), cost, Instant::now());
    taken.map_err(|wait| {
        let refusal = Reply::intune_error(429, call, "TooManyRequests", "An error has occurred");
        match state.quota.as_ref().and_then(|quota| quota.retry_after(wait)) {
            Some(seconds) => refusal.with("Retry-After", &seconds),
            None => refusal,
        }
    })
}

fn only(method: &str, call: &Call) -> Result<(), Reply> {
    if call.method == method {
        return Ok(());
    }
    let message = "Specified HTTP method is not allowed for the request target.";
    Err(Reply::error(405, call, "Request_BadRequest", message).with("Allow", method))
}

fn unknown_segment(call: &Call, segment: &str) -> Reply {
    Reply::error(
        400,
        call,
        "BadRequest",
        &format!("Resource not found for the segment '{segment}'."),
    )
}

/// The object id of the user whom a segment names.
fn resolve_user(state: &State, call: &Call, key: &Segment) -> Result<String, Reply> {
    let id = key.text.as_str();
    if id.starts_with('$') && !key.quoted {
        return Err(Reply::error(
            400,
            call,
            "BadRequest",
            "The request URI is not valid. Since the segment 'users' refers to a collection, this must be \
             the last segment in the request URI or it must be followed by an function or action that can \
             be bound to it otherwise all intermediate segments must refer to a single resource.",
        ));
    }
    if !id.contains('@') && !is_guid(id) {
        let message = format!("Invalid object identifier '{id}'.");
        return Err(Reply::error(400, call, "Request_BadRequest", &message));
    }
    state.directory.id_of(id).ok_or_else(|| not_found(call, id))
}

fn not_found(call: &Call, id: &str) -> Reply {
    let message = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    );
    Reply::error(404, call, "Request_ResourceNotFound", &message)
}

pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The properties of `$select`, or the 400 for one that the type lacks; empty when all are wanted.
fn selection<'a>(
    path: &'a Path,
    call: &Call,
    type_name: &str,
    known: impl Fn(&str) -> bool,
) -> Result<Vec<&'a str>, Reply> {
    let Some(select) = path.option("select") else {
        return Ok(Vec::new());
    };
    let names: Vec<&str> = select.split(',').map(str::trim).collect();
    match names.iter().find(|name| !known(name)) {
        None => Ok(names),
        Some(unknown) => {
            let message = format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{unknown}' on type \
                 'microsoft.graph.{type_name}'."
            );
            Err(Reply::error(400, call, "BadRequest", &message))
        }
    }
}

/// Refuses query options that are not emulated, rather than ignore them.
fn only_options(path: &Path, call: &Call, known: &[&str]) -> Result<(), Reply> {
    match path
        .query
        .iter()
        .find(|(name, _)| !known.contains(&name.trim_start_matches('$')))
    {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("The query option '{name}' is not emulated here.");
            Err(Reply::error(400, call, "BadRequest", &message))
        }
    }
}
