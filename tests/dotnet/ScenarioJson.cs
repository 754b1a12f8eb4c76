// What the scenario runner prints: every public field as JSON.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using GraphDevices;

/// <summary>The one line that a call prints.</summary>
static partial class Json
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

    internal static string Row(RunEvent news)
    {
        DeviceList list = news.Devices;
        return Object(
            TextMember("user", news.Result.UserId),
            TextMember("id", news.Id),
            TextMember("outcome", news.Result.Outcome),
            TextMember("reason", news.Result.Reason),
            TextMember("detail", news.Detail),
            Member("receipt", Of(news.Receipt)),
            Member("error", Of(news.Error)),
            Member("devices", Devices(list)),
            Member("warnings", list == null ? "null" : Of(list.Warnings)));
    }

    internal static string Devices(DeviceList list)
    {
        return list == null ? "null" : Of(list.Devices);
    }

    internal static string Of(Verification user)
    {
        return Object(
            TextMember("user", user.UserId),
            TextMember("id", user.Id),
            TextMember("verdict", user.Verdict),
            Member("devices", Of(user.Devices)));
    }

    private static long? Milliseconds(double? seconds)
    {
        return seconds.HasValue ? (long)Math.Round(seconds.Value * 1000) : (long?)null;
    }
}
