using System;

namespace GraphDevices
{
    public sealed partial class ClientOptions : IDisposable
    {
        internal readonly OptionsHandle Handle = Native.graph_options_new();

        /// <summary>
        /// Takes the endpoint from GRAPH_DEVICES_ENDPOINT, where only known clouds and loopback are allowed. Unset or empty
        /// changes nothing.
        /// </summary>
        public void SetEndpointFromEnvironment()
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_options_set_endpoint_variable_value(Handle, Library.EnvironmentEndpoint(), out error), error);
        }

        /// <summary>Frees the options. A client keeps its own copy.</summary>
        public void Dispose()
        {
            Handle.Dispose();
        }
    }
}
