namespace GraphDevices
{
    /// <summary>How far a run or a verification is.</summary>
    public sealed class Progress
    {
        internal Progress(EventHandle evt)
        {
            Done = Native.graph_event_progress_done(evt);
            Given = Native.graph_event_progress_given(evt);
            UsersPerHour = Native.graph_event_progress_users_per_hour(evt);
            long milliseconds = Native.graph_event_progress_remaining_ms(evt);
            if (milliseconds >= 0) Remaining = milliseconds / 1000.0;
        }

        /// <summary>Users that came to an outcome or, in a verification, to a verdict.</summary>
        public long Done { get; private set; }
        /// <summary>Users that were given so far, those given again left out as far as it is known.</summary>
        public long Given { get; private set; }
        /// <summary>How many users an hour, over the last minute, or since the run began if that is less. Pauses that the service asks for are part of that time.</summary>
        public long UsersPerHour { get; private set; }
        /// <summary>The time that remains at that rate, in seconds; null until the users have ended, and while no user was done within the last minute.</summary>
        public double? Remaining { get; private set; }
    }
}
