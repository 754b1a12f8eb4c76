// What the scenario table cannot show of GraphDevices.dll: that it fits the header, the runtime's rules and itself.
// Run in the repository's root with the emulator's path in GRAPH_EMULATOR. Ends with a line "N passed, N failed".
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using GraphDevices;

static class AssemblyTests
{
    static int Main()
    {
        AppDomain.CurrentDomain.AssemblyResolve += Beside;
        return Tests.RunAll();
    }

    /// <summary>A host that runs a program by its path may not look beside it for what it refers to.</summary>
    private static Assembly Beside(object sender, ResolveEventArgs wanted)
    {
        string folder = Path.GetDirectoryName(typeof(AssemblyTests).Assembly.Location);
        string file = Path.Combine(folder, new AssemblyName(wanted.Name).Name + ".dll");
        return File.Exists(file) ? Assembly.LoadFrom(file) : null;
    }
}

/// <summary>The emulator, which ends when this process does.</summary>
static class Emulator
{
    internal static readonly string Endpoint = Start();

    private static string Start()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("GRAPH_EMULATOR"), "--port 0 --stdin-guard")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process emulator = Process.Start(start);
        emulator.BeginErrorReadLine();
        string ready = emulator.StandardOutput.ReadLine();
        ServicePointManager.Expect100Continue = false;
        return Regex.Match(ready, "http://[0-9.:]+").Value;
    }

    internal static void Reset()
    {
        Post("reset", "");
    }

    internal static void Post(string what, string json)
    {
        using (var web = new WebClient()) web.UploadString(Endpoint + "/_emulator/" + what, json);
    }

    internal static string Get(string what)
    {
        using (var web = new WebClient()) return web.DownloadString(Endpoint + "/_emulator/" + what);
    }

    internal static int Count(string name)
    {
        return int.Parse(Regex.Match(Get("state"), "\"" + name + "\":([0-9]+)").Groups[1].Value);
    }
}

static class Tests
{
    private const string Adele = "adele@contoso.com";
    private const string Diego = "diego@contoso.com";
    private const string Token = "demo-token";

