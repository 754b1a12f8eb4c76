//! Options from keyword arguments; the core checks them. Written by `cargo xtask generate`; do not edit.

use graph_devices::{CallOptions, ClientOptions, Cloud, Endpoint, Result, RunOptions, WarningCode};
use pyo3::prelude::*;

use crate::keywords::{Keywords, count, user};
use crate::seconds::seconds;

/// Takes the arguments; the returned function builds the options.
pub(crate) fn options(
    given: &mut Keywords<'_>,
) -> PyResult<impl FnOnce() -> Result<ClientOptions> + Send + use<>> {
    let cloud = given.text("cloud")?;
    let endpoint = given.text("endpoint")?;
    let connect_timeout = given.number("connect_timeout")?;
    let timeout = given.number("timeout")?;
    let deadline = given.number("deadline")?;
    let max_attempts = given.whole("max_attempts")?;
    let backoff = given.two_numbers("backoff")?;
    let proxy = given.text("proxy")?;
    let ca_certificates = given.text("ca_certificates")?;
    let user_agent_suffix = given.text("user_agent_suffix")?;
    Ok(move || {
        let mut options = ClientOptions::default();
        if let Some(value) = cloud {
            options = options.cloud(Cloud::parse(&value)?);
        }
        if let Some(value) = endpoint {
            options = options.endpoint(Endpoint::parse(&value)?);
        }
        if let Some(value) = connect_timeout {
            options = options.connect_timeout(seconds("connect_timeout", value)?)?;
        }
        if let Some(value) = timeout {
            options = options.timeout(seconds("timeout", value)?)?;
        }
        if let Some(value) = deadline {
            options = options.deadline(seconds("deadline", value)?)?;
        }
        if let Some(value) = max_attempts {
            options =
                options.max_attempts(u32::try_from(count("max_attempts", value)?).unwrap_or(u32::MAX))?;
        }
        if let Some(value) = backoff {
            options = options.backoff(seconds("backoff", value.0)?, seconds("backoff", value.1)?)?;
        }
        if let Some(value) = proxy {
            options = options.proxy(&value)?;
        }
        if let Some(value) = ca_certificates {
            options = options.ca_certificates(&value)?;
        }
        if let Some(value) = user_agent_suffix {
            options = options.user_agent_suffix(&value)?;
        }
        Ok(options)
    })
}

/// Takes the arguments; the returned function builds the options.
pub(crate) fn call_options(
    given: &mut Keywords<'_>,
) -> PyResult<impl FnOnce() -> Result<CallOptions> + Send + use<>> {
    let justification = given.text("justification")?;
    let approval_code = given.text("approval_code")?;
    let client_request_id = given.text("client_request_id")?;
    let deadline = given.number("deadline")?;
    Ok(move || {
        let mut options = CallOptions::default();
        if let Some(value) = justification {
            options = options.justification(&value)?;
        }
        if let Some(value) = approval_code {
            options = options.approval_code(&value)?;
        }
        if let Some(value) = client_request_id {
            options = options.client_request_id(&value)?;
        }
        if let Some(value) = deadline {
            options = options.deadline(seconds("deadline", value)?)?;
        }
        Ok(options)
    })
}

/// Takes the arguments; the returned function builds the options.
pub(crate) fn run_options(
    given: &mut Keywords<'_>,
) -> PyResult<impl FnOnce() -> Result<RunOptions> + Send + use<>> {
    let justification = given.text("justification")?;
    let approval_code = given.text("approval_code")?;
    let client_request_id = given.text("client_request_id")?;
    let deadline = given.number("deadline")?;
    let token_events = given.flag("token_events")?;
    let journal = given.path("journal")?;
    let resume = given.path("resume")?;
    let plan = given.path("plan")?;
    let preview = given.flag("preview")?;
    let inspect_first = given.flag("inspect_first")?;
    let write_quota = given.whole_and_number("write_quota")?;
    let read_quota = given.whole_and_number("read_quota")?;
    let connections = given.whole("connections")?;
    let batch_size = given.whole("batch_size")?;
    let max_users = given.whole("max_users")?;
    let max_devices_per_user = given.whole("max_devices_per_user")?;
    let max_approvals = given.whole("max_approvals")?;
    let exclude = given.texts("exclude")?;
    let accept_warning = given.texts("accept_warning")?;
    let input_list = given.two_texts("input_list")?;
    let initiated_by = given.text("initiated_by")?;
    let machine = given.text("machine")?;
    let consent = given.text("consent")?;
    Ok(move || {
        let mut options = RunOptions::default();
        if let Some(value) = justification {
            options = options.justification(&value)?;
        }
        if let Some(value) = approval_code {
            options = options.approval_code(&value)?;
        }
        if let Some(value) = client_request_id {
            options = options.client_request_id(&value)?;
        }
        if let Some(value) = deadline {
            options = options.deadline(seconds("deadline", value)?)?;
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
        if preview == Some(true) {
            options = options.preview();
        }
        if let Some(value) = inspect_first {
            options = options.inspect_first(value);
        }
        if let Some(value) = write_quota {
            options =
                options.write_quota(count("write_quota", value.0)?, seconds("write_quota", value.1)?)?;
        }
        if let Some(value) = read_quota {
            options = options.read_quota(count("read_quota", value.0)?, seconds("read_quota", value.1)?)?;
        }
        if let Some(value) = connections {
            options = options.connections(count("connections", value)?)?;
        }
        if let Some(value) = batch_size {
            options = options.batch_size(count("batch_size", value)?)?;
        }
        if let Some(value) = max_users {
            options = options.max_users(count("max_users", value)?)?;
        }
        if let Some(value) = max_devices_per_user {
            options = options.max_devices_per_user(count("max_devices_per_user", value)?)?;
        }
        if let Some(value) = max_approvals {
            options = options.max_approvals(count("max_approvals", value)? as u64);
        }
        for value in exclude.into_iter().flatten() {
            options = options.exclude(user("exclude", &value)?);
        }
        for value in accept_warning.into_iter().flatten() {
            options = options.accept_warning(WarningCode::parse(&value)?)?;
        }
        if let Some(value) = input_list {
            options = options.input_list(&value.0, &value.1)?;
        }
        if let Some(value) = initiated_by {
            options = options.initiated_by(&value);
        }
        if let Some(value) = machine {
            options = options.machine(&value);
        }
        if let Some(value) = consent {
            options = options.consent(&value);
        }
        Ok(options)
    })
}
