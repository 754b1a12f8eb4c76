using System;
using System.Collections.Generic;

namespace GraphDevices
{
    /// <summary>What became of the devices of one user. Accepted is not yet retired: a device is retired once it is gone.</summary>
    public sealed class Verification
    {
        internal Verification(EventHandle evt)
        {
            UserId = Utf8.FromNative(Native.graph_event_user(evt));
            Id = Utf8.FromNative(Native.graph_event_id(evt));
            Verdict = Library.VerdictName(Native.graph_event_verdict(evt));
            var devices = new VerifiedDevice[Native.graph_event_verified_count(evt)];
            for (int index = 0; index < devices.Length; index++)
                devices[index] = VerifiedDevice.Read(Native.graph_event_verified_device(evt, index));
            Devices = devices;
        }

        /// <summary>The user as given.</summary>
        public string UserId { get; private set; }
        /// <summary>The object id, or null if it is not known.</summary>
        public string Id { get; private set; }
        /// <summary>The worst of the devices: gone, pending, still_managed, needs_person or cannot_tell, as if no device was recorded.</summary>
        public string Verdict { get; private set; }
        /// <summary>Each device that was seen before.</summary>
        public IList<VerifiedDevice> Devices { get; private set; }
    }
}
