//! `GET /beta/deviceManagement/operationApprovalRequests`.

use serde_json::{Value, json};

use super::{Answer, only_options};
use crate::path::Path;
use crate::reply::{Call, Reply};
use crate::state::{Approval, State};
use crate::tokens::{self, Kind};

pub(super) fn list(state: &State, call: &Call, kind: Kind, path: &Path) -> Answer {
    tokens::may_read_intune(
        kind,
        call,
        "DeviceManagementRBAC.Read.All, DeviceManagementRBAC.ReadWrite.All",
    )?;
    only_options(path, call, &["filter"])?;
    let wanted = match path.option("filter") {
        None => None,
        Some(filter) => Some(requested_id(filter).ok_or_else(|| {
            Reply::error(
                400,
                call,
                "BadRequest",
                "Only $filter=requestId eq '...' is emulated here.",
            )
        })?),
    };
    let value: Vec<Value> = state
        .approvals
        .iter()
        .filter(|approval| wanted.is_none_or(|code| approval.code.eq_ignore_ascii_case(code)))
        .map(show)
        .collect();
    Ok(Reply::json(
        200,
        &json!({
            "@odata.context": format!("{}/beta/$metadata#deviceManagement/operationApprovalRequests", call.base),
            "value": value,
        }),
    ))
}

/// The id in `requestId eq '...'`.
fn requested_id(filter: &str) -> Option<&str> {
    let literal = filter
        .trim()
        .strip_prefix("requestId")?
        .trim_start()
        .strip_prefix("eq")?
        .trim();
    literal.strip_prefix('\'')?.strip_suffix('\'')
}

fn show(approval: &Approval) -> Value {
    json!({
        "id": approval.code,
        "requestId": approval.code,
        "requestDateTime": approval.requested,
        "lastModifiedDateTime": approval.requested,
        "status": approval.status,
        "requestJustification": approval.justification,
        "approvalJustification": null,
    })
}
