using System;
using System.Globalization;

namespace GraphDevices
{
    /// <summary>What is known of one user after a call, flat: words as in every language, times as ISO text.</summary>
    public sealed class UserResult
    {
        internal UserResult(string user, string outcome, string reason, string status, string effect, string message, Receipt receipt, GraphException error)
        {
            UserId = user;
            Outcome = outcome;
            Reason = string.IsNullOrEmpty(reason) ? null : reason;
            Status = status;
            Effect = effect;
            Message = message;
            if (receipt != null)
            {
                RequestId = receipt.RequestId;
                ClientRequestId = receipt.ClientRequestId;
                HttpStatus = 204;
                Attempts = receipt.Attempts;
                Date = ToIso(receipt.Date);
                CustomEndpoint = receipt.CustomEndpoint;
            }
            else if (error != null)
            {
                RequestId = error.RequestId;
                ClientRequestId = error.ClientRequestId;
                HttpStatus = error.HttpStatus;
                Code = error.Code;
                Attempts = error.Attempts;
                ActivityId = error.ActivityId;
                ApprovalCode = error.ApprovalCode;
                Claims = error.Claims;
                RetryAfter = error.RetryAfter;
            }
        }

        private static string ToIso(string date)
        {
            DateTimeOffset time;
            if (date == null || !DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)) return date;
            return time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        /// <summary>The user as given.</summary>
        public string UserId { get; private set; }
        /// <summary>accepted, confirmed, awaiting_approval, failed, unknown or skipped.</summary>
        public string Outcome { get; private set; }
        /// <summary>Why the user was skipped, or null.</summary>
        public string Reason { get; private set; }
        /// <summary>The status, such as ok or permission_denied; null of a user that was left alone for a reason.</summary>
        public string Status { get; private set; }
        /// <summary>The service's id of the request; support asks for it.</summary>
        public string RequestId { get; private set; }
        /// <summary>The id that was sent with the request.</summary>
        public string ClientRequestId { get; private set; }
        /// <summary>The HTTP status of the last answer, or null.</summary>
        public int? HttpStatus { get; private set; }
        /// <summary>error.code of the service, or null.</summary>
        public string Code { get; private set; }
        /// <summary>What happened and what to do next.</summary>
        public string Message { get; private set; }
        /// <summary>Whether the action can have been applied although it was not accepted, by this run or an earlier one of its journal: none or possible; null if accepted or confirmed.</summary>
        public string Effect { get; private set; }
        /// <summary>How many times the request was tried.</summary>
        public int Attempts { get; private set; }
        /// <summary>The service's date of an accepted call, ISO 8601 in UTC, or null.</summary>
        public string Date { get; private set; }
        /// <summary>The id in Intune's own logs, or null.</summary>
        public string ActivityId { get; private set; }
        /// <summary>The code of the queued Multi Admin Approval request, or null.</summary>
        public string ApprovalCode { get; private set; }
        /// <summary>The decoded claims challenge (JSON), or null.</summary>
        public string Claims { get; private set; }
        /// <summary>How long the service asked to wait, in seconds, or null.</summary>
        public double? RetryAfter { get; private set; }
        /// <summary>Where it was sent, if that is no known Microsoft cloud; else null.</summary>
        public string CustomEndpoint { get; private set; }
    }
}
