namespace GraphDevices
{
    /// <summary>How far a run is.</summary>
    public sealed class Progress
    {
        internal Progress(EventHandle evt)
        {
            Done = Native.graph_event_tick_done(evt);
            Given = Native.graph_event_tick_given(evt);
            PerHour = Native.graph_event_tick_per_hour(evt);
            long milliseconds = Native.graph_event_tick_remaining_ms(evt);
            if (milliseconds >= 0) Remaining = milliseconds / 1000.0;
        }

        /// <summary>Users that came to an outcome.</summary>
        public long Done { get; private set; }
        /// <summary>Users that were given, as far as it is known.</summary>
        public long Given { get; private set; }
        /// <summary>How many users an hour come to an outcome, since the run began.</summary>
        public long PerHour { get; private set; }
        /// <summary>How long it will take, in seconds; null until the users have ended.</summary>
        public double? Remaining { get; private set; }
    }
}
