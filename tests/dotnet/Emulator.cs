// The stand-in for the service.
using System;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

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
