// Written by `cargo xtask generate`; do not edit.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>The result of a call. The same number and name in every language. The effect of an answer is none, except where stated.</summary>
    internal static class StatusNumber
    {
        /// <summary>Accepted by the service (HTTP 204). Accepted is not yet retired.</summary>
        internal const int Ok = 0;
        /// <summary>An argument was refused before anything was sent.</summary>
        internal const int InvalidArgument = 1;
        /// <summary>The service refused the token (HTTP 401).</summary>
        internal const int Unauthenticated = 2;
        /// <summary>The app or the signed-in user may not do this.</summary>
        internal const int PermissionDenied = 3;
        /// <summary>The tenant has no Intune licence.</summary>
        internal const int NotLicensed = 4;
        /// <summary>The directory has no such user.</summary>
        internal const int UserNotFound = 5;
        /// <summary>Multi Admin Approval requires a justification.</summary>
        internal const int JustificationRequired = 6;
        /// <summary>Multi Admin Approval queued the request; nothing is retired until a second administrator approves.</summary>
        internal const int ApprovalPending = 7;
        /// <summary>Throttled (HTTP 429) until attempts or deadline ran out.</summary>
        internal const int Throttled = 8;
        /// <summary>The service failed (HTTP 5xx) until attempts or deadline ran out. Its effect is possible; none after a 503 in Graph's own form.</summary>
        internal const int ServiceUnavailable = 9;
        /// <summary>The service refused the request for another reason (HTTP 4xx). Its effect is possible after 408, 409 and 424.</summary>
        internal const int Rejected = 10;
        /// <summary>No connection was made; nothing was sent.</summary>
        internal const int ConnectionFailed = 11;
        /// <summary>The request was sent, but no answer came in time. Its effect is possible.</summary>
        internal const int Timeout = 12;
        /// <summary>The connection was lost after sending. Its effect is possible.</summary>
        internal const int Interrupted = 13;
        /// <summary>An answer that Microsoft Graph does not give: a 2xx other than 204, a redirect, a page of a proxy or gateway. Its effect is possible.</summary>
        internal const int UnexpectedResponse = 14;
        /// <summary>The caller stopped the call. Its effect is that of the earlier attempts.</summary>
        internal const int Cancelled = 15;
        /// <summary>The journal could not be read or written.</summary>
        internal const int Journal = 16;
        /// <summary>A bug in this library. After a panic its effect is possible.</summary>
        internal const int Internal = 17;
    }

    /// <summary>The kind of an event. The same number and name in every language; new ones are only added.</summary>
    internal static class EventNumber
    {
        /// <summary>No event arrived within the time given. A run reports no such event.</summary>
        internal const int None = 0;
        /// <summary>A user is done. Fields: user, id, outcome, reason, detail, devices, and a receipt or an error.</summary>
        internal const int Result = 1;
        /// <summary>The run is short of users: add some more or end them.</summary>
        internal const int NeedUsers = 2;
        /// <summary>The service refused the token: set another, which meets the claims if there are any, or stop the run.</summary>
        internal const int NeedToken = 3;
        /// <summary>Something for a log: a text, and what it is about.</summary>
        internal const int Notice = 4;
        /// <summary>The last event: counts, and if the run ended early, the status and message of the cause.</summary>
        internal const int Done = 5;
        /// <summary>The progress of the run or verification: about once a second as long as events are taken, also during pauses.</summary>
        internal const int Progress = 6;
        /// <summary>What a verification found of the devices of a user.</summary>
        internal const int Verified = 7;
    }
}
