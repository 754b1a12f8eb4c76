using System;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>The functions for many users.</summary>
    internal static partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern RunOptionsHandle graph_run_options_new();
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_run_options_free(IntPtr options);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_justification(RunOptionsHandle options, byte[] justification, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_supplies_tokens(RunOptionsHandle options, int yes, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_start(ClientHandle client, RunOptionsHandle options, out RunHandle run, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_add_user(RunHandle run, byte[] userId, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_end_users(RunHandle run, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_next(RunHandle run, long waitMilliseconds, out EventHandle evt, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_set_token(RunHandle run, IntPtr token, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_run_stop(RunHandle run);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_run_free(IntPtr run);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_deadline_ms(RunOptionsHandle options, long deadlineMilliseconds, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_approval_code(RunOptionsHandle options, byte[] code, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_client_request_id(RunOptionsHandle options, byte[] id, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_journal(RunOptionsHandle options, byte[] journal, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_resume(RunOptionsHandle options, byte[] resume, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_plan(RunOptionsHandle options, byte[] plan, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_preview(RunOptionsHandle options, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_read(RunOptionsHandle options, int read, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_quota(RunOptionsHandle options, int writes, long windowMilliseconds, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_read_quota(RunOptionsHandle options, int reads, long windowMilliseconds, out ErrorHandle error);
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
        internal static extern int graph_run_options_add_exclude(RunOptionsHandle options, byte[] userId, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_add_accept(RunOptionsHandle options, byte[] warning, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_input(RunOptionsHandle options, byte[] name, byte[] sha256, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_operator(RunOptionsHandle options, byte[] operator_, out ErrorHandle error);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_run_options_set_host(RunOptionsHandle options, byte[] host, out ErrorHandle error);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_get_kind(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_user(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_outcome(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_reason(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_status(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_effect(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_receipt(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_error(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_claims(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_text(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_count(EventHandle evt, int outcome);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_fatal(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_event_free(IntPtr evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_id(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_detail(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_devices(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_message(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_duplicates(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_endpoint(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_tick_done(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_tick_given(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_tick_per_hour(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_tick_remaining_ms(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_verdict(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_notice_kind(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern long graph_event_verdict_count(EventHandle evt, int verdict);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_event_verified_count(EventHandle evt);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_event_verified_device(EventHandle evt, int index);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_verify_start(ClientHandle client, byte[] journal, RunOptionsHandle options, out RunHandle run, out ErrorHandle error);
    }
}
