using System;
using System.Security;

namespace GraphDevices
{
    /// <summary>One endpoint, one token, pooled connections. Free to share between threads; dispose it after its last call.</summary>
    public sealed class Client : IDisposable
    {
        private readonly ClientHandle handle;

        /// <summary>Makes a client. Nothing is sent yet; options may be null. A SecureString leaves no copy of the token in managed memory.</summary>
        public Client(ClientOptions options, SecureString token)
        {
            handle = Utf8.WithSecret(token, pointer => Make(options, pointer));
        }

        /// <summary>Makes a client with a token that is a string anyway.</summary>
        public Client(ClientOptions options, string token)
        {
            handle = Utf8.WithText(token, pointer => Make(options, pointer));
        }

        private static ClientHandle Make(ClientOptions options, IntPtr token)
        {
            ClientOptions own = options == null ? new ClientOptions() : null;
            try
            {
                ClientHandle client;
                ErrorHandle error;
                GraphException.ThrowIfFailed(Native.graph_client_new((options ?? own).Handle, token, out client, out error), error);
                return client;
            }
            finally
            {
                if (own != null) own.Dispose();
            }
        }

        /// <summary>
        /// Replaces the token for the calls that begin from now on. From any thread. Runs under way use it from their next request
        /// on, unless they have one of their own; one of another tenant ends them.
        /// </summary>
        public void SetToken(SecureString token)
        {
            Utf8.WithSecret(token, SetToken);
        }

        /// <summary>
        /// Replaces the token for the calls that begin from now on. From any thread. Runs under way use it from their next request
        /// on, unless they have one of their own; one of another tenant ends them.
        /// </summary>
        public void SetToken(string token)
        {
            Utf8.WithText(token, SetToken);
        }

        private bool SetToken(IntPtr token)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_client_set_token(handle, token, out error), error);
            return true;
        }

        /// <summary>
        /// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
        /// Irreversible. Returns when the service accepted it (HTTP 204), else throws a <see cref="GraphException"/>, whose
        /// Effect shows whether it can have been applied all the same. The person of the token is refused. Options may be null. A
        /// call that can be stopped is a run of one user.
        /// </summary>
        public Receipt RemoveAllDevices(string userId, CallOptions options)
        {
            using (CallOptionsHandle call = CallOptions.ToNative(options))
            {
                ReceiptHandle receipt;
                ErrorHandle error;
                int status = Native.graph_client_remove_all_devices(handle, Utf8.ToNative(userId), call, out receipt, out error);
                using (receipt)
                {
                    GraphException.ThrowIfFailed(status, error);
                    return Receipt.Read(receipt.Pointer);
                }
            }
        }

        /// <summary>
        /// Reads the devices that Intune lists for a user, with warnings, on the caller's thread. All pages are read within one
        /// deadline, and a page that cannot be read whole throws a <see cref="GraphException"/>. Options may be null; only the
        /// deadline counts.
        /// </summary>
        public DeviceList ManagedDevices(string userId, CallOptions options)
        {
            using (CallOptionsHandle call = CallOptions.ToNative(options))
            {
                DeviceListHandle devices;
                ErrorHandle error;
                int status = Native.graph_client_managed_devices(handle, Utf8.ToNative(userId), call, out devices, out error);
                using (devices)
                {
                    GraphException.ThrowIfFailed(status, error);
                    return DeviceList.Read(devices.Pointer);
                }
            }
        }

        /// <summary>Starts a run: users in, events out. Options may be null. The client may be disposed while it goes on.</summary>
        public Run StartRun(RunOptions options)
        {
            using (RunOptionsHandle native = RunOptions.ToNative(options))
            {
                RunHandle run;
                ErrorHandle error;
                GraphException.ThrowIfFailed(Native.graph_run_start(handle, native, out run, out error), error);
                return new Run(run);
            }
        }

        /// <summary>
        /// Starts a look at what became of the devices that a journal's run saw; also days later. Users come from the journal,
        /// and events are verified. Options may be null; ReadQuota, TokenEvents, InitiatedBy and Machine count.
        /// </summary>
        public Run StartVerify(string journal, RunOptions options)
        {
            using (RunOptionsHandle native = RunOptions.ToNative(options))
            {
                RunHandle run;
                ErrorHandle error;
                GraphException.ThrowIfFailed(Native.graph_run_start_verify(handle, Utf8.ToNative(journal), native, out run, out error), error);
                return new Run(run);
            }
        }

        /// <summary>Frees the client. Never waits: connections close in the background.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
