// Retires every device of one user: Retire.exe USER, with the access token in GRAPH_TOKEN.
using System;
using GraphDevices;

static class Retire
{
    static int Main(string[] arguments)
    {
        if (arguments.Length != 1)
        {
            Console.Error.WriteLine("usage: Retire.exe USER, with the access token in GRAPH_TOKEN");
            return 2;
        }
        try
        {
            using (var options = new ClientOptions())
            {
                options.SetEndpointFromEnvironment();
                using (var client = new Client(options, Environment.GetEnvironmentVariable("GRAPH_TOKEN")))
                {
                    Receipt receipt = client.RemoveAllDevices(arguments[0], null);
                    Console.WriteLine("accepted: {0}", receipt.User);
                    Console.WriteLine("request-id: {0}", receipt.RequestId);
                    Console.WriteLine("client-request-id: {0}", receipt.ClientRequestId);
                    return 0;
                }
            }
        }
        catch (GraphException error)
        {
            Console.Error.WriteLine("{0}: {1}", error.Status, error.Message);
            return 1;
        }
    }
}
