using System;
using System.Collections.Generic;

namespace GraphDevices
{
    /// <summary>Something to know before devices are retired.</summary>
    public sealed class DeviceWarning
    {
        private DeviceWarning() { }

        /// <summary>Which warning it is, such as entra_joined_windows.</summary>
        public string Code { get; private set; }
        /// <summary>info, caution or blocking. For a blocking one nothing is sent without consent by its code.</summary>
        public string Severity { get; private set; }
        /// <summary>What it means for the person and what to do first, in one sentence.</summary>
        public string Message { get; private set; }

        /// <summary>Copies the warnings of a device or a list.</summary>
        internal static IList<DeviceWarning> ReadAll(IntPtr holder, int count, Func<IntPtr, int, IntPtr> get)
        {
            var warnings = new DeviceWarning[count];
            for (int index = 0; index < count; index++)
            {
                IntPtr warning = get(holder, index);
                warnings[index] = new DeviceWarning
                {
                    Code = Utf8.FromNative(Native.graph_warning_code_name(Native.graph_warning_get_code(warning))),
                    Severity = Utf8.FromNative(Native.graph_severity_name(Native.graph_warning_severity(warning))),
                    Message = Utf8.FromNative(Native.graph_warning_message(warning)),
                };
            }
            return warnings;
        }
    }

    /// <summary>A device that Intune lists. Texts are the service's, dates as it wrote them; null is what it left out.</summary>
    public sealed class Device
    {
        private Device() { }

        /// <summary>The id in Intune. Never empty.</summary>
        public string Id { get; private set; }
        /// <summary>The name of the device (deviceName), or null.</summary>
        public string Name { get; private set; }
        /// <summary>The name that Intune made up (managedDeviceName), or null.</summary>
        public string ManagedName { get; private set; }
        /// <summary>The operating system (operatingSystem), or null.</summary>
        public string OperatingSystem { get; private set; }
        /// <summary>Its version (osVersion), or null.</summary>
        public string OSVersion { get; private set; }
        /// <summary>The serial number (serialNumber), or null.</summary>
        public string SerialNumber { get; private set; }
        /// <summary>The model (model), or null.</summary>
        public string Model { get; private set; }
        /// <summary>The manufacturer (manufacturer), or null.</summary>
        public string Manufacturer { get; private set; }
        /// <summary>Whose it is: company or personal (managedDeviceOwnerType), or null.</summary>
        public string OwnerType { get; private set; }
        /// <summary>Its state (managementState), such as managed or retirePending, as the service wrote it; empty if it wrote none.</summary>
        public string State { get; private set; }
        /// <summary>What manages it (managementAgent), or null.</summary>
        public string ManagementAgent { get; private set; }
        /// <summary>How it was enrolled (deviceEnrollmentType), or null.</summary>
        public string EnrollmentType { get; private set; }
        /// <summary>Whether it is registered (deviceRegistrationState), or null.</summary>
        public string RegistrationState { get; private set; }
        /// <summary>Whether it meets the rules (complianceState), or null.</summary>
        public string ComplianceState { get; private set; }
        /// <summary>Whether it is encrypted (isEncrypted), or null if the service did not say.</summary>
        public bool? IsEncrypted { get; private set; }
        /// <summary>Whether it is supervised (isSupervised), or null if the service did not say.</summary>
        public bool? IsSupervised { get; private set; }
        /// <summary>When it was enrolled, as the service wrote it (enrolledDateTime), or null.</summary>
        public string Enrolled { get; private set; }
        /// <summary>When it last checked in, as the service wrote it (lastSyncDateTime), or null.</summary>
        public string LastSync { get; private set; }
        /// <summary>Until when it can check in, as the service wrote it (managementCertificateExpirationDate), or null.</summary>
        public string CertificateExpires { get; private set; }
        /// <summary>The id of its record in Entra (azureADDeviceId), or null.</summary>
        public string EntraDeviceId { get; private set; }
        /// <summary>Whether it is registered or joined in Entra (azureADRegistered), or null if the service did not say.</summary>
        public bool? EntraRegistered { get; private set; }
        /// <summary>The object id of its primary or enrolling user (userId), or null.</summary>
        public string UserId { get; private set; }
        /// <summary>The user principal name (userPrincipalName), or null.</summary>
        public string UserPrincipalName { get; private set; }
        /// <summary>The mail address (emailAddress), or null.</summary>
        public string EmailAddress { get; private set; }
        /// <summary>What to know before it is retired.</summary>
        public IList<DeviceWarning> Warnings { get; private set; }

