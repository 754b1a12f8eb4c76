//! The options of a run, from keyword arguments; the core checks them.

use std::path::PathBuf;

use graph_devices::{CallOptions, Error, Result, UserId, WarningCode};
use pyo3::prelude::*;

use crate::errors::detached;
use crate::seconds::seconds;
use crate::text::Text;

/// Checked options of a run or a call.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct RunOptions {
    pub(crate) core: graph_devices::RunOptions,
    /// Beginning may take long then.
    pub(crate) reads_a_journal: bool,
}

fn count(name: &str, value: i64) -> Result<usize> {
    usize::try_from(value)
        .map_err(|_| Error::invalid_argument(format!("{name} must not be negative; it is {value}")))
}

#[pymethods]
impl RunOptions {
    #[new]
    #[pyo3(signature = (*, supplies_tokens=false, justification=None, approval_code=None, client_request_id=None, deadline=None, journal=None, resume=None, plan=None, preview=false, read=None, quota=None, read_quota=None, connections=None, batch_size=None, max_users=None, max_devices_per_user=None, max_approvals=None, exclude=None, accept=None, input=None, operator=None, host=None))]
    #[allow(
        clippy::too_many_arguments,
        clippy::fn_params_excessive_bools,
        reason = "keyword arguments of Python"
    )]
    fn new(
        py: Python<'_>,
        supplies_tokens: bool,
        justification: Option<Text>,
        approval_code: Option<Text>,
        client_request_id: Option<Text>,
        deadline: Option<f64>,
        journal: Option<PathBuf>,
        resume: Option<PathBuf>,
        plan: Option<PathBuf>,
        preview: bool,
        read: Option<bool>,
        quota: Option<(i64, f64)>,
        read_quota: Option<(i64, f64)>,
        connections: Option<i64>,
        batch_size: Option<i64>,
        max_users: Option<i64>,
        max_devices_per_user: Option<i64>,
        max_approvals: Option<i64>,
        exclude: Option<Vec<Text>>,
        accept: Option<Vec<Text>>,
        input: Option<(Text, Text)>,
        operator: Option<Text>,
        host: Option<Text>,
    ) -> PyResult<Self> {
        detached(py, move || {
            let mut call = CallOptions::default();
            if let Some(text) = justification {
                call = call.justification(&text)?;
            }
            if let Some(code) = approval_code {
                call = call.approval_code(&code)?;
            }
            if let Some(id) = client_request_id {
                call = call.client_request_id(&id)?;
            }
            if let Some(value) = deadline {
                call = call.deadline(seconds("deadline", value)?)?;
            }
            let mut options = graph_devices::RunOptions::default()
                .call(call)
                .supplies_tokens(supplies_tokens);
            if let Some(read) = read {
                options = options.read(read);
            }
            let reads_a_journal = resume.is_some() || plan.is_some();
            options = match (journal, resume) {
                (None, None) => options,
                (Some(path), None) => options.journal(path),
                (None, Some(path)) => options.resume(path),
                (Some(_), Some(_)) => {
                    return Err(Error::invalid_argument(
                        "journal and resume exclude each other: a new run refuses a journal that exists, a resumed one needs it",
                    ));
                }
            };
            if let Some(path) = plan {
                options = options.plan(path);
            }
            if preview {
                options = options.preview();
            }
            if let Some((writes, window)) = quota {
                options = options.quota(count("quota", writes)?, seconds("quota", window)?)?;
            }
            if let Some((reads, window)) = read_quota {
                options = options.read_quota(count("read_quota", reads)?, seconds("read_quota", window)?)?;
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
            for user in exclude.into_iter().flatten() {
                let user = UserId::parse(&user).map_err(|mut error| {
                    error.message = format!("exclude: {}", error.message);
                    error
                })?;
                options = options.exclude(user);
            }
            for name in accept.into_iter().flatten() {
                options = options.accept(WarningCode::parse(&name)?)?;
            }
            if let Some((name, sha256)) = input {
                options = options.input(&name, &sha256)?;
            }
            if let Some(name) = operator {
                options = options.operator(&name);
            }
            if let Some(name) = host {
                options = options.host(&name);
            }
            Ok(Self {
                core: options,
                reads_a_journal,
            })
        })
    }
}
