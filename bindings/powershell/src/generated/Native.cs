// Written by `cargo xtask generate`; do not edit.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>The functions of graph_devices.h; the header says what each does.</summary>
    internal static partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_new(OptionsHandle options, IntPtr token, out ClientHandle client, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_client_free(IntPtr client);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_set_token(ClientHandle client, IntPtr token, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_remove_all_devices(ClientHandle client, byte[] userId, CallOptionsHandle options, out ReceiptHandle receipt, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_managed_devices(ClientHandle client, byte[] userId, CallOptionsHandle options, out DeviceListHandle devices, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_endpoint_from_environment(OptionsHandle options, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_endpoint_variable_value(OptionsHandle options, byte[] value, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_count(EventHandle evt, int outcome);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_verdict_count(EventHandle evt, int verdict);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_status(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_effect(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_type(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_claims(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_text(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_notice_kind(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_event_free(IntPtr evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_user(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_id(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_outcome(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_reason(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_detail(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_receipt(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_error(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_devices(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_progress_done(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_progress_given(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_progress_users_per_hour(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_progress_remaining_ms(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_verdict(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_verified_count(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_verified_device(EventHandle evt, int index);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_duplicates(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_ended_by(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_message(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_custom_endpoint(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern OptionsHandle graph_options_new();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_options_free(IntPtr options);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_cloud(OptionsHandle options, byte[] name, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_endpoint(OptionsHandle options, byte[] url, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_connect_timeout_ms(OptionsHandle options, long connectTimeoutMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_timeout_ms(OptionsHandle options, long timeoutMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_deadline_ms(OptionsHandle options, long deadlineMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_max_attempts(OptionsHandle options, int maxAttempts, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_backoff_ms(OptionsHandle options, long baseMs, long capMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_proxy(OptionsHandle options, byte[] url, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_ca_certificates(OptionsHandle options, byte[] pem, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_user_agent_suffix(OptionsHandle options, byte[] suffix, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern CallOptionsHandle graph_call_options_new();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_call_options_free(IntPtr options);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_call_options_set_justification(CallOptionsHandle options, byte[] justification, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_call_options_set_approval_code(CallOptionsHandle options, byte[] code, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_call_options_set_client_request_id(CallOptionsHandle options, byte[] id, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_call_options_set_deadline_ms(CallOptionsHandle options, long deadlineMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern RunOptionsHandle graph_run_options_new();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_run_options_free(IntPtr options);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_justification(RunOptionsHandle options, byte[] justification, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_approval_code(RunOptionsHandle options, byte[] code, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_client_request_id(RunOptionsHandle options, byte[] id, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_deadline_ms(RunOptionsHandle options, long deadlineMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_token_events(RunOptionsHandle options, int tokenEvents, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_journal(RunOptionsHandle options, byte[] journal, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_resume(RunOptionsHandle options, byte[] resume, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_plan(RunOptionsHandle options, byte[] plan, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_preview(RunOptionsHandle options, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_inspect_first(RunOptionsHandle options, int inspectFirst, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_write_quota(RunOptionsHandle options, int writes, long windowMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_read_quota(RunOptionsHandle options, int reads, long windowMs, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_connections(RunOptionsHandle options, int connections, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_batch_size(RunOptionsHandle options, int batchSize, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_max_users(RunOptionsHandle options, int maxUsers, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_max_devices_per_user(RunOptionsHandle options, int maxDevicesPerUser, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_max_approvals(RunOptionsHandle options, int maxApprovals, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_exclude(RunOptionsHandle options, byte[] userId, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_accept_warning(RunOptionsHandle options, byte[] warning, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_input_list(RunOptionsHandle options, byte[] name, byte[] sha256, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_initiated_by(RunOptionsHandle options, byte[] who, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_machine(RunOptionsHandle options, byte[] name, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_consent(RunOptionsHandle options, byte[] how, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_status(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_message(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_http_status(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_code(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_inner_code(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_service_message(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_request_id(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_client_request_id(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_activity_id(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_error_retry_after_ms(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_approval_code(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_claims(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_attempts(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_effect(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_error_free(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_user(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_request_id(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_client_request_id(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_date(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_receipt_attempts(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_receipt_elapsed_ms(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_custom_endpoint(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_receipt_free(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_warning_id(IntPtr warning);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_warning_severity(IntPtr warning);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_warning_message(IntPtr warning);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_managed_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_operating_system(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_os_version(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_serial_number(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_model(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_manufacturer(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_owner_type(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_management_agent(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_enrollment_type(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_registration_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_compliance_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_is_encrypted(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_is_supervised(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_enrolled(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_last_sync(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_certificate_expires(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_entra_device_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_entra_registered(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_user_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_user_principal_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_email_address(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_warning_count(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_warning(IntPtr device, int index);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_list_count(IntPtr devices);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_list_get(IntPtr devices, int index);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_list_warning_count(IntPtr devices);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_list_warning(IntPtr devices, int index);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_device_list_free(IntPtr devices);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_verified_device_verdict(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_since(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_detail(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_status_name(int status);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_effect_name(int effect);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_outcome_name(int outcome);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_reason_name(int reason);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_severity_name(int severity);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_warning_code_name(int code);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verdict_name(int verdict);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_notice_kind_name(int kind);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_kind_name(int kind);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_status_message(int status);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_start(ClientHandle client, RunOptionsHandle options, out RunHandle run, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_start_verify(ClientHandle client, byte[] journal, RunOptionsHandle options, out RunHandle run, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_add_user(RunHandle run, byte[] userId, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_end_users(RunHandle run, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_next(RunHandle run, long waitMs, out EventHandle evt, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_set_token(RunHandle run, IntPtr token, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_run_stop(RunHandle run);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_run_free(IntPtr run);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_remove_all_devices(byte[] token, byte[] userId);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_remove_all_devices_with_environment(byte[] endpointVariableValue, byte[] token, byte[] userId);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_check_user_id(byte[] userId, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_version();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern uint graph_abi_version();
    }
}
