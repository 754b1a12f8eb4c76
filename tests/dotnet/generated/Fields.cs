// What the scenario runner prints of each record, and how it takes options. Written by `cargo xtask generate`; do not edit.
using System.Collections.Generic;
using System.Linq;
using GraphDevices;

static partial class Json
{
    internal static string Of(Receipt from)
    {
        if (from == null) return "null";
        return Object(
            TextMember("user", from.User),
            TextMember("request_id", from.RequestId),
            TextMember("client_request_id", from.ClientRequestId),
            TextMember("date", from.Date),
            Member("attempts", from.Attempts),
            Member("elapsed_ms", Milliseconds(from.Elapsed)),
            TextMember("custom_endpoint", from.CustomEndpoint));
    }

    internal static string Of(IList<Receipt> all)
    {
        return all == null ? "null" : Array(all.Select(Of));
    }

    internal static string Of(GraphException from)
    {
        if (from == null) return "null";
        return Object(
            TextMember("status", from.Status),
            Member("status_number", from.StatusNumber),
            TextMember("message", from.Message),
            Member("http_status", from.HttpStatus),
            TextMember("code", from.Code),
            TextMember("inner_code", from.InnerCode),
            TextMember("service_message", from.ServiceMessage),
            TextMember("request_id", from.RequestId),
            TextMember("client_request_id", from.ClientRequestId),
            TextMember("activity_id", from.ActivityId),
            Member("retry_after_ms", Milliseconds(from.RetryAfter)),
            TextMember("approval_code", from.ApprovalCode),
            TextMember("claims", from.Claims),
            Member("attempts", from.Attempts),
            TextMember("effect", from.Effect));
    }

    internal static string Of(IList<GraphException> all)
    {
        return all == null ? "null" : Array(all.Select(Of));
    }

    internal static string Of(DeviceWarning from)
    {
        if (from == null) return "null";
        return Object(
            TextMember("code", from.Code),
            TextMember("severity", from.Severity),
            TextMember("message", from.Message));
    }

    internal static string Of(IList<DeviceWarning> all)
    {
        return all == null ? "null" : Array(all.Select(Of));
    }

    internal static string Of(Device from)
    {
        if (from == null) return "null";
        return Object(
            TextMember("id", from.Id),
            TextMember("name", from.Name),
            TextMember("managed_name", from.ManagedName),
            TextMember("operating_system", from.OperatingSystem),
            TextMember("os_version", from.OSVersion),
            TextMember("serial_number", from.SerialNumber),
            TextMember("model", from.Model),
            TextMember("manufacturer", from.Manufacturer),
            TextMember("owner_type", from.OwnerType),
            TextMember("state", from.State),
            TextMember("management_agent", from.ManagementAgent),
            TextMember("enrollment_type", from.EnrollmentType),
            TextMember("registration_state", from.RegistrationState),
            TextMember("compliance_state", from.ComplianceState),
            Member("is_encrypted", from.IsEncrypted),
            Member("is_supervised", from.IsSupervised),
            TextMember("enrolled", from.Enrolled),
            TextMember("last_sync", from.LastSync),
            TextMember("certificate_expires", from.CertificateExpires),
            TextMember("entra_device_id", from.EntraDeviceId),
            Member("entra_registered", from.EntraRegistered),
            TextMember("user_id", from.UserId),
            TextMember("user_principal_name", from.UserPrincipalName),
            TextMember("email_address", from.EmailAddress),
            Member("warnings", Of(from.Warnings)));
    }

    internal static string Of(IList<Device> all)
    {
        return all == null ? "null" : Array(all.Select(Of));
    }

    internal static string Of(VerifiedDevice from)
    {
        if (from == null) return "null";
        return Object(
            TextMember("id", from.Id),
            TextMember("name", from.Name),
            TextMember("verdict", from.Verdict),
            TextMember("state", from.State),
            TextMember("since", from.Since),
            TextMember("detail", from.Detail));
    }

    internal static string Of(IList<VerifiedDevice> all)
    {
        return all == null ? "null" : Array(all.Select(Of));
    }

}

static class Given
{
    internal static void Set(ClientOptions options, Arguments given)
    {
        given.Give("cloud", options.SetCloud);
        given.Give("endpoint", options.SetEndpoint);
        given.GiveMilliseconds("connect_timeout_ms", options.SetConnectTimeout);
        given.GiveMilliseconds("timeout_ms", options.SetTimeout);
        given.GiveMilliseconds("deadline_ms", options.SetDeadline);
        given.Give("max_attempts", value => options.SetMaxAttempts(int.Parse(value)));
        given.Give("backoff_base_ms", first => given.GiveMilliseconds("backoff_cap_ms", longest => options.SetBackoff(Arguments.Milliseconds(first), longest)));
        given.Give("proxy", options.SetProxy);
        given.Give("ca_certificates", options.SetCaCertificates);
        given.Give("user_agent_suffix", options.SetUserAgentSuffix);
    }

    internal static CallOptions CallOptions(Arguments given)
    {
        return new CallOptions
        {
            Justification = given.Text("justification"),
            ApprovalCode = given.Text("approval_code"),
            ClientRequestId = given.Text("client_request_id"),
            Deadline = given.Time("deadline_ms"),
        };
    }

    internal static RunOptions RunOptions(Arguments given)
    {
        return new RunOptions
        {
            Justification = given.Text("justification"),
            ApprovalCode = given.Text("approval_code"),
            ClientRequestId = given.Text("client_request_id"),
            Deadline = given.Time("deadline_ms"),
            TokenEvents = given.Flag("token_events"),
            Journal = given.Text("journal"),
            Resume = given.Text("resume"),
            Plan = given.Text("plan"),
            Preview = given.Text("preview") == "1",
            InspectFirst = given.Flag("inspect_first"),
            WriteQuota = given.Quota("write_quota"),
            ReadQuota = given.Quota("read_quota"),
            Connections = given.Number("connections"),
            BatchSize = given.Number("batch_size"),
            MaxUsers = given.Number("max_users"),
            MaxDevicesPerUser = given.Number("max_devices_per_user"),
            MaxApprovals = given.Number("max_approvals"),
            Exclude = given.All("exclude"),
            AcceptWarning = given.All("accept_warning"),
            InputListName = given.Part("input_list", 0),
            InputListSha256 = given.Part("input_list", 1),
            InitiatedBy = given.Text("initiated_by"),
            Machine = given.Text("machine"),
            Consent = given.Text("consent"),
        };
    }

}