    internal static int RunAll()
    {
        var tests = typeof(Tests).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.IsDefined(typeof(TestAttribute), false)).ToList();
        int failed = 0;
        foreach (MethodInfo test in tests)
        {
            Emulator.Reset();
            try
            {
                test.Invoke(null, null);
            }
            catch (TargetInvocationException thrown)
            {
                failed++;
                Console.WriteLine("FAIL {0}: {1}", test.Name, thrown.InnerException);
            }
        }
        Console.WriteLine("{0} passed, {1} failed", tests.Count - failed, failed);
        return failed == 0 ? 0 : 1;
    }

    // ---- the assembly and the library ----

    [Test]
    static void VersionsOfAssemblyAndLibraryAreOne()
    {
        Equal(Library.Version + ".0", typeof(Client).Assembly.GetName().Version.ToString());
        Library.CheckVersion();
        Equal(1L, Library.AbiVersion);
    }

    [Test]
    static void EveryFunctionOfTheHeaderIsImportedAndNoOther()
    {
        string header = Regex.Replace(File.ReadAllText("include/graph_devices.h"), @"/\*.*?\*/", "", RegexOptions.Singleline);
        var declared = Regex.Matches(header, @"\b(graph_[a-z_]+)\(").Cast<Match>().Select(match => match.Groups[1].Value);
        Equal(Lines(declared), Lines(Imports().Select(method => method.Name)));
    }

    [Test]
    static void EveryImportIsFoundInTheLibrary()
    {
        foreach (MethodInfo method in Imports()) Marshal.Prelink(method);
    }

    [Test]
    static void ImportsUseTheCallingConventionOfCAndPlainTypes()
    {
        var plain = new[] { typeof(int), typeof(uint), typeof(long), typeof(void), typeof(IntPtr), typeof(byte[]) };
        foreach (MethodInfo method in Imports())
        {
            var import = (DllImportAttribute)method.GetCustomAttributes(typeof(DllImportAttribute), false).Single();
            Equal(CallingConvention.Cdecl, import.CallingConvention);
            Equal("graph_devices", import.Value);
            foreach (Type type in method.GetParameters().Select(parameter => parameter.ParameterType).Concat(new[] { method.ReturnType }))
            {
                Type bare = type.IsByRef ? type.GetElementType() : type;
                That(plain.Contains(bare) || typeof(SafeHandle).IsAssignableFrom(bare), method.Name + " uses " + type);
            }
        }
    }

    [Test]
    static void TheAssemblyNeedsNothingButTheFramework()
    {
        var framework = new[] { "mscorlib", "System", "System.Core" };
        foreach (AssemblyName name in typeof(Client).Assembly.GetReferencedAssemblies())
            That(framework.Contains(name.Name), "refers to " + name.Name);
        Equal("v4.0.30319", typeof(Client).Assembly.ImageRuntimeVersion);
    }

    [Test]
    static void EveryStatusHasAWordAndASentence()
    {
        var names = Enumerable.Range(0, 18).Select(Library.StatusName).ToList();
        Equal(18, names.Distinct().Count());
        Equal("ok", names[0]);
        Equal("internal", names[17]);
        foreach (int number in Enumerable.Range(0, 18)) That(Library.StatusMessage(number).Length > 10, names[number]);
        Equal("unknown_status", Library.StatusName(18));
        Equal("unknown_status", Library.StatusName(-1));
    }

    // ---- one user ----

    [Test]
    static void AStringAndASecureStringAreTheSameToken()
    {
        using (var options = Options())
        using (var client = new Client(options, Token))
        using (var secretly = new Client(options, Secret(Token)))
        {
            Equal(Adele, client.RemoveAllDevices(Adele, null).User);
            Equal(Adele, secretly.RemoveAllDevices(Adele, null).User);
            client.SetToken("expired-token");
            secretly.SetToken(Secret("expired-token"));
            Equal("unauthenticated", Refusal(client, Adele).Status);
            Equal("unauthenticated", Refusal(secretly, Adele).Status);
        }
        Equal(2, Regex.Matches(Emulator.Get("log"), "\"acted\":true,\"authorization_kind\":\"good\"").Count);
    }

    [Test]
    static void TextsKeepTheirLetters()
    {
        const string text = "\u00e6\u00f8\u00e5 \u20ac \u7a7a \ud83d\udcbb";
        using (var client = Connect(Token))
        {
            client.RemoveAllDevices(Adele, new CallOptions { Justification = text });
            string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            That(Emulator.Get("log").Contains("\"x-msft-approval-justification\":\"" + encoded + "\""), "the justification sent");
            using (Run run = client.StartRun(null))
            {
                run.AddUser(text);
                run.EndUsers();
                Equal(text, Rows(run).Single().Row.UserId);
            }
        }
    }

    [Test]
    static void NullIsTheLibrarysToRefuse()
    {
        Equal(1, Library.RemoveAllDevices((string)null, (string)null));
        Equal("invalid_argument", Throws<GraphException>(() => new Client(null, (string)null)).Status);
        Equal("invalid_argument", Throws<GraphException>(() => new Client(null, (SecureString)null)).Status);
        using (var client = Connect(Token)) Equal("invalid_argument", Refusal(client, null).Status);
        using (var options = new ClientOptions()) Equal("invalid_argument", Throws<GraphException>(() => options.SetEndpoint(null)).Status);
    }

    [Test]
    static void ATextThatCWouldCutShortIsRefused()
    {
        Throws<ArgumentException>(() => Connect("demo-token\0x"));
        Throws<ArgumentException>(() => new Client(null, Secret("demo-token\0x")));
        using (var client = Connect(Token)) Throws<ArgumentException>(() => client.RemoveAllDevices(Adele + "\0x", null));
        Equal(0, Emulator.Count("requests"));
    }

    [Test]
    static void OptionsAreCheckedAndCopied()
    {
        Client client;
        using (var options = Options())
        {
            Throws<GraphException>(() => options.SetCloud("GovSGCloud"));
            Throws<GraphException>(() => options.SetTimeout(TimeSpan.FromTicks(-1)));
            Throws<GraphException>(() => options.SetTimeout(Timeout.InfiniteTimeSpan));
            client = new Client(options, Token);
        }
        using (client) Equal(Emulator.Endpoint, client.RemoveAllDevices(Adele, null).Endpoint);
        Throws<GraphException>(() => Connect(Token).RemoveAllDevices(Adele, new CallOptions { ClientRequestId = "x" }));
        Equal(1, Emulator.Count("requests"));
    }

    [Test]
    static void WhatIsDisposedSaysSo()
    {
        Client client = Connect(Token);
        Run run = client.StartRun(null);
        run.Dispose();
        run.Dispose();
        Throws<ObjectDisposedException>(() => run.Next(0));
        client.Dispose();
        client.Dispose();
        Throws<ObjectDisposedException>(() => client.RemoveAllDevices(Adele, null));
    }

    [Test]
    static void ManyThreadsShareAClient()
    {
        using (var client = Connect(Token))
        {
            var failures = new List<Exception>();
            var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
            {
                try
                {
                    for (int i = 0; i < 10; i++) client.RemoveAllDevices(Adele, null);
                }
                catch (GraphException failure)
                {
                    lock (failures) failures.Add(failure);
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Equal(0, failures.Count);
        }
        Equal(80, Emulator.Count("actions"));
    }

    [Test]
    static void NoExceptionHoldsTheToken()
    {
        const string token = "a-token-of-nobody-1";
        using (var client = Connect(token)) That(!Refusal(client, Adele).ToString().Contains(token), "the token is in the exception");
    }

    // ---- a run ----

    [Test]
    static void AnOutcomeIsFlatAndInTextForm()
    {
        using (var client = Connect(Token))
        using (Run run = client.StartRun(new RunOptions()))
        {
            run.AddUser(Adele);
            run.AddUser("nobody@contoso.com");
            run.EndUsers();
            var rows = Rows(run).Select(news => news.Row).ToList();
            Equal("accepted ok none 1 204", string.Join(" ", rows[0].Outcome, rows[0].Status, rows[0].Effect, rows[0].Attempts, rows[0].HttpStatus));
            That(Regex.IsMatch(rows[0].Date, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"), rows[0].Date);
            Equal(Emulator.Endpoint, rows[0].Endpoint);
            Equal("failed user_not_found none 1 404", string.Join(" ", rows[1].Outcome, rows[1].Status, rows[1].Effect, rows[1].Attempts, rows[1].HttpStatus));
            That(rows[1].Code != null && rows[1].Message.Length > 10 && rows[1].Reason == null, rows[1].Message);
            That(rows.All(row => row.RequestId != null && row.ClientRequestId != null), "request ids");
        }
    }

    [Test]
    static void AWaitIsToldAndARefusedUserIsNot()
    {
        Emulator.Post("faults", "[{\"status\":429,\"headers\":{\"Retry-After\":\"0\"}}]");
        using (var client = Connect(Token))
        using (Run run = client.StartRun(null))
        {
            run.AddUser(Adele);
            run.EndUsers();
            var news = Events(run);
            That(news.Any(one => one.Kind == "notice" && one.Text.Length > 0), "a notice of the wait");
            Equal(2, news.Single(one => one.Kind == "row").Row.Attempts);
            Equal(1L, news.Last().Counts["accepted"]);
            Equal(6, news.Last().Counts.Count);
        }
    }

    [Test]
    static void ANewTokenIsAskedForAndUsed()
    {
        using (var client = Connect("claims-token"))
        using (Run run = client.StartRun(new RunOptions { SuppliesTokens = true }))
        {
            run.AddUser(Adele);
            run.EndUsers();
            RunEvent asked = Until(run, "need_token");
            That(asked.Claims.StartsWith("{", StringComparison.Ordinal), asked.Claims);
            run.SetToken(Secret(Token));
            Equal("accepted", Until(run, "row").Row.Outcome);
        }
    }

    [Test]
    static void StopFromAnotherThreadTellsEveryUser()
    {
        Emulator.Post("faults", "[{\"hang\":true}]");
        using (var options = Options())
        {
            options.SetTimeout(TimeSpan.FromSeconds(2));
            options.SetMaxAttempts(5);
            using (var client = new Client(options, Token))
            using (Run run = client.StartRun(null))
            {
                foreach (string user in new[] { Adele, Diego, "lee@contoso.com" }) run.AddUser(user);
                run.EndUsers();
                while (Emulator.Count("requests") == 0) That(run.Next(10).Kind != "row", "a row before the request");
                var stopper = new Thread(run.Stop);
                stopper.Start();
                var rows = Rows(run).Select(news => news.Row).ToList();
                stopper.Join();
                Equal("unknown possible", rows[0].Outcome + " " + rows[0].Effect);
                Equal("skipped stopped cancelled", string.Join(" ", rows[1].Outcome, rows[1].Reason, rows[1].Status));
                Equal(3, rows.Count);
            }
        }
    }

    [Test]
    static void DisposeDoesNotWaitForTheCallInFlight()
    {
        Emulator.Post("faults", "[{\"hang\":true}]");
        using (var client = Connect(Token))
        {
            Run run = client.StartRun(null);
            run.AddUser(Adele);
            while (Emulator.Count("requests") == 0) run.Next(10);
            var clock = Stopwatch.StartNew();
            run.Dispose();
            That(clock.ElapsedMilliseconds < 1000, "took " + clock.ElapsedMilliseconds + " ms");
        }
    }

    // ---- nothing is left behind ----

    [Test]
    static void RefusedCallsLeaveNothingBehind()
    {
        using (var client = Connect(Token))
        {
            StaysFlat(100000, () => Equal(1, Library.RemoveAllDevices(Token, "no user")));
            StaysFlat(10000, () => Refusal(client, "no user"));
        }
        Equal(0, Emulator.Count("requests"));
    }

    [Test]
    static void WhatIsNeverDisposedIsFreedAllTheSame()
    {
        StaysFlat(500, () => Connect(Token).StartRun(null));
    }

    /// <summary>Open files and memory after twice the work are what they were after once, but for a runtime's own slack.</summary>
    private static void StaysFlat(int times, Action work)
    {
        const int files = 16;
        const long bytes = 8 << 20;
        for (int i = 0; i < times; i++) work();
        Collect();
        int filesOnce = OpenFiles();
        long bytesOnce = Memory();
        for (int i = 0; i < times; i++) work();
        var clock = Stopwatch.StartNew();
        do Collect(); while ((OpenFiles() > filesOnce + files || Memory() > bytesOnce + bytes) && clock.Elapsed.TotalSeconds < 10);
        That(OpenFiles() <= filesOnce + files, "open files: " + filesOnce + ", then " + OpenFiles());
        That(Memory() <= bytesOnce + bytes, "bytes: " + bytesOnce + ", then " + Memory());
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static int OpenFiles()
    {
        using (Process self = Process.GetCurrentProcess())
            return Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : self.HandleCount;
    }

    private static long Memory()
    {
        using (Process self = Process.GetCurrentProcess()) return self.WorkingSet64;
    }

    // ---- help ----

    private static IEnumerable<MethodInfo> Imports()
    {
        return typeof(Client).Assembly.GetType("GraphDevices.Native", true)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.Name.StartsWith("graph_", StringComparison.Ordinal));
    }

    private static string Lines(IEnumerable<string> names)
    {
        return string.Join("\n", names.Distinct().OrderBy(name => name, StringComparer.Ordinal));
    }

    private static ClientOptions Options()
    {
        var options = new ClientOptions();
        options.SetEndpoint(Emulator.Endpoint);
        return options;
    }

    private static Client Connect(string token)
    {
        using (var options = Options()) return new Client(options, token);
    }

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char one in text) secret.AppendChar(one);
        return secret;
    }

    private static GraphException Refusal(Client client, string user)
    {
        return Throws<GraphException>(() => client.RemoveAllDevices(user, null));
    }

    private static List<RunEvent> Events(Run run)
    {
        var news = new List<RunEvent>();
        do news.Add(run.Next(200)); while (news.Last().Kind != "done");
        return news;
    }

    private static List<RunEvent> Rows(Run run)
    {
        return Events(run).Where(one => one.Kind == "row").ToList();
    }

    private static RunEvent Until(Run run, string kind)
    {
        for (;;)
        {
            RunEvent news = run.Next(200);
            That(news.Kind == kind || news.Kind != "done", "done before " + kind);
            if (news.Kind == kind) return news;
        }
    }

    private static void Equal<T>(T expected, T found)
    {
        That(Equals(expected, found), "expected <" + expected + ">, found <" + found + ">");
    }

    private static void That(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }

    private static T Throws<T>(Action work) where T : Exception
    {
        try
        {
            work();
        }
        catch (T expected)
        {
            return expected;
        }
        throw new InvalidOperationException("no " + typeof(T).Name);
    }
}

[AttributeUsage(AttributeTargets.Method)]
sealed class TestAttribute : Attribute { }
