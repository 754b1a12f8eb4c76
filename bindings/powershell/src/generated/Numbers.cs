// Written by `cargo xtask generate`; do not edit.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>What became of a call. The same number and name in every language. The effect of one answer is none, unless it says otherwise.</summary>
    internal static class StatusNumber
    {
        /// <summary>Accepted by the service (HTTP 204). Accepted is not yet retired.</summary>
        internal const int Ok = 0;
        /// <summary>An argument was refused before anything was sent.</summary>
        internal const int InvalidArgument = 1;
        /// <summary>The service refused the token (HTTP 401).</summary>
        internal const int Unauthenticated = 2;
        /// <summary>The app or the signed-in person may not do this.</summary>
        internal const int PermissionDenied = 3;
        /// <summary>The tenant has no Intune licence.</summary>
        internal const int NotLicensed = 4;
        /// <summary>The directory has no such user.</summary>
        internal const int UserNotFound = 5;
        /// <summary>Multi Admin Approval wants a justification.</summary>
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
        /// <summary>Sent, but no answer came in time. Its effect is possible.</summary>
        internal const int Timeout = 12;
        /// <summary>The connection was lost after sending. Its effect is possible.</summary>
        internal const int Interrupted = 13;
        /// <summary>An answer that Microsoft Graph does not give: a 2xx other than 204, a redirect, a page of something in between. Its effect is possible.</summary>
        internal const int UnexpectedResponse = 14;
        /// <summary>The caller asked to stop. Its effect is that of the attempts before.</summary>
        internal const int Cancelled = 15;
        /// <summary>The journal could not be read or written.</summary>
        internal const int Journal = 16;
        /// <summary>A bug in this library. Its effect is possible after a panic.</summary>
        internal const int Internal = 17;
    }

    /// <summary>The kinds of event. The same number and name in every language; both are only ever added to.</summary>
    internal static class EventNumber
    {
        /// <summary>Nothing within the time given; no event of a run.</summary>
        internal const int None = 0;
        /// <summary>A user is done: user, id, outcome, reason, detail, devices, and a receipt or an error.</summary>
        internal const int Result = 1;
        /// <summary>The run is short of users: add some more or end them.</summary>
        internal const int NeedUsers = 2;
        /// <summary>The service refused the token: set another, which meets the claims if there are any, or stop the run.</summary>
        internal const int NeedToken = 3;
        /// <summary>Something for a log: a text, and what it is about.</summary>
        internal const int Notice = 4;
        /// <summary>The last event: counts, and the status and message of what ended the run early, if anything did.</summary>
        internal const int Done = 5;
        /// <summary>How far the run or the verification is: about once a second as long as events are taken, also while it pauses.</summary>
        internal const int Progress = 6;
        /// <summary>Of a verification: what became of the devices of a user.</summary>
        internal const int Verified = 7;
    }
}
