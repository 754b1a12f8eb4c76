//! `GET /beta/deviceManagement/operationApprovalRequests`.

use serde_json::{Value, json};

use super::{Answer, only_options};
use crate::approval::Approval;
use crate::clock;
use crate::path::Path;
use crate::reply::{Call, Reply};
use crate::state::State;
use crate::tokens::{self, Kind};

pub(super) fn list(state: &State, call: &Call, kind: Kind, path: &Path) -> Answer {
    tokens::may_read_intune(
        kind,
        call,
        "DeviceManagementRBAC.Read.All, DeviceManagementRBAC.ReadWrite.All",
    )?;
    only_options(path, call, &["filter"])?;
    let wanted = match path.option("filter") {
        None => Vec::new(),
        Some(filter) => conditions(filter).ok_or_else(|| {
            Reply::error(
                400,
                call,
                "BadRequest",
                "Only $filter=requestId eq '...' and status eq '...' are emulated here.",
            )
        })?,
    };
    let value: Vec<Value> = state
        .approvals
        .iter()
        .filter(|approval| wanted.iter().all(|condition| condition.fits(approval)))
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

/// One `name eq 'value'`.
struct Condition<'a> {
    name: &'a str,
    value: &'a str,
}

impl Condition<'_> {
    fn fits(&self, approval: &Approval) -> bool {
        match self.name {
            "status" => approval.status() == self.value,
            _ => approval.code.eq_ignore_ascii_case(self.value),
        }
    }
}

/// The conditions of a filter, all of which are to be met.
fn conditions(filter: &str) -> Option<Vec<Condition<'_>>> {
    let known = ["requestId", "status"];
    filter
        .split(" and ")
        .map(|part| {
            let (name, literal) = part.split_once(" eq ")?;
            let value = literal.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            let name = name.trim();
            known.contains(&name).then_some(Condition { name, value })
        })
        .collect()
}

fn show(approval: &Approval) -> Value {
    json!({
        "id": approval.code,
        "requestId": approval.code,
        "requestDateTime": clock::zulu(approval.requested),
        "lastModifiedDateTime": clock::zulu(approval.modified),
        "expirationDateTime": clock::zulu(approval.expires),
        "status": approval.status(),
        "requestJustification": approval.justification,
        "approvalJustification": null,
    })
}
