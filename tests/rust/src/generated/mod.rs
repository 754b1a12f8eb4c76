//! What the scenario runner prints of each record, and how it takes options. Written by `cargo xtask generate`; do not edit.

use graph_devices::{
    CallOptions, ClientOptions, Cloud, Device, Endpoint, Error, Receipt, Result as Answer, RunOptions,
    UserId, VerifiedDevice, Warning, WarningCode,
};
use serde_json::{Value, json};

use crate::arguments::{Arguments, Unsupported};
use crate::json::milliseconds;

pub(crate) fn receipt(from: &Receipt) -> Value {
    json!({"user": from.user,
    "request_id": from.request_id,
    "client_request_id": from.client_request_id,
    "date": from.date,
    "attempts": from.attempts,
    "elapsed_ms": milliseconds(from.elapsed),
    "custom_endpoint": from.custom_endpoint,
    })
}

pub(crate) fn error(from: &Error) -> Value {
    json!({"status": from.status.name(),
    "status_number": from.status.number(),
    "message": from.message,
    "http_status": from.http_status,
    "code": from.code,
    "inner_code": from.inner_code,
    "service_message": from.service_message,
    "request_id": from.request_id,
    "client_request_id": from.client_request_id,
    "activity_id": from.activity_id,
    "retry_after_ms": from.retry_after.map(milliseconds),
    "approval_code": from.approval_code,
    "claims": from.claims,
    "attempts": from.attempts,
    "effect": from.effect.name(),
    })
}

pub(crate) fn warning(from: &Warning) -> Value {
    json!({"code": from.code.name(),
    "severity": from.severity.name(),
    "message": from.message,
    })
}

