using System;
using System.Collections.Generic;

namespace GraphDevices
{
    /// <summary>What became of one device since its user was accepted.</summary>
    public sealed class VerifiedDevice
    {
        private VerifiedDevice() { }

        /// <summary>The id in Intune.</summary>
        public string Id { get; private set; }
        /// <summary>Its name when it was seen first, or null.</summary>
        public string Name { get; private set; }
        /// <summary>gone, pending, still_managed, needs_person or cannot_tell.</summary>
        public string Verdict { get; private set; }
        /// <summary>Its state, as the service wrote it, or null.</summary>
        public string State { get; private set; }
        /// <summary>Since when the retire is under way, as the service wrote it, or null.</summary>
        public string Since { get; private set; }
        /// <summary>What else the service said, or null.</summary>
        public string Detail { get; private set; }

        /// <summary>Copies a graph_verified_device.</summary>
        internal static VerifiedDevice Read(IntPtr device)
        {
            return new VerifiedDevice
            {
                Id = Utf8.FromNative(Native.graph_verified_device_id(device)),
                Name = Utf8.FromNative(Native.graph_verified_device_name(device)),
                Verdict = Library.VerdictName(Native.graph_verified_device_verdict(device)),
                State = Utf8.FromNative(Native.graph_verified_device_state(device)),
                Since = Utf8.FromNative(Native.graph_verified_device_since(device)),
                Detail = Utf8.FromNative(Native.graph_verified_device_detail(device)),
            };
        }
    }

    /// <summary>What became of the devices of one user. Accepted is not yet retired: gone is what tells that a device is.</summary>
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
