//! Functions to pick from. Written by `cargo xtask generate`; do not edit.

use super::ffi::*;

pub type GetText = unsafe extern "C" fn(Handle) -> Text;
pub type SetText = unsafe extern "C" fn(Handle, Text, *mut Handle) -> i32;
pub type SetNumber = unsafe extern "C" fn(Handle, i32, *mut Handle) -> i32;
pub type SetTime = unsafe extern "C" fn(Handle, i64, *mut Handle) -> i32;

pub const ERROR_TEXTS: [GetText; 8] = [
    graph_error_code,
    graph_error_inner_code,
    graph_error_service_message,
    graph_error_request_id,
    graph_error_client_request_id,
    graph_error_activity_id,
    graph_error_approval_code,
    graph_error_claims,
];

pub const OPTION_TEXTS: [SetText; 5] = [
    graph_options_set_cloud,
    graph_options_set_endpoint,
    graph_options_set_proxy,
    graph_options_set_ca_certificates,
    graph_options_set_user_agent_suffix,
];

pub const OPTION_NUMBERS: [SetNumber; 1] = [graph_options_set_max_attempts];

pub const OPTION_TIMES: [SetTime; 3] = [
    graph_options_set_connect_timeout_ms,
    graph_options_set_timeout_ms,
    graph_options_set_deadline_ms,
];

pub const CALL_OPTION_TEXTS: [SetText; 3] = [
    graph_call_options_set_justification,
    graph_call_options_set_approval_code,
    graph_call_options_set_client_request_id,
];

pub const CALL_OPTION_TIMES: [SetTime; 1] = [graph_call_options_set_deadline_ms];

pub const RUN_OPTION_TEXTS: [SetText; 11] = [
    graph_run_options_set_justification,
    graph_run_options_set_approval_code,
    graph_run_options_set_client_request_id,
    graph_run_options_set_journal,
    graph_run_options_set_resume,
    graph_run_options_set_plan,
    graph_run_options_exclude,
    graph_run_options_accept_warning,
    graph_run_options_set_initiated_by,
    graph_run_options_set_machine,
    graph_run_options_set_consent,
];

pub const RUN_OPTION_NUMBERS: [SetNumber; 7] = [
    graph_run_options_set_token_events,
    graph_run_options_set_inspect_first,
    graph_run_options_set_connections,
    graph_run_options_set_batch_size,
    graph_run_options_set_max_users,
    graph_run_options_set_max_devices_per_user,
    graph_run_options_set_max_approvals,
];

pub const RUN_OPTION_TIMES: [SetTime; 1] = [graph_run_options_set_deadline_ms];
