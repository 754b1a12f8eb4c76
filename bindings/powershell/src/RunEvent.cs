using System;
using System.Collections.Generic;

namespace GraphDevices
{
    /// <summary>An event of a run. A copy: it outlives the run.</summary>
    public sealed class RunEvent
    {
        internal RunEvent(EventHandle evt)
        {
            int kind = Native.graph_event_type(evt);
            Kind = Utf8.FromNative(Native.graph_event_kind_name(kind));
            Claims = Utf8.FromNative(Native.graph_event_claims(evt));
            Text = Utf8.FromNative(Native.graph_event_text(evt));
            if (kind == EventNumber.Notice) NoticeKind = Utf8.FromNative(Native.graph_notice_kind_name(Native.graph_event_notice_kind(evt)));
            if (kind == EventNumber.Result) ReadResult(evt);
            if (kind == EventNumber.Done) ReadSummary(evt);
            if (kind == EventNumber.Progress) Progress = new Progress(evt);
            if (kind == EventNumber.Verified) Verified = new Verification(evt);
        }

        private void ReadResult(EventHandle evt)
        {
            IntPtr receipt = Native.graph_event_receipt(evt);
            IntPtr error = Native.graph_event_error(evt);
            if (receipt != IntPtr.Zero) Receipt = Receipt.Read(receipt);
            if (error != IntPtr.Zero) Error = GraphException.Read(error);
            IntPtr devices = Native.graph_event_devices(evt);
            if (devices != IntPtr.Zero) Devices = DeviceList.Read(devices);
            Id = Utf8.FromNative(Native.graph_event_id(evt));
            Detail = Utf8.FromNative(Native.graph_event_detail(evt));
            Result = new UserResult(
                Utf8.FromNative(Native.graph_event_user(evt)),
                Library.OutcomeName(Native.graph_event_outcome(evt)),
                Library.ReasonName(Native.graph_event_reason(evt)),
                Name(Native.graph_event_status(evt), Library.StatusName),
                Name(Native.graph_event_effect(evt), Library.EffectName),
                Utf8.FromNative(Native.graph_event_message(evt)),
                Receipt,
                Error);
        }

        private static string Name(int number, Func<int, string> name)
        {
            return number < 0 ? null : name(number);
        }

        private void ReadSummary(EventHandle evt)
        {
            var counts = new Dictionary<string, long>();
            for (int outcome = 0; Library.HasOutcome(outcome); outcome++)
                counts[Library.OutcomeName(outcome)] = Native.graph_event_count(evt, outcome);
            Counts = counts;
            var verdicts = new Dictionary<string, long>();
            for (int verdict = 0; Library.HasVerdict(verdict); verdict++)
                verdicts[Library.VerdictName(verdict)] = Native.graph_event_verdict_count(evt, verdict);
            Verdicts = verdicts;
            int endedBy = Native.graph_event_ended_by(evt);
            EndedBy = endedBy == 0 ? null : Library.StatusName(endedBy);
            Message = Utf8.FromNative(Native.graph_event_message(evt));
            Duplicates = Native.graph_event_duplicates(evt);
            CustomEndpoint = Utf8.FromNative(Native.graph_event_custom_endpoint(evt));
        }

        /// <summary>none, result, need_users, need_token, notice, done, progress or verified.</summary>
        public string Kind { get; private set; }
        /// <summary>Result: what is known of the user; else null.</summary>
        public UserResult Result { get; private set; }
        /// <summary>Result: the user's object id where it is known; else null.</summary>
        public string Id { get; private set; }
        /// <summary>Result: why the user was skipped, in words; null if Error has it. Of any result: that its result could not be recorded. Else null.</summary>
        public string Detail { get; private set; }
        /// <summary>Result: the devices as they were read before anything was sent; null if they were not read, or the run had ended before the user.</summary>
        public DeviceList Devices { get; private set; }
        /// <summary>Result of an accepted user: its receipt; else null.</summary>
        public Receipt Receipt { get; private set; }
        /// <summary>
        /// Result of a user that was queued for approval, failed, is unknown, or was stopped when its turn had come: why; null of one
        /// that was accepted or confirmed, or skipped for another reason.
        /// </summary>
        public GraphException Error { get; private set; }
        /// <summary>Need token: what the new token must meet (JSON), or null if any new token will do.</summary>
        public string Claims { get; private set; }
        /// <summary>Notice: one line for a log, never with a token; else null.</summary>
        public string Text { get; private set; }
        /// <summary>Notice: what it is about: sending, waiting or run; else null. A program that shows no log should show those of the kind run.</summary>
        public string NoticeKind { get; private set; }
        /// <summary>Done: how many users of a run came to each outcome; else null.</summary>
        public IDictionary<string, long> Counts { get; private set; }
        /// <summary>Done: how many users of a verification came to each verdict; else null.</summary>
        public IDictionary<string, long> Verdicts { get; private set; }
        /// <summary>Done: the status of what ended the run early (see graph_event_ended_by); null also if it was stopped.</summary>
        public string EndedBy { get; private set; }
        /// <summary>Done: what ended the run early, in words, or null.</summary>
        public string Message { get; private set; }
        /// <summary>Done: how many times a user was given again, under one name or two; each is counted once.</summary>
        public long Duplicates { get; private set; }
        /// <summary>Done: where the requests went, if that is no known Microsoft cloud; else null.</summary>
        public string CustomEndpoint { get; private set; }
        /// <summary>Progress: how far the run is; else null.</summary>
        public Progress Progress { get; private set; }
        /// <summary>Verified: what became of the devices of a user; else null.</summary>
        public Verification Verified { get; private set; }
    }
}
