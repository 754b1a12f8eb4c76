//! Records into lines. Members keep the order of the schema, so that a person can read them.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::status::{Effect, Status};

use crate::verdict::VerifiedDevice;

use super::record::{
    Approval, EndRecord, ReadRecord, ResultRecord, RunRecord, SentRecord, SnapshotDevice, VERSION,
    VerifyRecord, tells_effect,
};

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// What every line begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp<'a> {
    pub(super) time: SystemTime,
    pub(super) run: &'a str,
}

/// A record that can be written as a line.
pub(super) trait Encode {
    /// The whole line, its end included.
    fn line(&self, stamp: Stamp<'_>) -> String;
}

struct Object(String);

impl Object {
    fn event(event: &str, stamp: Stamp<'_>) -> Self {
        let mut object = Self("{".to_owned());
        object.put("event", event);
        object.put("time", timestamp(stamp.time));
        object.put("run", stamp.run);
        object
    }

    /// A member, `null` if absent.
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        // Writing into a String cannot fail.
        let _ = write!(self.0, "{comma}\"{name}\":{}", value.into());
    }

    /// A member that is left out if absent.
    fn put_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn end(mut self) -> String {
        self.0.push_str("}\n");
        self.0
    }
}

/// RFC 3339, UTC, milliseconds. A clock that is off the scale is held at its ends: a record must not be lost for it.
fn timestamp(time: SystemTime) -> String {
    let last = SystemTime::UNIX_EPOCH + LAST_SECOND;
    humantime::format_rfc3339_millis(time.clamp(SystemTime::UNIX_EPOCH, last)).to_string()
}

impl Encode for RunRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("run", stamp);
        object.put("version", VERSION);
        object.put("tool", self.tool.as_str());
        object.put("mode", self.mode.name());
        object.put("resumes", self.resumes.as_deref());
        object.put("endpoint", self.endpoint.as_str());
        object.put("tenant", self.tenant.as_deref());
        object.put("app", self.app.as_deref());
        object.put("operator", self.operator.as_deref());
        object.put("host", self.host.as_deref());
        object.put("reason", self.reason.as_deref());
        let input = self.input.as_ref();
        object.put(
            "input",
            input.map(|input| json!({"name": input.name, "sha256": input.sha256})),
        );
        let plan = self.plan.as_ref();
        object.put(
            "plan",
            plan.map(|plan| json!({"run": plan.run, "path": plan.path})),
        );
        object.put("options", self.options.clone());
        object.end()
    }
}

impl Encode for ReadRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("read", stamp);
        object.put("user", self.user.as_str());
        object.put("id", self.id.as_deref());
        object.put("upn", self.upn.as_deref());
        object.put("enabled", self.enabled);
        let devices = self.devices.as_ref();
        object.put(
            "devices",
            devices.map(|devices| devices.iter().map(snapshot_device).collect::<Value>()),
        );
        object.put_some("applied", self.applied);
        object.end()
    }
}

fn snapshot_device(device: &SnapshotDevice) -> Value {
    json!({
        "id": device.id,
        "name": device.name,
        "os": device.os,
        "serial": device.serial,
        "state": device.state,
        "enrolled": device.enrolled,
        "user_id": device.user_id,
    })
}

impl Encode for SentRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("sent", stamp);
        object.put("user", self.user.as_str());
        object.put("id", self.id.as_deref());
        object.put("client_request_id", self.client_request_id.as_deref());
        object.put_some("approval_code", self.approval_code.as_deref());
        object.end()
    }
}

impl Encode for ResultRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let reason = Some(self.reason.name()).filter(|name| !name.is_empty());
        let retry_after = self
            .retry_after
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let effect = Some(self.effect).filter(|_| tells_effect(self.outcome));
        let mut object = Object::event("result", stamp);
        object.put("user", self.user.as_str());
        object.put("id", self.id.as_deref());
        object.put("outcome", self.outcome.name());
        object.put_some("reason", reason);
        object.put_some("status", self.status.map(Status::name));
        object.put_some("effect", effect.map(Effect::name));
        object.put_some("http_status", self.http_status);
        object.put_some("code", self.code.as_deref());
        object.put_some("inner_code", self.inner_code.as_deref());
        object.put_some("message", self.message.as_deref());
        object.put_some("service_message", self.service_message.as_deref());
        object.put_some("request_id", self.request_id.as_deref());
        object.put_some("client_request_id", self.client_request_id.as_deref());
        object.put_some("activity_id", self.activity_id.as_deref());
        object.put_some("approval_code", self.approval_code.as_deref());
        object.put_some("approval", self.approval.map(Approval::name));
        object.put_some("retry_after_ms", retry_after);
        object.put("attempts", self.attempts);
        object.put_some("date", self.date.as_deref());
        object.end()
    }
}

impl Encode for VerifyRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("verify", stamp);
        object.put("user", self.user.as_str());
        object.put("id", self.id.as_deref());
        object.put(
            "devices",
            self.devices.iter().map(verified_device).collect::<Value>(),
        );
        object.end()
    }
}

fn verified_device(device: &VerifiedDevice) -> Value {
    json!({
        "id": device.id,
        "name": device.name,
        "verdict": device.verdict.name(),
        "state": device.state,
        "since": device.since,
        "detail": device.detail,
    })
}

impl Encode for EndRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("end", stamp);
        let counts = self
            .counts
            .iter()
            .map(|(name, count)| (name.clone(), Value::from(*count)));
        object.put("counts", counts.collect::<Value>());
        object.put("duplicates", self.duplicates);
        object.put("fatal", self.fatal.map(Status::name));
        object.put("message", self.message.as_deref());
        object.end()
    }
}
