//! Reads the requests of Multi Admin Approval
//! (<https://learn.microsoft.com/intune/fundamentals/role-based-access-control/multi-admin-approval-graph-api>).

use std::time::{Duration, SystemTime};

use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use crate::error::Result;
use crate::page;
use crate::reads::{Read, read_list};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::user_id::{SEGMENT, UserId, is_guid};

const PATH: &str = "/beta/deviceManagement/operationApprovalRequests";

/// How much the service's clock may differ from this machine's.
const SKEW: Duration = Duration::from_secs(120);

/// What a second administrator decided about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    /// It is not decided yet, or this library does not know its state.
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

/// Reads the state of a request.
pub(crate) fn poll(session: &mut Session<'_>, user: &UserId, code: &str) -> Result<Approval> {
    let filter = format!("requestId eq '{code}'");
    let target = format!("{PATH}?$filter={}", utf8_percent_encode(&filter, SEGMENT));
    let items = read(session, user, &target)?;
    let found = items
        .iter()
        .find(|item| text(item, "requestId").eq_ignore_ascii_case(code));
    Ok(found.map_or(Approval::Unlisted, |item| Approval::parse(text(item, "status"))))
}

/// Reads the codes of the requests that wait for approval, were made since then, and give exactly this justification. They do
/// not name their users.
pub(crate) fn waiting(
    session: &mut Session<'_>,
    user: &UserId,
    justification: &str,
    since: SystemTime,
) -> Result<Vec<String>> {
    let items = read(session, user, PATH)?;
    let from = since.checked_sub(SKEW).unwrap_or(since);
    let fitting = items.iter().filter(|item| {
        Approval::parse(text(item, "status")) == Approval::Waiting
            && text(item, "requestJustification") == justification
            && humantime::parse_rfc3339_weak(text(item, "requestDateTime")).is_ok_and(|made| made >= from)
    });
    Ok(fitting.map(|item| text(item, "requestId").to_owned()).collect())
}

/// The only one of some codes; `None` if there are several, which cannot be matched to a user.
pub(crate) fn only(mut codes: Vec<String>) -> Option<String> {
    let code = codes.pop()?;
    (codes.is_empty() && is_guid(&code)).then_some(code)
}

fn read(session: &mut Session<'_>, user: &UserId, target: &str) -> Result<Vec<Value>> {
    let read = Read {
        kind: RequestKind::ReadApprovals,
        subject: user.as_str(),
        target,
    };
    read_list(session, &read, None, page::read)
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}
