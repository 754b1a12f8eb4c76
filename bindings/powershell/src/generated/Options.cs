// Written by `cargo xtask generate`; do not edit.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>Options of a Client. Start from ClientOptions::default().</summary>
    public sealed partial class ClientOptions
    {
        /// <summary>A Microsoft cloud: global (the default), usgov, usgov_dod, china, bleu, delos, or the name that Microsoft.Graph uses (USGovDoD, BleuCloud). Case does not matter. Clouds that do not offer the action are refused. A client takes a cloud or an endpoint, not both.</summary>
        public void SetCloud(string cloud)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_cloud(Handle, Utf8.ToNative(cloud), out error), error);
        }

        /// <summary>An endpoint that is not a cloud's: https to any host, or http to loopback (127.0.0.0/8, [::1], localhost). Give scheme, host and port, without /v1.0. Receipts show it. A client takes a cloud or an endpoint, not both.</summary>
        public void SetEndpoint(string endpoint)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_endpoint(Handle, Utf8.ToNative(endpoint), out error), error);
        }

        /// <summary>The longest time to wait for a connection. The default is 10 seconds.</summary>
        public void SetConnectTimeout(TimeSpan duration)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_connect_timeout_ms(Handle, Utf8.Milliseconds(duration), out error), error);
        }

        /// <summary>The longest time of one attempt. The default is 60 seconds.</summary>
        public void SetTimeout(TimeSpan duration)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_timeout_ms(Handle, Utf8.Milliseconds(duration), out error), error);
        }

        /// <summary>The longest time of a whole call, including all attempts, waits and pages. The default is 5 minutes. In a run it applies to each request by itself: see Deadline.</summary>
        public void SetDeadline(TimeSpan duration)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_deadline_ms(Handle, Utf8.Milliseconds(duration), out error), error);
        }

        /// <summary>The most times that a request is sent, 1 to 100. The default is 5; 1 switches retries off.</summary>
        public void SetMaxAttempts(int attempts)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_max_attempts(Handle, attempts, out error), error);
        }

        /// <summary>The first and the longest wait before a retry, if the service names none. Waits grow exponentially, with full jitter. The defaults are 1 second and 60 seconds.</summary>
        public void SetBackoff(TimeSpan first, TimeSpan longest)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_backoff_ms(Handle, Utf8.Milliseconds(first), Utf8.Milliseconds(longest), out error), error);
        }

        /// <summary>A proxy, such as http://user:password@proxy.example:8080; an empty text means no proxy. The default is the proxy that the environment names when the client is made (HTTPS_PROXY, else ALL_PROXY, and NO_PROXY). A client is refused if that text is not the URL of a proxy. Loopback is always reached without a proxy.</summary>
        public void SetProxy(string url)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_proxy(Handle, Utf8.ToNative(url), out error), error);
        }

        /// <summary>Certificate authorities in PEM. They are trusted in addition to the platform's.</summary>
        public void SetCaCertificates(string pem)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_ca_certificates(Handle, Utf8.ToNative(Utf8.Visible(pem)), out error), error);
        }

        /// <summary>A text after graph-devices/&lt;version&gt; in the User-Agent, such as offboarding/2.1: 1 to 200 printable ASCII characters.</summary>
        public void SetUserAgentSuffix(string suffix)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_user_agent_suffix(Handle, Utf8.ToNative(suffix), out error), error);
        }
    }

    /// <summary>Options of one call. Start from CallOptions::default().</summary>
    public sealed partial class CallOptions
    {
        /// <summary>The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters. It has no effect in a tenant without Multi Admin Approval. Null leaves the default.</summary>
        public string Justification { get; set; }
        /// <summary>The code of an approved request (a GUID), as the queued call returned it. It belongs to one user and is sent in place of the justification. Null leaves the default.</summary>
        public string ApprovalCode { get; set; }
        /// <summary>A GUID that identifies this call in the service's logs. The default is a new one for each call. Null leaves the default.</summary>
        public string ClientRequestId { get; set; }
        /// <summary>The deadline of this call, in place of the client's. It includes all attempts, waits and pages. Null leaves the default.</summary>
        public TimeSpan? Deadline { get; set; }

        internal static CallOptionsHandle ToNative(CallOptions options)
        {
            CallOptionsHandle handle = Native.graph_call_options_new();
            if (options == null) return handle;
            try
            {
                options.SetOn(handle);
                return handle;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }

        private void SetOn(CallOptionsHandle to)
        {
            ErrorHandle error;
            if (Justification != null) GraphException.ThrowIfFailed(Native.graph_call_options_set_justification(to, Utf8.ToNative(Justification), out error), error);
            if (ApprovalCode != null) GraphException.ThrowIfFailed(Native.graph_call_options_set_approval_code(to, Utf8.ToNative(ApprovalCode), out error), error);
            if (ClientRequestId != null) GraphException.ThrowIfFailed(Native.graph_call_options_set_client_request_id(to, Utf8.ToNative(ClientRequestId), out error), error);
            if (Deadline != null) GraphException.ThrowIfFailed(Native.graph_call_options_set_deadline_ms(to, Utf8.Milliseconds(Deadline.Value), out error), error);
        }
    }

    /// <summary>Options of a Run. Start from RunOptions::default().</summary>
    public sealed partial class RunOptions
    {
        /// <summary>The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters. It also stands in the journal. Null leaves the default.</summary>
        public string Justification { get; set; }
        /// <summary>The code of an approved request (a GUID), as the queued call returned it. It is sent in place of the justification. It belongs to one user: with it the run takes one user, and the start is refused with any other limit of users. Null leaves the default.</summary>
        public string ApprovalCode { get; set; }
        /// <summary>The GUID that identifies the request in the service's logs. It belongs to one user: with it the run takes one user, as with an approval code. The default is a new one for each user. Null leaves the default.</summary>
        public string ClientRequestId { get; set; }
        /// <summary>The longest time of each request of the run, including all its attempts and waits. The default is the client's. Each read of a user is a request, all pages of a list together are one, and so is the send. Waits for a token do not count. Pauses of the whole run, for its pace or after a 429, count only in a run of one user. Null leaves the default.</summary>
        public TimeSpan? Deadline { get; set; }
        /// <summary>Whether the caller answers need_token. If not, which is the default, a refused token is final unless the client's credential supplies another. Null leaves the default.</summary>
        public bool? TokenEvents { get; set; }
        /// <summary>Records the run in a new journal, a file of JSON lines. A file that exists is refused when the run starts: see Resume. Null leaves the default.</summary>
        public string Journal { get; set; }
        /// <summary>Resumes the run of a journal. Users that are done are not sent again; users in doubt are read first. A run takes this or Journal, not both. The journal does not store users and options: give all users again, and set the options again. If the earlier run was bound to a plan or had exclusions, the start is refused without a plan or with fewer exclusions. When the run ends, a notice of the kind run reports how many users in doubt or waiting for approval were not given. Null leaves the default.</summary>
        public string Resume { get; set; }
        /// <summary>Binds the run to a plan, the journal of a preview: it sends only users of the plan, and only if the plan has all their devices. If devices may not be read, the run ends. Null leaves the default.</summary>
        public string Plan { get; set; }
        /// <summary>Reads only and sends nothing: each user is reported with devices and warnings, and with the reason if a run would skip the user. Its journal is a plan.</summary>
        public bool Preview { get; set; }
        /// <summary>Whether users and devices are read before anything is sent; the default is yes. Without reads there are no warnings, no limit of devices and no snapshot. Users in doubt stay unknown, and no user can be previewed or compared with a plan. Null leaves the default.</summary>
        public bool? InspectFirst { get; set; }
        /// <summary>The most writes that are sent in any window of this length. The default is 150 in 20 seconds of the documented 200 for an app and tenant (&lt;https://learn.microsoft.com/graph/throttling-limits#intune-service-limits&gt;). Null leaves the default.</summary>
        public Quota WriteQuota { get; set; }
        /// <summary>The most reads that are sent in any window of this length. The default is 2000 in 20 seconds. Each read inside a batch is one. Null leaves the default.</summary>
        public Quota ReadQuota { get; set; }
        /// <summary>The most requests in flight at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users come in the order given. Null leaves the default.</summary>
        public int? Connections { get; set; }
        /// <summary>How many users are sent in one request, 1 to 20, and no more than the write quota, which is checked as the run starts. The default is 1. Larger batches save round trips, but an answer that cannot be read leaves every user of the batch unknown. Null leaves the default.</summary>
        public int? BatchSize { get; set; }
        /// <summary>The most users that the run takes. The default is no limit. With a limit nothing is sent until the users have ended, and nothing at all if they are more. Until then all of them are in memory. A run of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its waits but those for a token count towards its deadline. Null leaves the default.</summary>
        public int? MaxUsers { get; set; }
        /// <summary>A user with more devices is skipped. The default is 10. Null leaves the default.</summary>
        public int? MaxDevicesPerUser { get; set; }
        /// <summary>The most requests that Multi Admin Approval may queue before the run ends. Such a run can be resumed. The default is 0: the first queued request ends the run, so that a person can check it. Null leaves the default.</summary>
        public int? MaxApprovals { get; set; }
        /// <summary>A user that must not be sent, by object id or name. If users are read, exclusions are looked up first, so that either form protects the user, and a notice of the kind run names the exclusions that no user has. If they cannot be looked up, a user in another form than an exclusion fails as permission_denied. Null leaves the default.</summary>
        public IEnumerable<string> Exclude { get; set; }
        /// <summary>Consent to a blocking warning, by its name, such as entra_joined_windows. Null leaves the default.</summary>
        public IEnumerable<string> AcceptWarning { get; set; }
        /// <summary>Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal. Null leaves the default.</summary>
        public string InputListName { get; set; }
        /// <summary>Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.</summary>
        public string InputListSha256 { get; set; }
        /// <summary>The person who starts the run, for the journal. The default is the signed-in user of the token, and no text for an app. Null leaves the default.</summary>
        public string InitiatedBy { get; set; }
        /// <summary>The machine of the run, for the journal. There is no default. Null leaves the default.</summary>
        public string Machine { get; set; }
        /// <summary>How the person who starts the run consented to it, for the journal, such as typed 4. There is no default. Null leaves the default.</summary>
        public string Consent { get; set; }

        internal static RunOptionsHandle ToNative(RunOptions options)
        {
            RunOptionsHandle handle = Native.graph_run_options_new();
            if (options == null) return handle;
            try
            {
                options.SetOn(handle);
                return handle;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }

        private void SetOn(RunOptionsHandle to)
        {
            ErrorHandle error;
            if (Justification != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_justification(to, Utf8.ToNative(Justification), out error), error);
            if (ApprovalCode != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_approval_code(to, Utf8.ToNative(ApprovalCode), out error), error);
            if (ClientRequestId != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_client_request_id(to, Utf8.ToNative(ClientRequestId), out error), error);
            if (Deadline != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_deadline_ms(to, Utf8.Milliseconds(Deadline.Value), out error), error);
            if (TokenEvents != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_token_events(to, TokenEvents.Value ? 1 : 0, out error), error);
            if (Journal != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_journal(to, Utf8.ToNative(Journal), out error), error);
            if (Resume != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_resume(to, Utf8.ToNative(Resume), out error), error);
            if (Plan != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_plan(to, Utf8.ToNative(Plan), out error), error);
            if (Preview) GraphException.ThrowIfFailed(Native.graph_run_options_set_preview(to, out error), error);
            if (InspectFirst != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_inspect_first(to, InspectFirst.Value ? 1 : 0, out error), error);
            if (WriteQuota != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_write_quota(to, WriteQuota.Requests, Utf8.Milliseconds(WriteQuota.Window), out error), error);
            if (ReadQuota != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_read_quota(to, ReadQuota.Requests, Utf8.Milliseconds(ReadQuota.Window), out error), error);
            if (Connections != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_connections(to, Connections.Value, out error), error);
            if (BatchSize != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_batch_size(to, BatchSize.Value, out error), error);
            if (MaxUsers != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_max_users(to, MaxUsers.Value, out error), error);
            if (MaxDevicesPerUser != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_max_devices_per_user(to, MaxDevicesPerUser.Value, out error), error);
            if (MaxApprovals != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_max_approvals(to, MaxApprovals.Value, out error), error);
            foreach (string one in Exclude ?? new string[0])
                GraphException.ThrowIfFailed(Native.graph_run_options_exclude(to, Utf8.ToNative(one ?? ""), out error), error);
            foreach (string one in AcceptWarning ?? new string[0])
                GraphException.ThrowIfFailed(Native.graph_run_options_accept_warning(to, Utf8.ToNative(one ?? ""), out error), error);
            if (InputListName != null || InputListSha256 != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_input_list(to, Utf8.ToNative(InputListName), Utf8.ToNative(InputListSha256), out error), error);
            if (InitiatedBy != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_initiated_by(to, Utf8.ToNative(InitiatedBy), out error), error);
            if (Machine != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_machine(to, Utf8.ToNative(Machine), out error), error);
            if (Consent != null) GraphException.ThrowIfFailed(Native.graph_run_options_set_consent(to, Utf8.ToNative(Consent), out error), error);
        }
    }
}
