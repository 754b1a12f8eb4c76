//! Requests of Multi Admin Approval, as the tenant keeps them.

use std::time::{Duration, SystemTime};

use serde_json::Value;

/// Thirty days; a hardening guide says three.
pub(crate) const LIFE: Duration = Duration::from_secs(30 * 86_400);

/// The states in which an approval request can be.
pub(crate) const STATUSES: [&str; 7] = [
    "unknown",
    "needsApproval",
    "approved",
    "rejected",
    "cancelled",
    "completed",
    "expired",
];

/// A queued request.
#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) code: String,
    pub(crate) user_id: String,
    pub(crate) justification: String,
    status: String,
    pub(crate) requested: SystemTime,
    pub(crate) modified: SystemTime,
    pub(crate) expires: SystemTime,
}

impl Approval {
    pub(crate) fn new(code: String, user_id: String, justification: String, life: Duration) -> Self {
        let now = SystemTime::now();
        Self {
            code,
            user_id,
            justification,
            status: "needsApproval".to_owned(),
            requested: now,
            modified: now,
            expires: now + life,
        }
    }

    pub(crate) fn parse(value: &Value, life: Duration) -> Result<Self, String> {
        let member = |name: &str, default: &str| value[name].as_str().unwrap_or(default).to_owned();
        let mut approval = Self::new(
            member("code", ""),
            member("user", ""),
            member("justification", ""),
            life,
        );
        if approval.code.is_empty() || approval.user_id.is_empty() {
            return Err("an approval needs a \"code\" and the object id of its \"user\"".to_owned());
        }
        let status = member("status", "needsApproval");
        if !approval.set(&status) {
            return Err(format!(
                "the status of an approval is one of {}",
                STATUSES.join(", ")
            ));
        }
        Ok(approval)
    }

    /// Open requests run out.
    pub(crate) fn status(&self) -> &str {
        let open = matches!(self.status.as_str(), "needsApproval" | "approved");
        if open && SystemTime::now() >= self.expires {
            return "expired";
        }
        &self.status
    }

    /// False for what is no status.
    pub(crate) fn set(&mut self, status: &str) -> bool {
        let known = STATUSES.contains(&status);
        if known {
            status.clone_into(&mut self.status);
            self.modified = SystemTime::now();
        }
        known
    }
}
