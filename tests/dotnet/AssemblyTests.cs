// What the scenario table cannot show of GraphDevices.dll. Run in the repository's root with the emulator's path in
// GRAPH_EMULATOR; ends with a line "N passed, N failed".
using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security;
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

static partial class Tests
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
