// A run: what its events hold, and how it ends.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using GraphDevices;

static partial class Tests
{
    [Test]
    static void AnOutcomeIsFlatAndInTextForm()
    {
        using (var client = Connect(Token))
        using (Run run = client.StartRun(OneByOne()))
        {
            run.AddUser(Adele);
            run.AddUser("none@contoso.com");
            run.EndUsers();
            var rows = Rows(run).Select(news => news.Result).ToList();
            Equal("accepted ok 1 204", string.Join(" ", rows[0].Outcome, rows[0].Status, rows[0].Attempts, rows[0].HttpStatus));
            Equal(null, rows[0].Effect);
            That(Regex.IsMatch(rows[0].Date, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"), rows[0].Date);
            Equal(Emulator.Endpoint, rows[0].CustomEndpoint);
            Equal("failed user_not_found none 1 404", string.Join(" ", rows[1].Outcome, rows[1].Status, rows[1].Effect, rows[1].Attempts, rows[1].HttpStatus));
            That(rows[1].Code != null && rows[1].Message.Length > 10 && rows[1].Reason == null, rows[1].Message);
            That(rows.All(row => row.RequestId != null && row.ClientRequestId != null), "request ids");
        }
    }

    [Test]
    static void AQueuedRequestKeepsItsCode()
    {
        using (var client = Connect("approval-token"))
        using (Run run = client.StartRun(new RunOptions { InspectFirst = false, Justification = "left on Friday" }))
        {
            run.AddUser(Adele);
            run.EndUsers();
            UserResult row = Rows(run).Single().Result;
            Equal("awaiting_approval approval_pending", row.Outcome + " " + row.Status);
            That(Emulator.Get("state").Contains("\"" + row.ApprovalCode + "\""), "the code of the request that waits");
        }
    }

    [Test]
    static void AWaitIsReportedInANotice()
    {
        Emulator.Post("faults", "[{\"status\":429,\"headers\":{\"Retry-After\":\"0\"}}]");
        using (var client = Connect(Token))
        using (Run run = client.StartRun(OneByOne()))
        {
            run.AddUser(Adele);
            run.EndUsers();
            var news = Events(run);
            var notices = news.Where(one => one.Kind == "notice").ToList();
            Equal("sending waiting sending", string.Join(" ", notices.Select(one => one.NoticeKind)));
            That(notices[1].Text.Contains("HTTP 429"), notices[1].Text);
            That(news.Where(one => one.Kind != "notice").All(one => one.NoticeKind == null && one.Text == null), "what is no notice");
            Equal(2, news.Single(one => one.Kind == "result").Result.Attempts);
            Equal(1L, news.Last().Counts["accepted"]);
            Equal(6, news.Last().Counts.Count);
        }
    }

    [Test]
    static void AMissingPermissionToReadIsReported()
    {
        using (var client = Connect("no-read-token"))
        using (Run run = client.StartRun(null))
        {
            run.AddUser(Diego);
            run.EndUsers();
            var notices = Events(run).Where(one => one.NoticeKind == "run").Select(one => one.Text).ToList();
            That(notices.Count > 0 && notices.All(text => text.StartsWith("the run continues without reading", StringComparison.Ordinal)), string.Join("\n", notices));
        }
    }

    [Test]
    static void ANewTokenIsAskedForAndUsed()
    {
        using (var client = Connect("claims-token"))
        using (Run run = client.StartRun(new RunOptions { InspectFirst = false, TokenEvents = true }))
        {
            run.AddUser(Adele);
            run.EndUsers();
            RunEvent asked = Until(run, "need_token");
            That(asked.Claims.StartsWith("{", StringComparison.Ordinal), asked.Claims);
            run.SetToken(Secret(Token));
            Equal("accepted", Until(run, "result").Result.Outcome);
        }
    }

    [Test]
    static void StopFromAnotherThreadReportsEveryUser()
    {
        Emulator.Post("faults", "[{\"hang\":true}]");
        using (var options = Options())
        {
            options.SetTimeout(TimeSpan.FromSeconds(2));
            options.SetMaxAttempts(5);
            using (var client = new Client(options, Token))
            using (Run run = client.StartRun(OneByOne()))
            {
                foreach (string user in new[] { Adele, Diego, "lee@contoso.com" }) run.AddUser(user);
                run.EndUsers();
                while (Emulator.Count("requests") == 0) That(run.Next(10).Kind != "result", "a row before the request");
                var stopper = new Thread(run.Stop);
                stopper.Start();
                stopper.Join();
                Equal("cancelled", Throws<GraphException>(() => run.AddUser(Adele)).Status);
                var rows = Rows(run).Select(news => news.Result).ToList();
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
            Run run = client.StartRun(OneByOne());
            run.AddUser(Adele);
            while (Emulator.Count("requests") == 0) run.Next(10);
            var clock = Stopwatch.StartNew();
            run.Dispose();
            That(clock.ElapsedMilliseconds < 1000, "took " + clock.ElapsedMilliseconds + " ms");
        }
    }

    /// <summary>Users in the order given, and no reads: what is sent is what is counted.</summary>
    private static RunOptions OneByOne()
    {
        return new RunOptions { InspectFirst = false, Connections = 1 };
    }

    private static List<RunEvent> Events(Run run)
    {
        var news = new List<RunEvent>();
        do news.Add(run.Next(200)); while (news.Last().Kind != "done");
        return news;
    }

    private static List<RunEvent> Rows(Run run)
    {
        return Events(run).Where(one => one.Kind == "result").ToList();
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
}
