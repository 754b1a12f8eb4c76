using System;

namespace GraphDevices
{
    /// <summary>
    /// Why a call was not accepted. Message says what happened and what to do next, in lowercase; no property ever holds a
    /// token. What the service did not tell is null.
    /// </summary>
    public sealed class GraphException : Exception
    {
        private GraphException(string message) : base(message) { }

        /// <summary>The kind of failure, such as permission_denied.</summary>
        public string Status { get; private set; }
        /// <summary>The number of the status, the same in every language.</summary>
        public int StatusNumber { get; private set; }
        /// <summary>The HTTP status of the last answer.</summary>
        public int? HttpStatus { get; private set; }
        /// <summary>error.code of the service.</summary>
        public string Code { get; private set; }
        /// <summary>The innermost nested code, or the AADSTS number.</summary>
        public string InnerCode { get; private set; }
        /// <summary>The human part of the service's message.</summary>
        public string ServiceMessage { get; private set; }
        /// <summary>The service's id of the request; support asks for it.</summary>
        public string RequestId { get; private set; }
        /// <summary>The id that is sent with the request; null if it was not tried.</summary>
        public string ClientRequestId { get; private set; }
        /// <summary>The id in Intune's own logs.</summary>
        public string ActivityId { get; private set; }
        /// <summary>The code of the queued Multi Admin Approval request; it belongs to this user alone.</summary>
        public string ApprovalCode { get; private set; }
        /// <summary>The decoded claims challenge (JSON) to get a new token with.</summary>
        public string Claims { get; private set; }
        /// <summary>How long the service asked to wait, in seconds.</summary>
        public double? RetryAfter { get; private set; }
        /// <summary>How many times the request was tried; 0 if it was refused before that.</summary>
        public int Attempts { get; private set; }
        /// <summary>Whether the action can have been applied, over all attempts: none or possible.</summary>
        public string Effect { get; private set; }

        /// <summary>Throws what a call left behind, if it failed.</summary>
        internal static void ThrowIfFailed(int status, ErrorHandle error)
        {
            using (error)
            {
                if (status != 0) throw Read(error.Pointer);
            }
        }

        /// <summary>Copies a graph_error.</summary>
        internal static GraphException Read(IntPtr error)
        {
            int http = Native.graph_error_http_status(error);
            long retryAfter = Native.graph_error_retry_after_ms(error);
            int status = Native.graph_error_status(error);
            return new GraphException(Utf8.FromNative(Native.graph_error_message(error)))
            {
                Status = Library.StatusName(status),
                StatusNumber = status,
                HttpStatus = http < 0 ? (int?)null : http,
                Code = Utf8.FromNative(Native.graph_error_code(error)),
                InnerCode = Utf8.FromNative(Native.graph_error_inner_code(error)),
                ServiceMessage = Utf8.FromNative(Native.graph_error_service_message(error)),
                RequestId = Utf8.FromNative(Native.graph_error_request_id(error)),
                ClientRequestId = Utf8.FromNative(Native.graph_error_client_request_id(error)),
                ActivityId = Utf8.FromNative(Native.graph_error_activity_id(error)),
                ApprovalCode = Utf8.FromNative(Native.graph_error_approval_code(error)),
                Claims = Utf8.FromNative(Native.graph_error_claims(error)),
                RetryAfter = retryAfter < 0 ? (double?)null : retryAfter / 1000.0,
                Attempts = Native.graph_error_attempts(error),
                Effect = Library.EffectName(Native.graph_error_effect(error)),
            };
        }
    }
}
