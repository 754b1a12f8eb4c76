using System;
using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]

namespace GraphDevices
{
    /// <summary>The functions of graph_devices.h; the header says what each does.</summary>
    internal static partial class Native
    {
        private const string Library = "graph_devices";
        private const CallingConvention Convention = CallingConvention.Cdecl;

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_remove_all_devices(byte[] token, byte[] userId);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_remove_all_devices_at(byte[] environmentEndpoint, byte[] token, byte[] userId);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_status_name(int status);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_status_message(int status);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_effect_name(int effect);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_outcome_name(int outcome);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_reason_name(int reason);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_kind_name(int kind);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_version();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern uint graph_abi_version();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verdict_name(int verdict);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_notice_kind_name(int kind);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_severity_name(int severity);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_warning_code_name(int code);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern OptionsHandle graph_options_new();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_options_free(IntPtr options);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_cloud(OptionsHandle options, byte[] name, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_endpoint(OptionsHandle options, byte[] url, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_endpoint_from_environment(OptionsHandle options, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_environment_endpoint(OptionsHandle options, byte[] value, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_timeout_ms(OptionsHandle options, long milliseconds, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_connect_timeout_ms(OptionsHandle options, long milliseconds, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_deadline_ms(OptionsHandle options, long milliseconds, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_max_attempts(OptionsHandle options, int attempts, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_backoff_ms(OptionsHandle options, long baseMilliseconds, long capMilliseconds, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_proxy(OptionsHandle options, byte[] url, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_options_set_ca_pem(OptionsHandle options, byte[] pem, out ErrorHandle error);
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
        internal static extern int graph_call_options_set_deadline_ms(CallOptionsHandle options, long milliseconds, out ErrorHandle error);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_new(OptionsHandle options, IntPtr token, out ClientHandle client, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_client_free(IntPtr client);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_set_token(ClientHandle client, IntPtr token, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_remove_all_devices(ClientHandle client, byte[] userId, CallOptionsHandle options, out ReceiptHandle receipt, out ErrorHandle error);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_user(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_request_id(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_client_request_id(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_date(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_receipt_endpoint(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_receipt_attempts(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_receipt_elapsed_ms(IntPtr receipt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_receipt_free(IntPtr receipt);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_status(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_effect(IntPtr error);
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
        internal static extern IntPtr graph_error_approval_code(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_error_claims(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_error_retry_after_ms(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_error_attempts(IntPtr error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_error_free(IntPtr error);
    }
}
