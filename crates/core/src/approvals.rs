//! Requests of Multi Admin Approval, as far as they can be read
//! (<https://learn.microsoft.com/intune/fundamentals/role-based-access-control/multi-admin-approval-graph-api>).

use std::time::{Duration, SystemTime};

use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use crate::error::Result;
use crate::page;
use crate::reads::read_list;
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::user_id::{SEGMENT, UserId, is_guid};

const PATH: &str = "/beta/deviceManagement/operationApprovalRequests";

/// How far the service's clock may be off ours.
const SKEW: Duration = Duration::from_secs(120);

/// What a second administrator made of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    /// Nobody decided yet, or the state is one that this library does not know.
    Waiting,
    Approved,
    /// The approved request was carried out already.
    Completed,
    Rejected,
    Cancelled,
    Expired,
    /// The service does not list the request.
    Unlisted,
}

impl Approval {
    fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "approved" => Self::Approved,
            "completed" => Self::Completed,
            "rejected" => Self::Rejected,
            "cancelled" | "canceled" => Self::Cancelled,
            "expired" => Self::Expired,
            _ => Self::Waiting,
        }
    }
}

/// Where a request stands.
pub(crate) fn poll(session: &mut Session<'_>, user: &UserId, code: &str) -> Result<Approval> {
    let filter = format!("requestId eq '{code}'");
    let target = format!("{PATH}?$filter={}", utf8_percent_encode(&filter, SEGMENT));
    let items = read_list(
        session,
        RequestKind::ReadApprovals,
        user,
        &target,
        None,
        page::read,
    )?;
    let found = items
        .iter()
        .find(|item| text(item, "requestId").eq_ignore_ascii_case(code));
    Ok(found.map_or(Approval::Unlisted, |item| Approval::parse(text(item, "status"))))
}

/// The code of the one request that waits for approval, was made since then, gives exactly this justification, and is not
/// known to be another user's. None if there are several: they cannot be told apart, since a request does not name its user.
pub(crate) fn find(
    session: &mut Session<'_>,
    user: &UserId,
    justification: &str,
    since: SystemTime,
    is_anothers: impl Fn(&str) -> bool,
) -> Result<Option<String>> {
    let items = read_list(session, RequestKind::ReadApprovals, user, PATH, None, page::read)?;
    let from = since.checked_sub(SKEW).unwrap_or(since);
    let mut fitting = items.iter().filter(|item| {
        Approval::parse(text(item, "status")) == Approval::Waiting
            && text(item, "requestJustification") == justification
            && humantime::parse_rfc3339_weak(text(item, "requestDateTime")).is_ok_and(|made| made >= from)
            && !is_anothers(text(item, "requestId"))
    });
    match (fitting.next(), fitting.next()) {
        (Some(item), None) => Ok(Some(text(item, "requestId").to_owned()).filter(|code| is_guid(code))),
        _ => Ok(None),
    }
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}
