//! The C entry points, as `include/graph_devices.h` declares them. Enums are their numbers.

use std::ffi::{c_char, c_void};

pub type Handle = *mut c_void;
pub type Text = *const c_char;

macro_rules! declare {
    ($($name:ident($($kind:ty),*) $(-> $result:ty)?;)*) => {
        unsafe extern "C" { $(pub fn $name($(_: $kind),*) $(-> $result)?;)* }
    };
}

declare! {
    graph_abi_version() -> u32;
    graph_version() -> Text;
    graph_status_name(i32) -> Text;
    graph_status_message(i32) -> Text;
    graph_effect_name(i32) -> Text;
    graph_outcome_name(i32) -> Text;
    graph_reason_name(i32) -> Text;

    graph_options_new() -> Handle;
    graph_options_free(Handle);
    graph_options_set_cloud(Handle, Text, *mut Handle) -> i32;
    graph_options_set_endpoint(Handle, Text, *mut Handle) -> i32;
    graph_options_set_endpoint_from_environment(Handle, *mut Handle) -> i32;
    graph_options_set_environment_endpoint(Handle, Text, *mut Handle) -> i32;
    graph_options_set_timeout_ms(Handle, i64, *mut Handle) -> i32;
    graph_options_set_connect_timeout_ms(Handle, i64, *mut Handle) -> i32;
    graph_options_set_deadline_ms(Handle, i64, *mut Handle) -> i32;
    graph_options_set_max_attempts(Handle, i32, *mut Handle) -> i32;
    graph_options_set_backoff_ms(Handle, i64, i64, *mut Handle) -> i32;
    graph_options_set_proxy(Handle, Text, *mut Handle) -> i32;
    graph_options_set_ca_pem(Handle, Text, *mut Handle) -> i32;
    graph_options_set_user_agent_suffix(Handle, Text, *mut Handle) -> i32;

    graph_call_options_new() -> Handle;
    graph_call_options_free(Handle);
    graph_call_options_set_justification(Handle, Text, *mut Handle) -> i32;
    graph_call_options_set_approval_code(Handle, Text, *mut Handle) -> i32;
    graph_call_options_set_client_request_id(Handle, Text, *mut Handle) -> i32;
    graph_call_options_set_deadline_ms(Handle, i64, *mut Handle) -> i32;

    graph_client_new(Handle, Text, *mut Handle, *mut Handle) -> i32;
    graph_client_free(Handle);
    graph_client_set_token(Handle, Text, *mut Handle) -> i32;
    graph_client_remove_all_devices(Handle, Text, Handle, *mut Handle, *mut Handle) -> i32;
    graph_client_managed_devices(Handle, Text, Handle, *mut Handle, *mut Handle) -> i32;
    graph_remove_all_devices(Text, Text) -> i32;
    graph_remove_all_devices_at(Text, Text, Text) -> i32;

    graph_run_options_new() -> Handle;
    graph_run_options_free(Handle);
    graph_run_options_set_justification(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_approval_code(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_client_request_id(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_journal(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_resume(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_plan(Handle, Text, *mut Handle) -> i32;
    graph_run_options_add_exclude(Handle, Text, *mut Handle) -> i32;
    graph_run_options_add_accept(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_input(Handle, Text, Text, *mut Handle) -> i32;
    graph_run_options_set_operator(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_host(Handle, Text, *mut Handle) -> i32;
    graph_run_options_set_supplies_tokens(Handle, i32, *mut Handle) -> i32;
    graph_run_options_set_preview(Handle, *mut Handle) -> i32;
    graph_run_options_set_read(Handle, i32, *mut Handle) -> i32;
    graph_run_options_set_deadline_ms(Handle, i64, *mut Handle) -> i32;
    graph_run_options_set_quota(Handle, i32, i64, *mut Handle) -> i32;
    graph_run_options_set_read_quota(Handle, i32, i64, *mut Handle) -> i32;
    graph_run_options_set_connections(Handle, i32, *mut Handle) -> i32;
    graph_run_options_set_batch_size(Handle, i32, *mut Handle) -> i32;
    graph_run_options_set_max_users(Handle, i32, *mut Handle) -> i32;
    graph_run_options_set_max_devices_per_user(Handle, i32, *mut Handle) -> i32;
    graph_run_options_set_max_approvals(Handle, i32, *mut Handle) -> i32;
    graph_run_start(Handle, Handle, *mut Handle, *mut Handle) -> i32;
    graph_run_add_user(Handle, Text, *mut Handle) -> i32;
    graph_run_end_users(Handle, *mut Handle) -> i32;
    graph_run_next(Handle, i64, *mut Handle, *mut Handle) -> i32;
    graph_run_set_token(Handle, Text, *mut Handle) -> i32;
    graph_run_stop(Handle);
    graph_run_free(Handle);
    graph_verify_start(Handle, Text, Handle, *mut Handle, *mut Handle) -> i32;

    graph_event_get_kind(Handle) -> i32;
    graph_event_user(Handle) -> Text;
    graph_event_outcome(Handle) -> i32;
    graph_event_reason(Handle) -> i32;
    graph_event_receipt(Handle) -> Handle;
    graph_event_error(Handle) -> Handle;
    graph_event_claims(Handle) -> Text;
    graph_event_text(Handle) -> Text;
    graph_event_count(Handle, i32) -> i64;
    graph_event_fatal(Handle) -> i32;
    graph_event_free(Handle);
    graph_event_id(Handle) -> Text;
    graph_event_detail(Handle) -> Text;
    graph_event_message(Handle) -> Text;
    graph_event_endpoint(Handle) -> Text;
    graph_event_devices(Handle) -> Handle;
    graph_event_duplicates(Handle) -> i64;
    graph_event_tick_done(Handle) -> i64;
    graph_event_tick_given(Handle) -> i64;
    graph_event_tick_per_hour(Handle) -> i64;
    graph_event_tick_remaining_ms(Handle) -> i64;
    graph_event_notice_kind(Handle) -> i32;
    graph_event_verdict(Handle) -> i32;
    graph_event_verdict_count(Handle, i32) -> i64;
    graph_event_verified_count(Handle) -> i32;
    graph_event_verified_device(Handle, i32) -> Handle;
    graph_event_kind_name(i32) -> Text;
    graph_notice_kind_name(i32) -> Text;
    graph_verdict_name(i32) -> Text;
    graph_severity_name(i32) -> Text;
    graph_warning_code_name(i32) -> Text;

    graph_verified_device_id(Handle) -> Text;
    graph_verified_device_name(Handle) -> Text;
    graph_verified_device_verdict(Handle) -> i32;
    graph_verified_device_state(Handle) -> Text;
    graph_verified_device_since(Handle) -> Text;
    graph_verified_device_detail(Handle) -> Text;

    graph_device_list_count(Handle) -> i32;
    graph_device_list_get(Handle, i32) -> Handle;
    graph_device_list_warning_count(Handle) -> i32;
    graph_device_list_warning(Handle, i32) -> Handle;
    graph_device_list_free(Handle);
    graph_device_id(Handle) -> Text;
    graph_device_name(Handle) -> Text;
    graph_device_managed_name(Handle) -> Text;
    graph_device_operating_system(Handle) -> Text;
    graph_device_os_version(Handle) -> Text;
    graph_device_serial_number(Handle) -> Text;
    graph_device_model(Handle) -> Text;
    graph_device_manufacturer(Handle) -> Text;
    graph_device_owner_type(Handle) -> Text;
    graph_device_state(Handle) -> Text;
    graph_device_management_agent(Handle) -> Text;
    graph_device_enrollment_type(Handle) -> Text;
    graph_device_registration_state(Handle) -> Text;
    graph_device_compliance_state(Handle) -> Text;
    graph_device_is_encrypted(Handle) -> i32;
    graph_device_is_supervised(Handle) -> i32;
    graph_device_enrolled(Handle) -> Text;
    graph_device_last_sync(Handle) -> Text;
    graph_device_certificate_expires(Handle) -> Text;
    graph_device_entra_device_id(Handle) -> Text;
    graph_device_entra_registered(Handle) -> i32;
    graph_device_user_id(Handle) -> Text;
    graph_device_user_principal_name(Handle) -> Text;
    graph_device_email_address(Handle) -> Text;
    graph_device_warning_count(Handle) -> i32;
    graph_device_warning(Handle, i32) -> Handle;
    graph_warning_get_code(Handle) -> i32;
    graph_warning_severity(Handle) -> i32;
    graph_warning_message(Handle) -> Text;

    graph_receipt_user(Handle) -> Text;
    graph_receipt_request_id(Handle) -> Text;
    graph_receipt_client_request_id(Handle) -> Text;
    graph_receipt_date(Handle) -> Text;
    graph_receipt_endpoint(Handle) -> Text;
    graph_receipt_attempts(Handle) -> i32;
    graph_receipt_elapsed_ms(Handle) -> i64;
    graph_receipt_free(Handle);

    graph_error_status(Handle) -> i32;
    graph_error_effect(Handle) -> i32;
    graph_error_message(Handle) -> Text;
    graph_error_http_status(Handle) -> i32;
    graph_error_code(Handle) -> Text;
    graph_error_inner_code(Handle) -> Text;
    graph_error_service_message(Handle) -> Text;
    graph_error_request_id(Handle) -> Text;
    graph_error_client_request_id(Handle) -> Text;
    graph_error_activity_id(Handle) -> Text;
    graph_error_approval_code(Handle) -> Text;
    graph_error_claims(Handle) -> Text;
    graph_error_retry_after_ms(Handle) -> i64;
    graph_error_attempts(Handle) -> i32;
    graph_error_free(Handle);
}
