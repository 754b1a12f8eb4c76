using System;

namespace GraphDevices
{
    /// <summary>So many requests in any window of that length.</summary>
    public sealed class Quota
    {
        /// <summary>So many requests in any window of that length.</summary>
        public Quota(int requests, TimeSpan window)
        {
            Requests = requests;
            Window = window;
        }

        /// <summary>How many requests.</summary>
        public int Requests { get; private set; }
        /// <summary>In how long.</summary>
        public TimeSpan Window { get; private set; }
    }
}
