//! Encodes records into lines. Members, including those of devices, keep the order of the schema, so that a person can read
//! them. The tables `options` and `counts` are in alphabetical order.

use std::fmt::{Display, Write as _};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::action::ACTION;
use crate::status::{Effect, Status};
use crate::verdict::VerifiedDevice;

use super::record::{
    Declined, EndRecord, ReadRecord, ResultRecord, RunRecord, SentRecord, SnapshotDevice, VERSION,
    VerifyRecord, has_effect,
};

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// The members that every line begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp<'a> {
    pub(super) time: SystemTime,
    pub(super) run: &'a str,
}

/// A record that can be written as a line.
pub(super) trait Encode {
    /// Whether the record is about a user.
    const IS_OF_A_USER: bool = true;

    /// The line, including its end.
    fn line(&self, stamp: Stamp<'_>) -> String;
}

struct Object(String);

impl Object {
    fn new() -> Self {
        Self("{".to_owned())
    }

    fn event(event: &str, stamp: Stamp<'_>) -> Self {
        let mut object = Self::new();
        object.put("event", event);
        object.put("time", timestamp(stamp.time));
        object.put("run", stamp.run);
        object
    }

    /// Writes a member, `null` if absent.
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.put_text(name, value.into());
    }

    /// Writes a member whose value is JSON already.
    fn put_text(&mut self, name: &str, json: impl Display) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        // Writing into a String cannot fail.
        let _ = write!(self.0, "{comma}\"{name}\":{json}");
    }

    /// Writes a member that is an object, `null` if absent.
    fn put_object(&mut self, name: &str, object: Option<Self>) {
        self.put_text(name, object.map_or("null".to_owned(), Self::text));
    }

    /// Writes a member that is a list of objects, `null` if absent.
    fn put_list<T>(&mut self, name: &str, list: Option<&[T]>, each: impl Fn(&T) -> Self) {
        let Some(list) = list else {
            return self.put(name, Value::Null);
        };
        let texts: Vec<_> = list.iter().map(|one| each(one).text()).collect();
        self.put_text(name, format_args!("[{}]", texts.join(",")));
    }

    /// Writes a member, or nothing if it is absent.
    fn put_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn text(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn end(self) -> String {
        self.text() + "\n"
    }
}

/// A time in RFC 3339, UTC, with milliseconds. A time outside the range becomes the nearest end of it, so that no record is
/// lost.
fn timestamp(time: SystemTime) -> String {
    let last = SystemTime::UNIX_EPOCH + LAST_SECOND;
    humantime::format_rfc3339_millis(time.clamp(SystemTime::UNIX_EPOCH, last)).to_string()
}

impl Encode for RunRecord {
    const IS_OF_A_USER: bool = false;

    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("run", stamp);
        object.put("version", VERSION);
        object.put("tool", self.tool.as_str());
        object.put("action", ACTION);
        object.put("mode", self.mode.name());
        object.put("resumes", self.resumes.as_deref());
        object.put("endpoint", self.endpoint.as_str());
        object.put("tenant", self.tenant.as_deref());
        object.put("app", self.app.as_deref());
        object.put("initiated_by", self.initiated_by.as_deref());
        object.put("machine", self.machine.as_deref());
        object.put("consent", self.consent.as_deref());
        object.put("justification", self.justification.as_deref());
        let pair = |one: (&str, &str), two: (&str, &str)| {
            let mut object = Object::new();
            object.put(one.0, one.1);
            object.put(two.0, two.1);
            object
        };
        let input = self.input_list.as_ref();
        object.put_object(
            "input_list",
            input.map(|input| pair(("name", &input.name), ("sha256", &input.sha256))),
        );
        let plan = self.plan.as_ref();
        object.put_object(
            "plan",
            plan.map(|plan| pair(("run", &plan.run), ("path", &plan.path))),
        );
        let exclusions = self.exclusions.as_ref();
        object.put_object(
            "exclusions",
            exclusions.map(|exclusions| {
                let mut object = Object::new();
                object.put("count", exclusions.count);
                object.put("sha256", exclusions.sha256.as_str());
                object.put("each", exclusions.each.clone());
                object
            }),
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
        object.put_list("devices", self.devices.as_deref(), snapshot_device);
        object.put_some("applied", self.applied);
        object.end()
    }
}

fn snapshot_device(device: &SnapshotDevice) -> Object {
    let mut object = Object::new();
    object.put("id", device.id.as_str());
    object.put("name", device.name.as_deref());
    object.put("os", device.os.as_deref());
    object.put("serial", device.serial.as_deref());
    object.put("state", device.state.as_deref());
    object.put("enrolled", device.enrolled.as_deref());
    object.put("user_id", device.user_id.as_deref());
    object
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
        let effect = Some(self.effect).filter(|_| has_effect(self.outcome));
        let mut object = Object::event("result", stamp);
        object.put("user", self.user.as_str());
        object.put("id", self.id.as_deref());
        object.put("outcome", self.outcome.name());
        object.put_some("reason", reason);
        object.put_some("status", self.status.map(Status::name));
        object.put_some("effect", effect.map(Effect::name));
        object.put_some("http_status", self.http_status);
        for (name, text) in self.texts() {
            object.put_some(name, text);
        }
        object.put_some("approval", self.approval.map(Declined::name));
        object.put_some("retry_after_ms", retry_after);
        object.put("attempts", self.attempts);
        object.end()
    }
}

impl Encode for VerifyRecord {
    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("verify", stamp);
        object.put("user", self.user.as_str());
        object.put("id", self.id.as_deref());
        object.put_list("devices", Some(&self.devices), verified_device);
        object.end()
    }
}

fn verified_device(device: &VerifiedDevice) -> Object {
    let mut object = Object::new();
    object.put("id", device.id.as_str());
    object.put("name", device.name.as_deref());
    object.put("verdict", device.verdict.name());
    object.put("state", device.state.as_deref());
    object.put("since", device.since.as_deref());
    object.put("detail", device.detail.as_deref());
    object
}

impl Encode for EndRecord {
    const IS_OF_A_USER: bool = false;

    fn line(&self, stamp: Stamp<'_>) -> String {
        let mut object = Object::event("end", stamp);
        let counts = self
            .counts
            .iter()
            .map(|(name, count)| (name.clone(), Value::from(*count)));
        object.put("counts", counts.collect::<Value>());
        object.put("duplicates", self.duplicates);
        object.put("ended_by", self.ended_by.map(Status::name));
        object.put("message", self.message.as_deref());
        object.end()
    }
}
