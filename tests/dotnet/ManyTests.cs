// Many users: devices, options of a run, a preview, progress, and what became of devices.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using GraphDevices;

static partial class Tests
{
    [Test]
    static void DevicesOutliveTheirListAndHoldEveryField()
    {
        DeviceList list;
        using (var client = Connect(Token)) list = client.ManagedDevices(Adele, null);
        Collect();
        foreach (PropertyInfo property in typeof(Device).GetProperties())
            That(property.GetValue(list.Devices[0], null) != null, property.Name);
        Equal("entra_joined_windows blocking", list.Devices[0].Warnings.Single().Code + " " + list.Devices[0].Warnings.Single().Severity);
        Equal("2 0 0", string.Join(" ", list.Devices.Count, list.Devices[1].Warnings.Count, list.Warnings.Count));
        using (var client = Connect("no-read-token"))
            Equal("permission_denied", Throws<GraphException>(() => client.ManagedDevices(Adele, null)).Status);
    }

    [Test]
    static void EveryOptionOfARunReachesIt()
    {
        var good = new RunOptions
        {
            Justification = "left on Friday", Deadline = TimeSpan.FromMinutes(1), WriteQuota = new Quota(100, TimeSpan.FromSeconds(10)),
            ReadQuota = new Quota(1000, TimeSpan.FromSeconds(10)), Connections = 2, BatchSize = 3, MaxUsers = 9,
            MaxApprovals = 3, Exclude = new[] { Adele }, AcceptWarning = new[] { "entra_joined_windows" }, InputListName = "leavers.csv",
            InputListSha256 = new string('a', 64), InitiatedBy = "nightly job", Machine = "runner-7", Preview = true, Journal = FreshPath(),
        };
        using (var client = Connect(Token))
        using (Run run = client.StartRun(good))
        {
            run.AddUser(Adele);
            run.AddUser(Diego);
            run.EndUsers();
            var news = Events(run);
            var rows = news.Where(one => one.Kind == "result").ToDictionary(one => one.Result.UserId);
            Equal("skipped excluded", rows[Adele].Result.Outcome + " " + rows[Adele].Result.Reason);
            Equal("skipped preview", rows[Diego].Result.Outcome + " " + rows[Diego].Result.Reason);
            Equal(rows[Diego].Detail, rows[Diego].Result.Message);
            Equal(null, rows[Diego].Result.Status);
            Equal("diego_AndroidForWork", rows[Diego].Devices.Devices.Single().Name);
            That(rows[Diego].Id != null && rows[Adele].Devices == null, "ids and devices");
            Equal(Emulator.Endpoint, news.Last().CustomEndpoint);
        }
        string journal = File.ReadAllText(good.Journal);
        foreach (string part in new[] { "left on Friday", "leavers.csv", new string('a', 64), "nightly job", "runner-7", "entra_joined_windows", "\"mode\":\"preview\"",
            "\"write_quota\":100", "\"read_quota\":1000", "\"connections\":2", "\"batch_size\":3", "\"max_users\":9", "\"max_approvals\":3", "\"excluded\":1" })
            That(journal.Contains(part), part);
        That(!journal.Contains(Token), "the token is in the journal");
        File.Delete(good.Journal);
    }

    [Test]
    static void AnOptionThatCannotBeIsRefusedAtTheStart()
    {
        var wrong = new List<RunOptions>
        {
            new RunOptions { WriteQuota = new Quota(0, TimeSpan.FromSeconds(20)) },
            new RunOptions { ReadQuota = new Quota(1, TimeSpan.Zero) },
            new RunOptions { Connections = 65 },
            new RunOptions { ApprovalCode = "no GUID" },
            new RunOptions { ClientRequestId = "no GUID" },
            new RunOptions { ClientRequestId = Sent, MaxUsers = 2 },
            new RunOptions { ApprovalCode = Sent, MaxUsers = 2 },
            new RunOptions { BatchSize = 20, WriteQuota = new Quota(19, TimeSpan.FromSeconds(20)) },
            new RunOptions { BatchSize = 0 },
            new RunOptions { MaxUsers = -1 },
            new RunOptions { MaxApprovals = -1 },
            new RunOptions { Exclude = new[] { "me" } },
            new RunOptions { Exclude = new string[] { null } },
            new RunOptions { AcceptWarning = new[] { "no_such_warning" } },
            new RunOptions { InputListName = "leavers.csv" },
            new RunOptions { Journal = "" },
        };
        using (var client = Connect(Token))
        {
            foreach (RunOptions options in wrong) Equal("invalid_argument", Throws<GraphException>(() => client.StartRun(options)).Status);
            string names = Throws<GraphException>(() => client.StartRun(new RunOptions { AcceptWarning = new[] { "no_such_warning" } })).Message;
            That(names.Contains("entra_joined_windows, ") && names.Contains(", another_user"), names);
            Equal("journal", Throws<GraphException>(() => client.StartRun(new RunOptions { Resume = FreshPath() })).Status);
            Equal("journal", Throws<GraphException>(() => client.StartVerify(FreshPath(), null)).Status);
        }
        Equal(0, Emulator.Count("requests"));
    }

