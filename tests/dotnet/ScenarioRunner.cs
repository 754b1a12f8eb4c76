// Makes one call of the .NET API and prints every public field as one line of JSON.
//
//   scenario_runner two_argument|client|devices|run|verify name=value ...
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

    internal int? Number(string name)
    {
        string value = Text(name);
        return value == null ? (int?)null : int.Parse(value, CultureInfo.InvariantCulture);
    }

    internal void GiveMilliseconds(string name, Action<TimeSpan> set)
    {
        Give(name, value => set(Milliseconds(value)));
    }

    internal static TimeSpan Milliseconds(string value)
    {
        return TimeSpan.FromTicks(long.Parse(value, CultureInfo.InvariantCulture) * TimeSpan.TicksPerMillisecond);
    }

    internal TimeSpan? Time(string name)
    {
        string value = Text(name);
        return value == null ? (TimeSpan?)null : Milliseconds(value);
    }

    internal bool? Flag(string name)
    {
        string value = Text(name);
        return value == null ? (bool?)null : value == "1";
    }

    /// <summary>150/20: so many requests in so many seconds.</summary>
    internal Quota Quota(string name)
    {
        string value = Text(name);
        if (value == null) return null;
        int[] numbers = value.Split('/').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return new Quota(numbers[0], TimeSpan.FromSeconds(numbers[1]));
    }

    /// <summary>One of the two parts of one:other.</summary>
    internal string Part(string name, int index)
    {
        string value = Text(name);
        return value == null ? null : value.Split(new[] { ':' }, 2)[index];
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
            line = words[0] == "devices" ? Devices(null, error) : Json.Answer(null, error);
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
            Given.Set(options, arguments);
            arguments.Give("ca_certificates_file", file => options.SetCaCertificates(File.ReadAllText(file)));
            using (var client = Connect(call, options, arguments.Text("token")))
            {
                if (call == "devices") return Devices(client.ManagedDevices(arguments.Text("user"), null), null);
                if (call == "run") return Run(client, arguments);
                return call == "verify" ? Verify(client, arguments) : One(client, arguments);
            }
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
        return Json.Answer(client.RemoveAllDevices(arguments.Text("user"), Given.CallOptions(arguments)), null);
    }

    private static string Devices(DeviceList list, GraphException error)
    {
        return Json.Object(
            Json.Member("devices", Json.Devices(list)),
            Json.Member("warnings", list == null ? "null" : Json.Of(list.Warnings)),
            Json.Member("error", Json.Of(error)));
    }

    private static string Run(Client client, Arguments arguments)
    {
        var rows = new List<string>();
        using (Run run = client.StartRun(Given.RunOptions(arguments)))
        {
            foreach (string user in arguments.All("user")) run.AddUser(user);
            run.EndUsers();
            for (;;)
            {
                RunEvent news = run.Next(200);
                if (news.Kind == "result") rows.Add(Json.Row(news));
                if (news.Kind != "done") continue;
                return Json.Object(
                    Json.Member("rows", Json.Array(rows)),
                    Json.Member("counts", Json.Counts(news.Counts)),
                    Json.Member("duplicates", news.Duplicates),
                    Json.TextMember("ended_by", news.EndedBy),
                    Json.TextMember("message", news.Message),
                    Json.TextMember("custom_endpoint", news.CustomEndpoint));
            }
        }
    }

    private static string Verify(Client client, Arguments arguments)
    {
        var users = new List<string>();
        using (Run run = client.StartVerify(arguments.Text("journal"), null))
        {
            for (;;)
            {
                RunEvent news = run.Next(200);
                if (news.Kind == "verified") users.Add(Json.Of(news.Verified));
                if (news.Kind != "done") continue;
                return Json.Object(
                    Json.Member("verified", Json.Array(users)),
                    Json.Member("verdicts", Json.Counts(news.Verdicts)),
                    Json.TextMember("ended_by", news.EndedBy),
                    Json.TextMember("message", news.Message),
                    Json.TextMember("custom_endpoint", news.CustomEndpoint));
            }
        }
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
