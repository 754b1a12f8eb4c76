// Every field of a receipt and of an exception comes from its own place in the answer.
using System;
using System.Linq;
using System.Reflection;
using System.Text;
using GraphDevices;

static partial class Tests
{
    private const string Sent = "20000000-0000-4000-8000-000000000001";

    [Test]
    static void AReceiptHoldsEveryField()
    {
        using (var client = Connect(Token))
        {
            Receipt receipt = client.RemoveAllDevices(Adele, new CallOptions { ClientRequestId = Sent });
            foreach (PropertyInfo property in typeof(Receipt).GetProperties())
                That(property.GetValue(receipt, null) != null, property.Name);
            Equal(string.Join(" ", Adele, Sent, 1, Emulator.Endpoint), string.Join(" ", receipt.User, receipt.ClientRequestId, receipt.Attempts, receipt.CustomEndpoint));
            That(receipt.Elapsed >= 0 && receipt.Elapsed < 60, "elapsed " + receipt.Elapsed + " s");
        }
    }

    [Test]
    static void AnExceptionHoldsEveryFieldOfTheAnswer()
    {
        Emulator.Post("faults", "[{\"status\":429,\"headers\":{\"Retry-After\":\"7\",\"request-id\":\"40000000-0000-4000-8000-000000000004\"},\"json\":"
            + "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"{\\\"ErrorCode\\\":\\\"Busy\\\",\\\"Message\\\":\\\"Slow down - Operation ID (for customer support): 50000000-0000-4000-8000-000000000005"
            + " - Activity ID: 30000000-0000-4000-8000-000000000003 - Url: https://x\\\"}\"}}}]");
        using (var options = Options())
        {
            options.SetMaxAttempts(1);
            using (var client = new Client(options, Token))
            {
                var refusal = Throws<GraphException>(() => client.RemoveAllDevices(Adele, new CallOptions { ClientRequestId = Sent }));
                Equal("throttled 8 429 TooManyRequests Busy", string.Join(" ", refusal.Status, refusal.StatusNumber, refusal.HttpStatus, refusal.Code, refusal.InnerCode));
                Equal("Slow down", refusal.ServiceMessage);
                Equal("40000000-0000-4000-8000-000000000004", refusal.RequestId);
                Equal(Sent, refusal.ClientRequestId);
                Equal("30000000-0000-4000-8000-000000000003", refusal.ActivityId);
                Equal<double?>(7, refusal.RetryAfter);
                Equal("1 none", refusal.Attempts + " " + refusal.Effect);
                Equal(null, refusal.ApprovalCode ?? refusal.Claims);
                That(refusal.Message.StartsWith("the service", StringComparison.Ordinal), refusal.Message);
            }
        }
    }

    [Test]
    static void AnExceptionHoldsClaimsAndApprovalCode()
    {
        using (var client = Connect("revoked-token")) That(Refusal(client, Adele).Claims.StartsWith("{", StringComparison.Ordinal), "claims");
        using (var client = Connect("approval-token"))
        {
            var queued = Throws<GraphException>(() => client.RemoveAllDevices(Adele, new CallOptions { Justification = "left on Friday" }));
            Equal("approval_pending", queued.Status);
            That(Emulator.Get("state").Contains("\"" + queued.ApprovalCode + "\""), "approval code " + queued.ApprovalCode);
        }
    }

    [Test]
    static void WhatWasNeverSentHasNoFieldsOfAnAnswer()
    {
        using (var client = Connect(Token))
        {
            GraphException refusal = Refusal(client, "no user");
            Equal("invalid_argument 1 0 none", string.Join(" ", refusal.Status, refusal.StatusNumber, refusal.Attempts, refusal.Effect));
            var absent = new object[] { refusal.HttpStatus, refusal.Code, refusal.InnerCode, refusal.ServiceMessage, refusal.RequestId, refusal.ActivityId, refusal.RetryAfter, refusal.ApprovalCode, refusal.Claims };
            That(absent.All(field => field == null), "a field of an answer that never came");
        }
    }

    [Test]
    static void ASecretOutsideAsciiIsRefusedAsItIs()
    {
        foreach (string token in new[] { "t\u00f8ken\u20ac", "tok\ud800en", "demo token", "" })
        {
            Equal("invalid_argument", Throws<GraphException>(() => Connect(Secret(token))).Status);
            using (var client = Connect(Token)) Equal("invalid_argument", Throws<GraphException>(() => client.SetToken(Secret(token))).Status);
        }
    }

    [Test]
    static void BytesMayEndWithANulButHoldNone()
    {
        byte[] token = Encoding.ASCII.GetBytes(Token);
        Throws<ArgumentException>(() => Library.RemoveAllDevices(token, Encoding.ASCII.GetBytes(Adele + "\0x@contoso.com")));
        Throws<ArgumentException>(() => Library.RemoveAllDevices(Encoding.ASCII.GetBytes(Token + "\0x"), token));
        Throws<ArgumentException>(() => Library.RemoveAllDevices(token, Encoding.ASCII.GetBytes("\0\0")));
        foreach (string user in new[] { "no user", "no user\0", "", "\0" }) Equal(1, Library.RemoveAllDevices(token, Encoding.ASCII.GetBytes(user)));
        Equal(0, Emulator.Count("requests"));
    }

    private static Client Connect(System.Security.SecureString token)
    {
        using (var options = Options()) return new Client(options, token);
    }
}
