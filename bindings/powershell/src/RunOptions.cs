using System;
using System.Collections.Generic;

namespace GraphDevices
{
    /// <summary>So many requests in any window of that length.</summary>
    public sealed class Quota
    {
        /// <summary>So many requests in any window of that length.</summary>
        public Quota(int requests, TimeSpan window)
        {
            Requests = requests;
            Window = window;
        }

        /// <summary>How many requests.</summary>
        public int Requests { get; private set; }
        /// <summary>In how long.</summary>
        public TimeSpan Window { get; private set; }
    }

    /// <summary>
    /// Options of a run; what is null is left out. The library judges the values when the run starts; graph_devices.h says
    /// what each is for, at graph_run_options_set_....
    /// </summary>
    public sealed class RunOptions
    {
        /// <summary>Reads users and devices before anything is sent.</summary>
        public RunOptions()
        {
            Read = true;
        }

        /// <summary>The reason that Multi Admin Approval shows to the approver, for every user; also the journal's reason.</summary>
        public string Justification { get; set; }
        /// <summary>The code of an approved request; sent in place of the justification. With it the run takes one user.</summary>
        public string ApprovalCode { get; set; }
        /// <summary>The GUID to find the retire of a run of one user by in the service's logs. With it the run takes one user.</summary>
        public string ClientRequestId { get; set; }
        /// <summary>How long each request of the run may take, without the pauses of the whole run and the wait for a token; the client's if null.</summary>
        public TimeSpan? Deadline { get; set; }
        /// <summary>Whether the caller answers need_token events; if not, which is the default, a refused token is final.</summary>
        public bool SuppliesTokens { get; set; }
        /// <summary>The path of a new journal.</summary>
        public string Journal { get; set; }
        /// <summary>
        /// The path of a journal to go on with, in place of a new one. Users and options are not taken from it: give both again, also
        /// a plan or exclusions where the run before had them; there may be more exclusions, but not fewer.
        /// </summary>
        public string Resume { get; set; }
        /// <summary>The journal of a preview: acts only where the devices have not grown since.</summary>
        public string Plan { get; set; }
        /// <summary>Reads only and sends nothing.</summary>
        public bool Preview { get; set; }
        /// <summary>Whether users and devices are read before anything is sent; the default is yes.</summary>
        public bool Read { get; set; }
        /// <summary>How many writes may leave; 150 in 20 seconds if null.</summary>
        public Quota Quota { get; set; }
        /// <summary>How many reads may leave; 2000 in 20 seconds if null.</summary>
        public Quota ReadQuota { get; set; }
        /// <summary>How many requests are under way at once, 1 to 64; 16 if null. With 1, and one user in a request, the users come in the order given.</summary>
        public int? Connections { get; set; }
        /// <summary>How many users are sent in one request, 1 to 20 and no more than the quota; 1 if null.</summary>
        public int? BatchSize { get; set; }
        /// <summary>
        /// Nothing is sent before the users have ended, and nothing at all if there are more; no limit if null. A run of one user is
        /// a call that can be stopped: it is not paced, and its waits count towards its deadline.
        /// </summary>
        public int? MaxUsers { get; set; }
        /// <summary>A user with more devices is skipped; 10 if null.</summary>
        public int? MaxDevicesPerUser { get; set; }
        /// <summary>How many requests may be queued for approval before the run ends; 0 if null.</summary>
        public int? MaxApprovals { get; set; }
        /// <summary>Users that must not be touched, by object id or name.</summary>
        public IEnumerable<string> Exclude { get; set; }
        /// <summary>Consent to blocking warnings, by their codes.</summary>
        public IEnumerable<string> Accept { get; set; }
        /// <summary>The name of the list that the users come from, for the journal; goes with its hash.</summary>
        public string InputName { get; set; }
        /// <summary>The SHA-256 of that list, in hexadecimal.</summary>
        public string InputSha256 { get; set; }
        /// <summary>Who runs this, for the journal; the person of the token if null.</summary>
        public string Operator { get; set; }
        /// <summary>The machine that it runs on, for the journal; there is no default.</summary>
        public string Host { get; set; }

        private delegate int TextSetter(RunOptionsHandle handle, byte[] text, out ErrorHandle error);
        private delegate int NumberSetter(RunOptionsHandle handle, int number, out ErrorHandle error);
        private delegate int QuotaSetter(RunOptionsHandle handle, int requests, long milliseconds, out ErrorHandle error);

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
            Set(to, Native.graph_run_options_set_justification, Justification);
            Set(to, Native.graph_run_options_set_approval_code, ApprovalCode);
            Set(to, Native.graph_run_options_set_client_request_id, ClientRequestId);
            if (Deadline != null)
                GraphException.ThrowIfFailed(Native.graph_run_options_set_deadline_ms(to, Utf8.Milliseconds(Deadline.Value), out error), error);
            Set(to, Native.graph_run_options_set_supplies_tokens, SuppliesTokens ? 1 : 0);
            Set(to, Native.graph_run_options_set_journal, Journal);
            Set(to, Native.graph_run_options_set_resume, Resume);
            Set(to, Native.graph_run_options_set_plan, Plan);
            if (Preview) GraphException.ThrowIfFailed(Native.graph_run_options_set_preview(to, out error), error);
            Set(to, Native.graph_run_options_set_read, Read ? 1 : 0);
            Set(to, Native.graph_run_options_set_quota, Quota);
            Set(to, Native.graph_run_options_set_read_quota, ReadQuota);
            Set(to, Native.graph_run_options_set_connections, Connections);
            Set(to, Native.graph_run_options_set_batch_size, BatchSize);
            Set(to, Native.graph_run_options_set_max_users, MaxUsers);
            Set(to, Native.graph_run_options_set_max_devices_per_user, MaxDevicesPerUser);
            Set(to, Native.graph_run_options_set_max_approvals, MaxApprovals);
            foreach (string user in Exclude ?? new string[0]) Set(to, Native.graph_run_options_add_exclude, user ?? "");
            foreach (string warning in Accept ?? new string[0]) Set(to, Native.graph_run_options_add_accept, warning ?? "");
            if (InputName != null || InputSha256 != null)
                GraphException.ThrowIfFailed(Native.graph_run_options_set_input(to, Utf8.ToNative(InputName), Utf8.ToNative(InputSha256), out error), error);
            Set(to, Native.graph_run_options_set_operator, Operator);
            Set(to, Native.graph_run_options_set_host, Host);
        }

        private static void Set(RunOptionsHandle to, TextSetter setter, string value)
        {
            ErrorHandle error;
            if (value != null) GraphException.ThrowIfFailed(setter(to, Utf8.ToNative(value), out error), error);
        }

        private static void Set(RunOptionsHandle to, NumberSetter setter, int? value)
        {
            ErrorHandle error;
            if (value != null) GraphException.ThrowIfFailed(setter(to, value.Value, out error), error);
        }

        private static void Set(RunOptionsHandle to, QuotaSetter setter, Quota value)
        {
            ErrorHandle error;
            if (value != null) GraphException.ThrowIfFailed(setter(to, value.Requests, Utf8.Milliseconds(value.Window), out error), error);
        }
    }
}
