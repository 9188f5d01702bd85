using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation;

/// <summary>Clients that do not read.</summary>
public sealed class SlowClientSpecs
{
    [LongFact]
    public async Task A_watch_that_nobody_reads_is_cut_off_and_the_others_go_on()
    {
        await using var world = await World.StartAsync("");
        using var deaf = await Connect(
            world,
            "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=" + world.Store.ResourceVersion
        );
        using var awake = await world.Http.GetAsync(
            new Uri(
                "/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name%3Dlast&resourceVersion="
                    + world.Store.ResourceVersion,
                UriKind.Relative
            ),
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );

        // Far more than fits between the two ends of a connection, and more changes than are kept for one client.
        var padding = new string('x', 2000);
        for (var i = 0; i < 14_000; i++)
        {
            world.Store.Apply(Map("c", padding + i));
        }

        world.Store.Apply(Map("last", "1"));
        using var reader = new StreamReader(
            await awake.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            "\"last\"",
            await reader
                .ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(20)),
            StringComparison.Ordinal
        );

        // The client that does not read finds its connection cut before everything was sent.
        var (read, buffer) = (0L, new byte[64 * 1024]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (await deaf.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var n)
            {
                read += n;
            }
        }
        catch (IOException)
        {
            // A reset is as good.
        }

        Assert.True(read < 14_000L * 2000, $"{read} bytes were kept for a client that did not read");
    }

    [Fact]
    public async Task A_hundred_watches_cost_no_thread_each_and_end_when_their_clients_leave()
    {
        await using var world = await World.StartAsync("");
        var clients = new List<TcpClient>();
        for (var i = 0; i < 100; i++)
        {
            clients.Add(
                await Connect(
                    world,
                    "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=" + world.Store.ResourceVersion
                )
            );
        }

        world.Store.Apply(Map("c", "1"));
        foreach (var client in clients)
        {
            Assert.Contains("\"ADDED\"", await Until(client, "\"ADDED\""), StringComparison.Ordinal);
            client.Dispose();
        }

        var (status, _) = await world.Get("/api/v1/namespaces/default/configmaps/c");
        Assert.Equal(200, status);
    }

    private static JsonObject Map(string name, string value) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["data"] = new JsonObject { ["k"] = value },
        };

    // By hand, so that nothing reads ahead; with a small window, so that little fits into it.
    private static async Task<TcpClient> Connect(World world, string path)
    {
        var client = new TcpClient { ReceiveBufferSize = 8 * 1024 };
        await client.ConnectAsync(
            world.Cluster.Address.Host,
            world.Cluster.Address.Port,
            TestContext.Current.CancellationToken
        );
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {world.Cluster.Address.Authority}\r\n\r\n"),
                TestContext.Current.CancellationToken
            );
        await Until(client, "\r\n\r\n");
        return client;
    }

    private static async Task<string> Until(TcpClient client, string text)
    {
        var (seen, buffer) = (new StringBuilder(), new byte[1024]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            var n = await client.GetStream().ReadAsync(buffer, patience.Token);
            Assert.True(n > 0, "the connection ended");
            seen.Append(Encoding.UTF8.GetString(buffer, 0, n));
        }

        return seen.ToString();
    }
}
