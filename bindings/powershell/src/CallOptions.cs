using System;

namespace GraphDevices
{
    /// <summary>Options of one call; what is null is left out. The library judges the values when the call is made.</summary>
    public sealed class CallOptions
    {
        /// <summary>The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters.</summary>
        public string Justification { get; set; }
        /// <summary>The code of an approved request; sent in place of the justification.</summary>
        public string ApprovalCode { get; set; }
        /// <summary>The GUID to find this call by in the service's logs.</summary>
        public string ClientRequestId { get; set; }
        /// <summary>The deadline of this call, in place of the client's: all its attempts, waits and pages.</summary>
        public TimeSpan? Deadline { get; set; }

        internal static CallOptionsHandle ToNative(CallOptions options)
        {
            CallOptionsHandle handle = Native.graph_call_options_new();
            if (options == null) return handle;
            try
            {
                ErrorHandle error;
                if (options.Justification != null)
                    GraphException.ThrowIfFailed(Native.graph_call_options_set_justification(handle, Utf8.ToNative(options.Justification), out error), error);
                if (options.ApprovalCode != null)
                    GraphException.ThrowIfFailed(Native.graph_call_options_set_approval_code(handle, Utf8.ToNative(options.ApprovalCode), out error), error);
                if (options.ClientRequestId != null)
                    GraphException.ThrowIfFailed(Native.graph_call_options_set_client_request_id(handle, Utf8.ToNative(options.ClientRequestId), out error), error);
                if (options.Deadline != null)
                    GraphException.ThrowIfFailed(Native.graph_call_options_set_deadline_ms(handle, Utf8.Milliseconds(options.Deadline.Value), out error), error);
                return handle;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }
}