        /// <summary>Copies a graph_device.</summary>
        internal static Device Read(IntPtr device)
        {
            return new Device
            {
                Id = Utf8.FromNative(Native.graph_device_id(device)),
                Name = Utf8.FromNative(Native.graph_device_name(device)),
                ManagedName = Utf8.FromNative(Native.graph_device_managed_name(device)),
                OperatingSystem = Utf8.FromNative(Native.graph_device_operating_system(device)),
                OSVersion = Utf8.FromNative(Native.graph_device_os_version(device)),
                SerialNumber = Utf8.FromNative(Native.graph_device_serial_number(device)),
                Model = Utf8.FromNative(Native.graph_device_model(device)),
                Manufacturer = Utf8.FromNative(Native.graph_device_manufacturer(device)),
                OwnerType = Utf8.FromNative(Native.graph_device_owner_type(device)),
                State = Utf8.FromNative(Native.graph_device_state(device)),
                ManagementAgent = Utf8.FromNative(Native.graph_device_management_agent(device)),
                EnrollmentType = Utf8.FromNative(Native.graph_device_enrollment_type(device)),
                RegistrationState = Utf8.FromNative(Native.graph_device_registration_state(device)),
                ComplianceState = Utf8.FromNative(Native.graph_device_compliance_state(device)),
                IsEncrypted = YesOrNo(Native.graph_device_is_encrypted(device)),
                IsSupervised = YesOrNo(Native.graph_device_is_supervised(device)),
                Enrolled = Utf8.FromNative(Native.graph_device_enrolled(device)),
                LastSync = Utf8.FromNative(Native.graph_device_last_sync(device)),
                CertificateExpires = Utf8.FromNative(Native.graph_device_certificate_expires(device)),
                EntraDeviceId = Utf8.FromNative(Native.graph_device_entra_device_id(device)),
                EntraRegistered = YesOrNo(Native.graph_device_entra_registered(device)),
                UserId = Utf8.FromNative(Native.graph_device_user_id(device)),
                UserPrincipalName = Utf8.FromNative(Native.graph_device_user_principal_name(device)),
                EmailAddress = Utf8.FromNative(Native.graph_device_email_address(device)),
                Warnings = DeviceWarning.ReadAll(device, Native.graph_device_warning_count(device), Native.graph_device_warning),
            };
        }

        private static bool? YesOrNo(int value)
        {
            return value < 0 ? (bool?)null : value != 0;
        }
    }

    /// <summary>The devices that Intune lists for one user.</summary>
    public sealed class DeviceList
    {
        private DeviceList() { }

        /// <summary>Each device, with its own warnings.</summary>
        public IList<Device> Devices { get; private set; }
        /// <summary>What to know of all of them together.</summary>
        public IList<DeviceWarning> Warnings { get; private set; }

        /// <summary>Copies a graph_device_list.</summary>
        internal static DeviceList Read(IntPtr list)
        {
            var devices = new Device[Native.graph_device_list_count(list)];
            for (int index = 0; index < devices.Length; index++)
                devices[index] = Device.Read(Native.graph_device_list_get(list, index));
            return new DeviceList
            {
                Devices = devices,
                Warnings = DeviceWarning.ReadAll(list, Native.graph_device_list_warning_count(list), Native.graph_device_list_warning),
            };
        }
    }
}