pub(crate) fn device(from: &Device) -> Value {
    json!({"id": from.id,
    "name": from.name,
    "managed_name": from.managed_name,
    "operating_system": from.operating_system,
    "os_version": from.os_version,
    "serial_number": from.serial_number,
    "model": from.model,
    "manufacturer": from.manufacturer,
    "owner_type": from.owner_type,
    "state": from.state.name(),
    "management_agent": from.management_agent,
    "enrollment_type": from.enrollment_type,
    "registration_state": from.registration_state,
    "compliance_state": from.compliance_state,
    "is_encrypted": from.is_encrypted,
    "is_supervised": from.is_supervised,
    "enrolled": from.enrolled,
    "last_sync": from.last_sync,
    "certificate_expires": from.certificate_expires,
    "entra_device_id": from.entra_device_id,
    "entra_registered": from.entra_registered,
    "user_id": from.user_id,
    "user_principal_name": from.user_principal_name,
    "email_address": from.email_address,
    "warnings": from.warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

pub(crate) fn verified_device(from: &VerifiedDevice) -> Value {
    json!({"id": from.id,
    "name": from.name,
    "verdict": from.verdict.name(),
    "state": from.state,
    "since": from.since,
    "detail": from.detail,
    })
}

pub(crate) fn options(given: &Arguments) -> Result<Answer<ClientOptions>, Unsupported> {
    let cloud = given.text("cloud");
    let endpoint = given.text("endpoint");
    let connect_timeout = given.milliseconds("connect_timeout_ms")?;
    let timeout = given.milliseconds("timeout_ms")?;
    let deadline = given.milliseconds("deadline_ms")?;
    let max_attempts = given.number("max_attempts")?;
    let backoff = given
        .milliseconds("backoff_base_ms")?
        .zip(given.milliseconds("backoff_cap_ms")?);
    let proxy = given.text("proxy");
    let ca_certificates = given.text("ca_certificates");
    let user_agent_suffix = given.text("user_agent_suffix");
    let set = || -> Answer<ClientOptions> {
        let mut options = ClientOptions::default();
        if let Some(value) = cloud {
            options = options.cloud(Cloud::parse(value)?);
        }
        if let Some(value) = endpoint {
            options = options.endpoint(Endpoint::parse(value)?);
        }
        if let Some(value) = connect_timeout {
            options = options.connect_timeout(value)?;
        }
        if let Some(value) = timeout {
            options = options.timeout(value)?;
        }
        if let Some(value) = deadline {
            options = options.deadline(value)?;
        }
        if let Some(value) = max_attempts {
            options = options.max_attempts(u32::try_from(value).unwrap_or(u32::MAX))?;
        }
        if let Some((first, second)) = backoff {
            options = options.backoff(first, second)?;
        }
        if let Some(value) = proxy {
            options = options.proxy(value)?;
        }
        if let Some(value) = ca_certificates {
            options = options.ca_certificates(value)?;
        }
        if let Some(value) = user_agent_suffix {
            options = options.user_agent_suffix(value)?;
        }
        Ok(options)
    };
    Ok(set())
}

pub(crate) fn call_options(given: &Arguments) -> Result<Answer<CallOptions>, Unsupported> {
    let justification = given.text("justification");
    let approval_code = given.text("approval_code");
    let client_request_id = given.text("client_request_id");
    let deadline = given.milliseconds("deadline_ms")?;
    let set = || -> Answer<CallOptions> {
        let mut options = CallOptions::default();
        if let Some(value) = justification {
            options = options.justification(value)?;
        }
        if let Some(value) = approval_code {
            options = options.approval_code(value)?;
        }
        if let Some(value) = client_request_id {
            options = options.client_request_id(value)?;
        }
        if let Some(value) = deadline {
            options = options.deadline(value)?;
        }
        Ok(options)
    };
    Ok(set())
}

pub(crate) fn run_options(given: &Arguments) -> Result<Answer<RunOptions>, Unsupported> {
    let justification = given.text("justification");
    let approval_code = given.text("approval_code");
    let client_request_id = given.text("client_request_id");
    let deadline = given.milliseconds("deadline_ms")?;
    let token_events = given.text("token_events").map(|value| value == "1");
    let journal = given.text("journal");
    let resume = given.text("resume");
    let plan = given.text("plan");
    let preview = given.text("preview").filter(|value| *value == "1");
    let inspect_first = given.text("inspect_first").map(|value| value == "1");
    let write_quota = given.quota("write_quota")?;
    let read_quota = given.quota("read_quota")?;
    let connections = given.number("connections")?;
    let batch_size = given.number("batch_size")?;
    let max_users = given.number("max_users")?;
    let max_devices_per_user = given.number("max_devices_per_user")?;
    let max_approvals = given.number("max_approvals")?;
    let exclude = given.all("exclude");
    let accept_warning = given.all("accept_warning");
    let input_list = given
        .text("input_list")
        .map(|value| value.split_once(':').unwrap_or((value, "")));
    let initiated_by = given.text("initiated_by");
    let machine = given.text("machine");
    let consent = given.text("consent");
    let set = || -> Answer<RunOptions> {
        let mut options = RunOptions::default();
        if let Some(value) = justification {
            options = options.justification(value)?;
        }
        if let Some(value) = approval_code {
            options = options.approval_code(value)?;
        }
        if let Some(value) = client_request_id {
            options = options.client_request_id(value)?;
        }
        if let Some(value) = deadline {
            options = options.deadline(value)?;
        }
        if let Some(value) = token_events {
            options = options.token_events(value);
        }
        if let Some(value) = journal {
            options = options.journal(value);
        }
        if let Some(value) = resume {
            options = options.resume(value);
        }
        if let Some(value) = plan {
            options = options.plan(value);
        }
        if preview.is_some() {
            options = options.preview();
        }
        if let Some(value) = inspect_first {
            options = options.inspect_first(value);
        }
        if let Some((first, second)) = write_quota {
            options = options.write_quota(first, second)?;
        }
        if let Some((first, second)) = read_quota {
            options = options.read_quota(first, second)?;
        }
        if let Some(value) = connections {
            options = options.connections(usize::try_from(value).unwrap_or(usize::MAX))?;
        }
        if let Some(value) = batch_size {
            options = options.batch_size(usize::try_from(value).unwrap_or(usize::MAX))?;
        }
        if let Some(value) = max_users {
            options = options.max_users(usize::try_from(value).unwrap_or(usize::MAX))?;
        }
        if let Some(value) = max_devices_per_user {
            options = options.max_devices_per_user(usize::try_from(value).unwrap_or(usize::MAX))?;
        }
        if let Some(value) = max_approvals {
            options = options.max_approvals(value);
        }
        for value in exclude {
            options = options.exclude(UserId::parse(value)?);
        }
        for value in accept_warning {
            options = options.accept_warning(WarningCode::parse(value)?)?;
        }
        if let Some((first, second)) = input_list {
            options = options.input_list(first, second)?;
        }
        if let Some(value) = initiated_by {
            options = options.initiated_by(value);
        }
        if let Some(value) = machine {
            options = options.machine(value);
        }
        if let Some(value) = consent {
            options = options.consent(value);
        }
        Ok(options)
    };
    Ok(set())
}
