// One user: tokens, texts, options and handles.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using GraphDevices;

static partial class Tests
{
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
            using (Run run = client.StartRun(OneByOne()))
            {
                run.AddUser(text);
                run.EndUsers();
                Equal(text, Rows(run).Single().Result.UserId);
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
    static void AVariableThatThisProgramSetIsSeen()
    {
        const string variable = "GRAPH_DEVICES_ENDPOINT";
        Environment.SetEnvironmentVariable(variable, Emulator.Endpoint);
        try
        {
            using (var options = new ClientOptions())
            {
                options.SetEndpointFromEnvironment();
                using (var client = new Client(options, Token)) Equal(Emulator.Endpoint, client.RemoveAllDevices(Adele, null).CustomEndpoint);
                Environment.SetEnvironmentVariable(variable, "https://graph.example.com");
                Equal("invalid_argument", Throws<GraphException>(options.SetEndpointFromEnvironment).Status);
            }
            Environment.SetEnvironmentVariable(variable, Emulator.Endpoint);
            Equal(0, Library.RemoveAllDevices(Token, Diego));
            Equal(2, Emulator.Count("requests"));
            // All such calls go where the first went, or nowhere.
            Environment.SetEnvironmentVariable(variable, null);
            Equal(1, Library.RemoveAllDevices(Token, Diego));
            Equal(2, Emulator.Count("requests"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
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
        using (client) Equal(Emulator.Endpoint, client.RemoveAllDevices(Adele, null).CustomEndpoint);
        Throws<GraphException>(() => Connect(Token).RemoveAllDevices(Adele, new CallOptions { ClientRequestId = "x" }));
        Equal(1, Emulator.Count("requests"));
    }

    [Test]
    static void WhatIsDisposedSaysSo()
    {
        Client client = Connect(Token);
        Run run = client.StartRun(OneByOne());
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
        const string token = "an-unknown-token";
        using (var client = Connect(token)) That(!Refusal(client, Adele).ToString().Contains(token), "the token is in the exception");
    }
}