    [Test]
    static void WhatBecameOfDevicesIsReported()
    {
        string journal = FreshPath();
        using (var client = Connect(Token))
        {
            using (Run run = client.StartRun(new RunOptions { Journal = journal }))
            {
                run.AddUser(Diego);
                run.EndUsers();
                Equal("accepted", Rows(run).Single().Result.Outcome);
            }
            using (Run run = client.StartVerify(journal, null))
            {
                Verification user = Until(run, "verified").Verified;
                Equal(Diego + " pending", user.UserId + " " + user.Verdict);
                VerifiedDevice device = user.Devices.Single();
                Equal("pending retireIssued diego_AndroidForWork", string.Join(" ", device.Verdict, device.State, device.Name));
                That(user.Id != null && device.Id != null && device.Since != null && device.Detail != null, "every field");
                Throws<GraphException>(() => run.AddUser(Adele));
                RunEvent end = Until(run, "done");
                Equal(null, end.EndedBy);
                Equal("cannot_tell 0, gone 0, needs_person 0, pending 1, still_managed 0", Listed(end.Verdicts));
                Equal(0L, end.Counts.Values.Sum());
            }
        }
        File.Delete(journal);
    }

    [Test]
    static void ARunWithoutUsersIsAnError()
    {
        using (var client = Connect(Token))
        using (Run run = client.StartRun(null))
        {
            run.EndUsers();
            RunEvent end = Until(run, "done");
            Equal("invalid_argument", end.EndedBy);
            That(end.Message.Contains("no users"), end.Message);
        }
    }

    [Test]
    static void TheProgressOfARunIsReported()
    {
        // The second is under way when a second has passed.
        Emulator.Post("faults", "[{\"match\":\"removeAll\"},{\"match\":\"removeAll\",\"delay_ms\":3000}]");
        using (var client = Connect(Token))
        using (Run run = client.StartRun(OneByOne()))
        {
            run.AddUser(Diego);
            run.AddUser(Adele);
            run.EndUsers();
            Progress progress = Until(run, "progress").Progress;
            Equal("1 2", progress.Done + " " + progress.Given);
            That(progress.UsersPerHour > 0 && progress.UsersPerHour <= 3600, progress.UsersPerHour + " an hour");
            That(progress.Remaining >= 1 && progress.Remaining < 60, progress.Remaining + " s");
            Equal(2L, Until(run, "done").Counts["accepted"]);
        }
    }

    [Test]
    static void ATickComesWhileNothingElseDoes()
    {
        using (var client = Connect(Token))
        using (Run run = client.StartRun(null))
        {
            Progress progress = Until(run, "progress").Progress;
            Equal("0 0 0 ", string.Join(" ", progress.Done, progress.Given, progress.UsersPerHour, progress.Remaining));
        }
    }

    [Test]
    static void AnApprovedRequestIsARunOfOne()
    {
        using (var client = Connect("approval-token"))
        {
            string code;
            using (Run run = client.StartRun(new RunOptions { InspectFirst = false, Justification = "left on Friday" }))
            {
                run.AddUser(Adele);
                run.EndUsers();
                code = Rows(run).Single().Result.ApprovalCode;
            }
            Emulator.Post("approvals/" + code, "{\"status\":\"approved\"}");
            using (Run run = client.StartRun(new RunOptions { InspectFirst = false, ApprovalCode = code, ClientRequestId = Sent }))
            {
                run.AddUser(Adele);
                run.EndUsers();
                UserResult row = Rows(run).Single().Result;
                Equal("accepted " + Sent, row.Outcome + " " + row.ClientRequestId);
            }
            using (Run run = client.StartRun(new RunOptions { InspectFirst = false, ApprovalCode = code }))
            {
                run.AddUser(Adele);
                run.AddUser(Diego);
                run.EndUsers();
                Equal("invalid_argument", Until(run, "done").EndedBy);
            }
        }
    }

    private static string Listed(IDictionary<string, long> counts)
    {
        return string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => count.Key + " " + count.Value));
    }

    private static string FreshPath()
    {
        return Path.Combine(Path.GetTempPath(), "graph-devices-" + Guid.NewGuid().ToString("N"));
    }
}
