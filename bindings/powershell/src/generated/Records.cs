// Written by `cargo xtask generate`; do not edit.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace GraphDevices
{
    /// <summary>Why a call failed: a status, a message that says what to do next, and all that the service returned. Each field has the same name in every language; none ever holds a token.</summary>
    public sealed partial class GraphException
    {
        /// <summary>The kind of failure; never ok.</summary>
        public string Status { get; private set; }
        /// <summary>The number of the status, the same in every language.</summary>
        public int StatusNumber { get; private set; }
        /// <summary>The HTTP status of the last answer. Null if absent.</summary>
        public int? HttpStatus { get; private set; }
        /// <summary>error.code of the service. Null if absent.</summary>
        public string Code { get; private set; }
        /// <summary>The innermost nested code, or the AADSTS number. Null if absent.</summary>
        public string InnerCode { get; private set; }
        /// <summary>The service's message, without its boilerplate. Null if absent.</summary>
        public string ServiceMessage { get; private set; }
        /// <summary>The service's id of the request; support asks for it. Null if absent.</summary>
        public string RequestId { get; private set; }
        /// <summary>The id that this library sent with the request. Null if absent.</summary>
        public string ClientRequestId { get; private set; }
        /// <summary>The id in Intune's own logs. Null if absent.</summary>
        public string ActivityId { get; private set; }
        /// <summary>The wait that the service asked for. In seconds; null if absent.</summary>
        public double? RetryAfter { get; private set; }
        /// <summary>The code of the queued Multi Admin Approval request. It belongs to this user alone. Null if absent.</summary>
        public string ApprovalCode { get; private set; }
        /// <summary>The decoded claims challenge (a JSON object) that a new token must meet. Null if absent.</summary>
        public string Claims { get; private set; }
        /// <summary>How many times the request was tried; 0 if it was refused before any attempt.</summary>
        public int Attempts { get; private set; }
        /// <summary>Whether the action can have been applied, over all attempts.</summary>
        public string Effect { get; private set; }

        /// <summary>Copies a graph_error.</summary>
        internal static GraphException Read(IntPtr from)
        {
            return new GraphException(Utf8.FromNative(Native.graph_error_message(from)))
            {
                Status = Utf8.FromNative(Native.graph_status_name(Native.graph_error_status(from))),
                StatusNumber = Native.graph_error_status(from),
                HttpStatus = Absent.Number(Native.graph_error_http_status(from)),
                Code = Utf8.FromNative(Native.graph_error_code(from)),
                InnerCode = Utf8.FromNative(Native.graph_error_inner_code(from)),
                ServiceMessage = Utf8.FromNative(Native.graph_error_service_message(from)),
                RequestId = Utf8.FromNative(Native.graph_error_request_id(from)),
                ClientRequestId = Utf8.FromNative(Native.graph_error_client_request_id(from)),
                ActivityId = Utf8.FromNative(Native.graph_error_activity_id(from)),
                RetryAfter = Absent.Seconds(Native.graph_error_retry_after_ms(from)),
                ApprovalCode = Utf8.FromNative(Native.graph_error_approval_code(from)),
                Claims = Utf8.FromNative(Native.graph_error_claims(from)),
                Attempts = Native.graph_error_attempts(from),
                Effect = Utf8.FromNative(Native.graph_effect_name(Native.graph_error_effect(from))),
            };
        }
    }

    /// <summary>The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted is not yet retired.</summary>
    public sealed partial class Receipt
    {
        private Receipt() { }

        /// <summary>The user as the caller named it.</summary>
        public string User { get; private set; }
        /// <summary>The service's id of the request; support asks for it. Null if absent.</summary>
        public string RequestId { get; private set; }
        /// <summary>The id that this library sent with the request.</summary>
        public string ClientRequestId { get; private set; }
        /// <summary>The date of the answer, as the service wrote it (RFC 9110). Null if absent.</summary>
        public string Date { get; private set; }
        /// <summary>How many times the request was sent.</summary>
        public int Attempts { get; private set; }
        /// <summary>The time from the start of the call to its answer, without waits that do not count towards the deadline. In seconds.</summary>
        public double Elapsed { get; private set; }
        /// <summary>The endpoint of the request, if it is not that of a known Microsoft cloud. Null if absent.</summary>
        public string CustomEndpoint { get; private set; }

        /// <summary>Copies a graph_receipt.</summary>
        internal static Receipt Read(IntPtr from)
        {
            return new Receipt
            {
                User = Utf8.FromNative(Native.graph_receipt_user(from)),
                RequestId = Utf8.FromNative(Native.graph_receipt_request_id(from)),
                ClientRequestId = Utf8.FromNative(Native.graph_receipt_client_request_id(from)),
                Date = Utf8.FromNative(Native.graph_receipt_date(from)),
                Attempts = Native.graph_receipt_attempts(from),
                Elapsed = Native.graph_receipt_elapsed_ms(from) / 1000.0,
                CustomEndpoint = Utf8.FromNative(Native.graph_receipt_custom_endpoint(from)),
            };
        }
    }

    /// <summary>A warning about a device, or about all devices of a user together, to be read before the devices are retired.</summary>
    public sealed partial class DeviceWarning
    {
        private DeviceWarning() { }

        /// <summary>Which warning it is.</summary>
        public string Code { get; private set; }
        /// <summary>Its severity. With a blocking warning nothing is sent unless it is accepted by name.</summary>
        public string Severity { get; private set; }
        /// <summary>What it means for the user and what to do first, in one sentence.</summary>
        public string Message { get; private set; }

        /// <summary>Copies a graph_warning.</summary>
        internal static DeviceWarning Read(IntPtr from)
        {
            return new DeviceWarning
            {
                Code = Utf8.FromNative(Native.graph_warning_code_name(Native.graph_warning_id(from))),
                Severity = Utf8.FromNative(Native.graph_severity_name(Native.graph_warning_severity(from))),
                Message = Utf8.FromNative(Native.graph_warning_message(from)),
            };
        }
    }

    /// <summary>A device that Intune lists for a user. Texts are the service's, each cut to one printable line; dates are as the service wrote them. A property is absent if the service left it out or wrote it in an undocumented form (&lt;https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice&gt;).</summary>
    public sealed partial class Device
    {
        private Device() { }

        /// <summary>The id in Intune. Never empty.</summary>
        public string Id { get; private set; }
        /// <summary>The name of the device (deviceName). Null if absent.</summary>
        public string Name { get; private set; }
        /// <summary>The name that Intune generated (managedDeviceName). Null if absent.</summary>
        public string ManagedName { get; private set; }
        /// <summary>The operating system (operatingSystem). Null if absent.</summary>
        public string OperatingSystem { get; private set; }
        /// <summary>The version of the operating system (osVersion). Null if absent.</summary>
        public string OSVersion { get; private set; }
        /// <summary>The serial number (serialNumber). Null if absent.</summary>
        public string SerialNumber { get; private set; }
        /// <summary>The model (model). Null if absent.</summary>
        public string Model { get; private set; }
        /// <summary>The manufacturer (manufacturer). Null if absent.</summary>
        public string Manufacturer { get; private set; }
        /// <summary>The owner: company or personal (managedDeviceOwnerType). Null if absent.</summary>
        public string OwnerType { get; private set; }
        /// <summary>Its state (managementState), such as managed or retirePending, as the service wrote it; empty if it wrote none.</summary>
        public string State { get; private set; }
        /// <summary>The agent that manages it (managementAgent). Null if absent.</summary>
        public string ManagementAgent { get; private set; }
        /// <summary>How it was enrolled (deviceEnrollmentType). Null if absent.</summary>
        public string EnrollmentType { get; private set; }
        /// <summary>Its state of registration (deviceRegistrationState). Null if absent.</summary>
        public string RegistrationState { get; private set; }
        /// <summary>Whether it complies with the policies (complianceState). Null if absent.</summary>
        public string ComplianceState { get; private set; }
        /// <summary>Whether it is encrypted (isEncrypted). Null if absent.</summary>
        public bool? IsEncrypted { get; private set; }
        /// <summary>Whether it is supervised (isSupervised). Null if absent.</summary>
        public bool? IsSupervised { get; private set; }
        /// <summary>When it was enrolled, as the service wrote it (enrolledDateTime). Null if absent.</summary>
        public string Enrolled { get; private set; }
        /// <summary>When it last checked in, as the service wrote it (lastSyncDateTime). Null if absent.</summary>
        public string LastSync { get; private set; }
        /// <summary>The last time at which it can check in, as the service wrote it (managementCertificateExpirationDate). Null if absent.</summary>
        public string CertificateExpires { get; private set; }
        /// <summary>The id of its record in Entra (azureADDeviceId). Null if absent.</summary>
        public string EntraDeviceId { get; private set; }
        /// <summary>Whether it is registered or joined in Entra (azureADRegistered). Null if absent.</summary>
        public bool? EntraRegistered { get; private set; }
        /// <summary>The object id of its primary or enrolling user (userId) (&lt;https://github.com/microsoftgraph/microsoft-graph-docs/issues/16137&gt;). Null if absent.</summary>
        public string UserId { get; private set; }
        /// <summary>The user principal name (userPrincipalName). Null if absent.</summary>
        public string UserPrincipalName { get; private set; }
        /// <summary>The mail address (emailAddress). Null if absent.</summary>
        public string EmailAddress { get; private set; }
        /// <summary>Warnings about retiring this device.</summary>
        public IList<DeviceWarning> Warnings { get; private set; }

        /// <summary>Copies a graph_device.</summary>
        internal static Device Read(IntPtr from)
        {
            return new Device
            {
                Id = Utf8.FromNative(Native.graph_device_id(from)),
                Name = Utf8.FromNative(Native.graph_device_name(from)),
                ManagedName = Utf8.FromNative(Native.graph_device_managed_name(from)),
                OperatingSystem = Utf8.FromNative(Native.graph_device_operating_system(from)),
                OSVersion = Utf8.FromNative(Native.graph_device_os_version(from)),
                SerialNumber = Utf8.FromNative(Native.graph_device_serial_number(from)),
                Model = Utf8.FromNative(Native.graph_device_model(from)),
                Manufacturer = Utf8.FromNative(Native.graph_device_manufacturer(from)),
                OwnerType = Utf8.FromNative(Native.graph_device_owner_type(from)),
                State = Utf8.FromNative(Native.graph_device_state(from)),
                ManagementAgent = Utf8.FromNative(Native.graph_device_management_agent(from)),
                EnrollmentType = Utf8.FromNative(Native.graph_device_enrollment_type(from)),
                RegistrationState = Utf8.FromNative(Native.graph_device_registration_state(from)),
                ComplianceState = Utf8.FromNative(Native.graph_device_compliance_state(from)),
                IsEncrypted = Absent.Flag(Native.graph_device_is_encrypted(from)),
                IsSupervised = Absent.Flag(Native.graph_device_is_supervised(from)),
                Enrolled = Utf8.FromNative(Native.graph_device_enrolled(from)),
                LastSync = Utf8.FromNative(Native.graph_device_last_sync(from)),
                CertificateExpires = Utf8.FromNative(Native.graph_device_certificate_expires(from)),
                EntraDeviceId = Utf8.FromNative(Native.graph_device_entra_device_id(from)),
                EntraRegistered = Absent.Flag(Native.graph_device_entra_registered(from)),
                UserId = Utf8.FromNative(Native.graph_device_user_id(from)),
                UserPrincipalName = Utf8.FromNative(Native.graph_device_user_principal_name(from)),
                EmailAddress = Utf8.FromNative(Native.graph_device_email_address(from)),
                Warnings = Parts.All(from, Native.graph_device_warning_count(from), Native.graph_device_warning, DeviceWarning.Read),
            };
        }
    }

    /// <summary>The devices that Intune lists for one user.</summary>
    public sealed partial class DeviceList
    {
        private DeviceList() { }

        /// <summary>Each device, with its own warnings.</summary>
        public IList<Device> Devices { get; private set; }
        /// <summary>Warnings about all devices together.</summary>
        public IList<DeviceWarning> Warnings { get; private set; }

        /// <summary>Copies a graph_device_list.</summary>
        internal static DeviceList Read(IntPtr from)
        {
            return new DeviceList
            {
                Devices = Parts.All(from, Native.graph_device_list_count(from), Native.graph_device_list_get, Device.Read),
                Warnings = Parts.All(from, Native.graph_device_list_warning_count(from), Native.graph_device_list_warning, DeviceWarning.Read),
            };
        }
    }

    /// <summary>The verdict over one device.</summary>
    public sealed partial class VerifiedDevice
    {
        private VerifiedDevice() { }

        /// <summary>The id in Intune.</summary>
        public string Id { get; private set; }
        /// <summary>Its name when it was first read. Null if absent.</summary>
        public string Name { get; private set; }
        /// <summary>The verdict over the device.</summary>
        public string Verdict { get; private set; }
        /// <summary>managementState as the service wrote it. Null if absent.</summary>
        public string State { get; private set; }
        /// <summary>The time at which the retire began, as the service wrote it. Null if absent.</summary>
        public string Since { get; private set; }
        /// <summary>More about the verdict, in words. Null if absent.</summary>
        public string Detail { get; private set; }

        /// <summary>Copies a graph_verified_device.</summary>
        internal static VerifiedDevice Read(IntPtr from)
        {
            return new VerifiedDevice
            {
                Id = Utf8.FromNative(Native.graph_verified_device_id(from)),
                Name = Utf8.FromNative(Native.graph_verified_device_name(from)),
                Verdict = Utf8.FromNative(Native.graph_verdict_name(Native.graph_verified_device_verdict(from))),
                State = Utf8.FromNative(Native.graph_verified_device_state(from)),
                Since = Utf8.FromNative(Native.graph_verified_device_since(from)),
                Detail = Utf8.FromNative(Native.graph_verified_device_detail(from)),
            };
        }
    }
}
