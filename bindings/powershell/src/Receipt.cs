using System;

namespace GraphDevices
{
    /// <summary>
    /// The service accepted the action for a user (HTTP 204). The devices retire when they next check in: accepted is not
    /// yet retired.
    /// </summary>
    public sealed class Receipt
    {
        private Receipt() { }

        /// <summary>The user as given.</summary>
        public string User { get; private set; }
        /// <summary>The service's id of the request; support asks for it. Null if it gave none.</summary>
        public string RequestId { get; private set; }
        /// <summary>The id that was sent with the request.</summary>
        public string ClientRequestId { get; private set; }
        /// <summary>The service's date as it wrote it, or null.</summary>
        public string Date { get; private set; }
        /// <summary>Where it was sent, if that is no known Microsoft cloud; else null.</summary>
        public string Endpoint { get; private set; }
        /// <summary>How many times the request was sent.</summary>
        public int Attempts { get; private set; }
        /// <summary>From the start of the call to its answer, in seconds, without what does not count towards its deadline.</summary>
        public double Elapsed { get; private set; }

        /// <summary>Copies a graph_receipt.</summary>
        internal static Receipt Read(IntPtr receipt)
        {
            return new Receipt
            {
                User = Utf8.FromNative(Native.graph_receipt_user(receipt)),
                RequestId = Utf8.FromNative(Native.graph_receipt_request_id(receipt)),
                ClientRequestId = Utf8.FromNative(Native.graph_receipt_client_request_id(receipt)),
                Date = Utf8.FromNative(Native.graph_receipt_date(receipt)),
                Endpoint = Utf8.FromNative(Native.graph_receipt_endpoint(receipt)),
                Attempts = Native.graph_receipt_attempts(receipt),
                Elapsed = Native.graph_receipt_elapsed_ms(receipt) / 1000.0,
            };
        }
    }
}
