//! `POST /users/{id}/removeAllDevicesFromManagement`, behind Multi Admin Approval.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, not_found, resolve_user};
use crate::approval::Approval;
use crate::path::Segment;
use crate::reply::{Call, Reply};
use crate::state::State;
use crate::tokens::{self, Kind};

const JUSTIFICATION: &str = "x-msft-approval-justification";
const CODE: &str = "x-msft-approval-code";
const MAX_JUSTIFICATION: usize = 1024;

pub(super) fn remove_all(state: &mut State, call: &Call, kind: Kind, key: &Segment) -> Answer {
    tokens::may_act(kind, call)?;
    let user = resolve_user(state, call, key)?;
    if kind == Kind::Approval {
        approve(state, call, &user)?;
    }
    let devices = state.directory.retire_all(&user);
    let devices = devices.ok_or_else(|| not_found(call, &user))?;
    state.received.actions += 1;
    Ok(Reply {
        acted: true,
        devices,
        ..Reply::empty(204)
    })
}

/// Lets an approved request through; queues one with a justification.
fn approve(state: &mut State, call: &Call, user: &str) -> Result<(), Reply> {
    if let Some(code) = call.headers.get(CODE) {
        return use_code(state, call, user, code);
    }
    let justification = justification(call)?;
    if state
        .approvals
        .iter()
        .any(|approval| approval.user_id == user && approval.status() == "needsApproval")
    {
        let message = "Another approval request for this resource is pending.";
        return Err(Reply::error(400, call, "BadRequest", message));
    }
    state.approvals_made += 1;
    let code = format!("a0000000-0000-4000-8000-{:012}", state.approvals_made);
    state.approvals.push(Approval::new(
        code.clone(),
        user.to_owned(),
        justification,
        state.approval_life,
    ));
    Err(approval_required(call, &code))
}

fn use_code(state: &mut State, call: &Call, user: &str, code: &str) -> Result<(), Reply> {
    let approval = state
        .approvals
        .iter_mut()
        .find(|approval| approval.code == code && approval.user_id == user);
    let Some(approval) = approval else {
        return Err(Reply::error(
            403,
            call,
            "Forbidden",
            "The approval request does not fit this request.",
        ));
    };
    match approval.status() {
        "approved" => {
            approval.set("completed");
            Ok(())
        }
        "needsApproval" => Err(approval_required(call, code)),
        status => {
            let message = format!("The approval request is {status}.");
            Err(Reply::error(403, call, "Forbidden", &message))
        }
    }
}

fn justification(call: &Call) -> Result<String, Reply> {
    let bad = |message: &str| Reply::error(400, call, "BadRequest", message);
    let header = call
        .headers
        .get(JUSTIFICATION)
        .map(str::trim)
        .filter(|header| !header.is_empty());
    let header = header
        .ok_or_else(|| bad("Header 'x-msft-approval-justification' is required to request approval"))?;
    let text = STANDARD
        .decode(header)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| bad("Header 'x-msft-approval-justification' is not a valid Base64 text"))?;
    if text.chars().count() > MAX_JUSTIFICATION {
        return Err(bad(
            "Header 'x-msft-approval-justification' is longer than 1024 characters",
        ));
    }
    Ok(text)
}

fn approval_required(call: &Call, code: &str) -> Reply {
    let message = format!(
        "Approval Required. Request Approval using the request ID returned as part of the \
         x-msft-approval-code response header. x-msft-approval-code: {code}"
    );
    Reply::error(403, call, "ApprovalRequired", &message).with(CODE, code)
}
