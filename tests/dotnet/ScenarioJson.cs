// What the scenario runner prints: every public field as JSON.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using GraphDevices;

/// <summary>The one line that a call prints.</summary>
static class Json
{
    internal static string Object(params string[] members)
    {
        return "{" + string.Join(",", members) + "}";
    }

    internal static string Array(IEnumerable<string> values)
    {
        return "[" + string.Join(",", values) + "]";
    }

    internal static string Member(string name, string json)
    {
        return Text(name) + ":" + json;
    }

    internal static string Member(string name, long? number)
    {
        return Member(name, number.HasValue ? number.Value.ToString(CultureInfo.InvariantCulture) : "null");
    }

    internal static string Member(string name, bool? value)
    {
        return Member(name, value.HasValue ? (value.Value ? "true" : "false") : "null");
    }

    internal static string TextMember(string name, string text)
    {
        return Member(name, Text(text));
    }

    internal static string Text(string text)
    {
        if (text == null) return "null";
        var json = new StringBuilder("\"");
        foreach (char one in text)
        {
            if (one == '"' || one == '\\') json.Append('\\').Append(one);
            else if (one < ' ') json.AppendFormat(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)one);
            else json.Append(one);
        }
        return json.Append('"').ToString();
    }

    internal static string Counts(IDictionary<string, long> counts)
    {
        return Object(counts.Select(count => Member(count.Key, count.Value)).ToArray());
    }

    internal static string Answer(Receipt receipt, GraphException error)
    {
        return Object(Member("receipt", Of(receipt)), Member("error", Of(error)));
    }

    internal static string Of(Receipt receipt)
    {
        if (receipt == null) return "null";
        return Object(
            TextMember("user", receipt.User),
            TextMember("request_id", receipt.RequestId),
            TextMember("client_request_id", receipt.ClientRequestId),
            TextMember("date", receipt.Date),
            Member("attempts", receipt.Attempts),
            Member("elapsed_ms", Milliseconds(receipt.Elapsed)),
            TextMember("endpoint", receipt.Endpoint));
    }

    internal static string Of(GraphException error)
    {
        if (error == null) return "null";
        return Object(
            TextMember("status", error.Status),
            Member("status_number", error.StatusNumber),
            TextMember("message", error.Message),
            Member("http_status", error.HttpStatus),
            TextMember("code", error.Code),
            TextMember("inner_code", error.InnerCode),
            TextMember("service_message", error.ServiceMessage),
            TextMember("request_id", error.RequestId),
            TextMember("client_request_id", error.ClientRequestId),
            TextMember("activity_id", error.ActivityId),
            Member("retry_after_ms", Milliseconds(error.RetryAfter)),
            TextMember("approval_code", error.ApprovalCode),
            TextMember("claims", error.Claims),
            Member("attempts", error.Attempts),
            TextMember("effect", error.Effect));
    }

    internal static string Row(RunEvent news)
    {
        DeviceList list = news.Devices;
        return Object(
            TextMember("user", news.Row.UserId),
            TextMember("id", news.Id),
            TextMember("outcome", news.Row.Outcome),
            TextMember("reason", news.Row.Reason),
            TextMember("detail", news.Detail),
            Member("receipt", Of(news.Receipt)),
            Member("error", Of(news.Error)),
            Member("devices", Devices(list)),
            Member("warnings", list == null ? "null" : Of(list.Warnings)));
    }

    internal static string Devices(DeviceList list)
    {
        return list == null ? "null" : Array(list.Devices.Select(Of));
    }

    private static string Of(Device device)
    {
        return Object(
            TextMember("id", device.Id),
            TextMember("name", device.Name),
            TextMember("managed_name", device.ManagedName),
            TextMember("operating_system", device.OperatingSystem),
            TextMember("os_version", device.OSVersion),
            TextMember("serial_number", device.SerialNumber),
            TextMember("model", device.Model),
            TextMember("manufacturer", device.Manufacturer),
            TextMember("owner_type", device.OwnerType),
            TextMember("state", device.State),
            TextMember("management_agent", device.ManagementAgent),
            TextMember("enrollment_type", device.EnrollmentType),
            TextMember("registration_state", device.RegistrationState),
            TextMember("compliance_state", device.ComplianceState),
            Member("is_encrypted", device.IsEncrypted),
            Member("is_supervised", device.IsSupervised),
            TextMember("enrolled", device.Enrolled),
            TextMember("last_sync", device.LastSync),
            TextMember("certificate_expires", device.CertificateExpires),
            TextMember("entra_device_id", device.EntraDeviceId),
            Member("entra_registered", device.EntraRegistered),
            TextMember("user_id", device.UserId),
            TextMember("user_principal_name", device.UserPrincipalName),
            TextMember("email_address", device.EmailAddress),
            Member("warnings", Of(device.Warnings)));
    }

    internal static string Of(IList<DeviceWarning> warnings)
    {
        return Array(warnings.Select(warning => Object(
            TextMember("code", warning.Code),
            TextMember("severity", warning.Severity),
            TextMember("message", warning.Message))));
    }

    internal static string Of(Verification user)
    {
        return Object(
            TextMember("user", user.UserId),
            TextMember("id", user.Id),
            TextMember("verdict", user.Verdict),
            Member("devices", Array(user.Devices.Select(device => Object(
                TextMember("id", device.Id),
                TextMember("name", device.Name),
                TextMember("verdict", device.Verdict),
                TextMember("state", device.State),
                TextMember("since", device.Since),
                TextMember("detail", device.Detail))))));
    }

    private static long? Milliseconds(double? seconds)
    {
        return seconds.HasValue ? (long)Math.Round(seconds.Value * 1000) : (long?)null;
    }
}
