using System;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>The functions for devices.</summary>
    internal static partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_client_managed_devices(ClientHandle client, byte[] userId, CallOptionsHandle options, out DeviceListHandle devices, out ErrorHandle error);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_list_count(IntPtr devices);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_list_get(IntPtr devices, int index);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_list_warning_count(IntPtr devices);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_list_warning(IntPtr devices, int index);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void graph_device_list_free(IntPtr devices);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_managed_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_operating_system(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_os_version(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_serial_number(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_model(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_manufacturer(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_owner_type(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_management_agent(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_enrollment_type(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_registration_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_compliance_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_is_encrypted(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_is_supervised(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_enrolled(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_last_sync(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_certificate_expires(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_entra_device_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_entra_registered(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_user_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_user_principal_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_email_address(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_device_warning_count(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_device_warning(IntPtr device, int index);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_warning_get_code(IntPtr warning);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_warning_severity(IntPtr warning);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_warning_message(IntPtr warning);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_id(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_name(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int graph_verified_device_verdict(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_state(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_since(IntPtr device);
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern IntPtr graph_verified_device_detail(IntPtr device);
    }
}
