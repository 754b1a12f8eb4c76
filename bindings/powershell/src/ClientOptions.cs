using System;

namespace GraphDevices
{
    /// <summary>
    /// Options of a client: the worldwide cloud and the platform's proxy and trust, unless set otherwise. Each setter throws
    /// a <see cref="GraphException"/> for a value the library refuses. One thread at a time.
    /// </summary>
    public sealed class ClientOptions : IDisposable
    {
        internal readonly OptionsHandle Handle = Native.graph_options_new();

        /// <summary>Chooses a Microsoft cloud by name: global, usgov, usgov_dod, china, bleu, delos, or Microsoft.Graph's name for it.</summary>
        public void SetCloud(string name)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_cloud(Handle, Utf8.ToNative(name), out error), error);
        }

        /// <summary>Chooses another endpoint: https to a host of your choice, or http to literal loopback. Receipts show it.</summary>
        public void SetEndpoint(string url)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_endpoint(Handle, Utf8.ToNative(url), out error), error);
        }

        /// <summary>
        /// Takes the endpoint from GRAPH_DEVICES_ENDPOINT, where only known clouds and loopback are allowed. Unset or empty
        /// changes nothing.
        /// </summary>
        public void SetEndpointFromEnvironment()
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_environment_endpoint(Handle, Library.EnvironmentEndpoint(), out error), error);
        }

        /// <summary>How long one attempt may take. The default is 60 seconds.</summary>
        public void SetTimeout(TimeSpan timeout)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_timeout_ms(Handle, Utf8.Milliseconds(timeout), out error), error);
        }

        /// <summary>How long to wait for a connection. The default is 10 seconds.</summary>
        public void SetConnectTimeout(TimeSpan timeout)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_connect_timeout_ms(Handle, Utf8.Milliseconds(timeout), out error), error);
        }

        /// <summary>How long a whole call, or each request of a run, may take, all attempts, waits and pages included. The default is 5 minutes.</summary>
        public void SetDeadline(TimeSpan deadline)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_deadline_ms(Handle, Utf8.Milliseconds(deadline), out error), error);
        }

        /// <summary>How many times a request is sent at most. The default is 5; 1 switches retries off.</summary>
        public void SetMaxAttempts(int attempts)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_max_attempts(Handle, attempts, out error), error);
        }

        /// <summary>The first and the longest wait before a retry where the service names none. The defaults are 1 and 60 seconds.</summary>
        public void SetBackoff(TimeSpan first, TimeSpan longest)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_backoff_ms(Handle, Utf8.Milliseconds(first), Utf8.Milliseconds(longest), out error), error);
        }

        /// <summary>Chooses a proxy by URL; an empty text means none. Loopback never goes through a proxy.</summary>
        public void SetProxy(string url)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_proxy(Handle, Utf8.ToNative(url), out error), error);
        }

        /// <summary>Certificate authorities as PEM text, trusted besides the platform's.</summary>
        public void SetCaPem(string pem)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_ca_pem(Handle, Utf8.ToNative(pem), out error), error);
        }

        /// <summary>A text that follows graph-devices/version in the User-Agent.</summary>
        public void SetUserAgentSuffix(string suffix)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_user_agent_suffix(Handle, Utf8.ToNative(suffix), out error), error);
        }

        /// <summary>Frees the options. A client keeps its own copy.</summary>
        public void Dispose()
        {
            Handle.Dispose();
        }
    }
}
