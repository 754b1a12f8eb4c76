using System;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    internal abstract class Handle : SafeHandle
    {
        protected Handle() : base(IntPtr.Zero, true) { }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>The pointer, for accessors that also take one that an event owns. Valid while the handle is alive.</summary>
        internal IntPtr Pointer
        {
            get { return handle; }
        }
    }

    internal sealed class OptionsHandle : Handle
    {
        public OptionsHandle() { }
        protected override bool ReleaseHandle() { Native.graph_options_free(handle); return true; }
    }

    internal sealed class CallOptionsHandle : Handle
    {
        public CallOptionsHandle() { }
        protected override bool ReleaseHandle() { Native.graph_call_options_free(handle); return true; }
    }

    internal sealed class RunOptionsHandle : Handle
    {
        public RunOptionsHandle() { }
        protected override bool ReleaseHandle() { Native.graph_run_options_free(handle); return true; }
    }

    internal sealed class ClientHandle : Handle
    {
        public ClientHandle() { }
        protected override bool ReleaseHandle() { Native.graph_client_free(handle); return true; }
    }

    internal sealed class RunHandle : Handle
    {
        public RunHandle() { }
        protected override bool ReleaseHandle() { Native.graph_run_free(handle); return true; }
    }

    internal sealed class EventHandle : Handle
    {
        public EventHandle() { }
        protected override bool ReleaseHandle() { Native.graph_event_free(handle); return true; }
    }

    internal sealed class ReceiptHandle : Handle
    {
        public ReceiptHandle() { }
        protected override bool ReleaseHandle() { Native.graph_receipt_free(handle); return true; }
    }

    internal sealed class DeviceListHandle : Handle
    {
        public DeviceListHandle() { }
        protected override bool ReleaseHandle() { Native.graph_device_list_free(handle); return true; }
    }

    internal sealed class ErrorHandle : Handle
    {
        public ErrorHandle() { }
        protected override bool ReleaseHandle() { Native.graph_error_free(handle); return true; }
    }
}
