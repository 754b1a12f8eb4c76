// Makes one call of the .NET API and prints every public field as one line of JSON.
//
//   scenario_runner two_argument|client|run name=value ...
//
// It holds no expectations: see tests/scenarios.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security;
using System.Text;
using GraphDevices;

/// <summary>A call that cannot be written in .NET.</summary>
sealed class Unsupported : Exception
{
    internal Unsupported(string why) : base(why) { }
}

/// <summary>The name=value arguments, in the order given.</summary>
sealed class Arguments
{
    private readonly List<KeyValuePair<string, byte[]>> pairs;

    internal Arguments(IEnumerable<string> words)
    {
        pairs = words
            .Select(word => word.Split(new[] { '=' }, 2))
            .Where(parts => parts.Length == 2)
            .Select(parts => new KeyValuePair<string, byte[]>(parts[0], Decoded(parts[1])))
            .ToList();
    }

    private static byte[] Decoded(string value)
    {
        if (!value.StartsWith("hex:", StringComparison.Ordinal)) return Encoding.UTF8.GetBytes(value);
        return Enumerable.Range(0, (value.Length - 4) / 2)
            .Select(index => Convert.ToByte(value.Substring(4 + 2 * index, 2), 16))
            .ToArray();
    }

    /// <summary>Every value of a name.</summary>
    internal IEnumerable<string> All(string name)
    {
        return pairs.Where(pair => pair.Key == name).Select(pair => Utf16(pair.Value));
    }

    internal byte[] Bytes(string name)
    {
        return pairs.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();
    }

    internal string Text(string name)
    {
        return All(name).FirstOrDefault();
    }

    /// <summary>Hands a value on, if there is one.</summary>
    internal void Give(string name, Action<string> set)
    {
        string value = Text(name);
        if (value != null) set(value);
    }

    internal void GiveMilliseconds(string name, Action<TimeSpan> set)
    {
        Give(name, value => set(Milliseconds(value)));
    }

    internal static TimeSpan Milliseconds(string value)
    {
        return TimeSpan.FromTicks(long.Parse(value, CultureInfo.InvariantCulture) * TimeSpan.TicksPerMillisecond);
    }

    private static string Utf16(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new Unsupported("not utf-8");
        }
    }
}

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
        return Object(
            TextMember("user", news.Row.UserId),
            TextMember("outcome", news.Row.Outcome),
            TextMember("reason", news.Row.Reason),
            Member("receipt", Of(news.Receipt)),
            Member("error", Of(news.Error)));
    }

    private static long? Milliseconds(double? seconds)
    {
        return seconds.HasValue ? (long)Math.Round(seconds.Value * 1000) : (long?)null;
    }
}

static class ScenarioRunner
{
    static int Main(string[] words)
    {
        AppDomain.CurrentDomain.AssemblyResolve += Beside;
        return Print(words);
    }

    /// <summary>A host that runs a program by its path may not look beside it for what it refers to.</summary>
    private static Assembly Beside(object sender, ResolveEventArgs wanted)
    {
        string folder = Path.GetDirectoryName(typeof(ScenarioRunner).Assembly.Location);
        string file = Path.Combine(folder, new AssemblyName(wanted.Name).Name + ".dll");
        return File.Exists(file) ? Assembly.LoadFrom(file) : null;
    }

    private static int Print(string[] words)
    {
        string line;
        try
        {
            line = Call(words[0], new Arguments(words.Skip(1)));
        }
        catch (GraphException error)
        {
            line = Json.Answer(null, error);
        }
        catch (Unsupported why)
        {
            line = Json.Object(Json.TextMember("unsupported", why.Message));
        }
        byte[] bytes = new UTF8Encoding(false).GetBytes(line + "\n");
        using (Stream output = Console.OpenStandardOutput()) output.Write(bytes, 0, bytes.Length);
        return 0;
    }

    private static string Call(string call, Arguments arguments)
    {
        if (call == "two_argument") return TwoArgument(arguments);
        using (var options = new ClientOptions())
        {
            Set(options, arguments);
            using (var client = Connect(call, options, arguments.Text("token")))
                return call == "run" ? Run(client, arguments) : One(client, arguments);
        }
    }

    private static string TwoArgument(Arguments arguments)
    {
        int status = Library.RemoveAllDevices(arguments.Bytes("token"), arguments.Bytes("user"));
        return Json.Object(
            Json.TextMember("status", Library.StatusName(status)),
            Json.Member("status_number", status),
            Json.TextMember("message", Library.StatusMessage(status)));
    }

    private static string One(Client client, Arguments arguments)
    {
        var options = new CallOptions
        {
            Justification = arguments.Text("justification"),
            ApprovalCode = arguments.Text("approval_code"),
            ClientRequestId = arguments.Text("client_request_id"),
        };
        return Json.Answer(client.RemoveAllDevices(arguments.Text("user"), options), null);
    }

    private static string Run(Client client, Arguments arguments)
    {
        var rows = new List<string>();
        using (Run run = client.StartRun(new RunOptions { Justification = arguments.Text("justification") }))
        {
            foreach (string user in arguments.All("user")) run.AddUser(user);
            run.EndUsers();
            for (;;)
            {
                RunEvent news = run.Next(200);
                if (news.Kind == "row") rows.Add(Json.Row(news));
                if (news.Kind != "done") continue;
                var counts = news.Counts.Select(count => Json.Member(count.Key, count.Value)).ToArray();
                return Json.Object(
                    Json.Member("rows", Json.Array(rows)),
                    Json.Member("counts", Json.Object(counts)),
                    Json.TextMember("fatal", news.Fatal));
            }
        }
    }

    private static void Set(ClientOptions options, Arguments arguments)
    {
        arguments.Give("cloud", options.SetCloud);
        arguments.Give("endpoint", options.SetEndpoint);
        arguments.GiveMilliseconds("timeout_ms", options.SetTimeout);
        arguments.GiveMilliseconds("connect_timeout_ms", options.SetConnectTimeout);
        arguments.GiveMilliseconds("deadline_ms", options.SetDeadline);
        arguments.Give("max_attempts", value => options.SetMaxAttempts(int.Parse(value, CultureInfo.InvariantCulture)));
        arguments.GiveMilliseconds("backoff_base_ms", first =>
            arguments.GiveMilliseconds("backoff_cap_ms", longest => options.SetBackoff(first, longest)));
        arguments.Give("proxy", options.SetProxy);
        arguments.Give("ca_pem", options.SetCaPem);
        arguments.Give("ca_pem_file", file => options.SetCaPem(File.ReadAllText(file)));
        arguments.Give("user_agent_suffix", options.SetUserAgentSuffix);
    }

    /// <summary>A run takes its token as a SecureString, a single call as a string: both ways in are walked.</summary>
    private static Client Connect(string call, ClientOptions options, string token)
    {
        if (call != "run" || token == null) return new Client(options, token);
        using (var secret = new SecureString())
        {
            foreach (char one in token) secret.AppendChar(one);
            return new Client(options, secret);
        }
    }
}
