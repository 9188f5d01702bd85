using System.Diagnostics;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using Grpc.Core;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What becomes of calls and connections when the process is told to end.</summary>
public sealed class StoppingSpecs
{
    // A quarter of what the host would wait for a connection that nobody closes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly byte[] Framed = Messages.Frame(
        new ScaledObjectRef { Name = "queue", Namespace = "shop" }.ToByteArray()
    );

    /// <summary>
    /// The clients send nothing after their requests, as KEDA does on its streams: Kestrel notices the end of a
    /// connection's last call
    /// only with a frame or a heartbeat. Several rounds at once, since it is a race.
    /// </summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(50, 0)]
    [InlineData(50, 5)]
    public async Task Streams_end_with_ok_unfinished_requests_with_unavailable_and_the_connection_with_goaway(
        int streams,
        int requests
    )
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async _ =>
                {
                    await using var server = await CallServer.StartAsync();
                    await using var connection = await Http2Connection.OpenAsync(server.Port);
                    Assert.Equal(0, (await connection.CallAsync(CallServer.Echo, Framed)).Status);
                    var open = new List<Http2Call>();
                    for (var i = 0; i < streams + requests; i++)
                    {
                        open.Add(await connection.StartAsync(i < streams ? CallServer.Stream : CallServer.Echo));
                        await connection.SendAsync(open[^1], Framed, end: i < streams);
                    }

                    await ScalerWorld.UntilAsync(
                        () => server.Streams == streams && server.Open == streams + requests,
                        "all are open"
                    );
                    await server.StopAsync().WaitAsync(Soon, TestContext.Current.CancellationToken);
                    await Task.WhenAll(open.Select(call => call.Ended))
                        .WaitAsync(Soon, TestContext.Current.CancellationToken);
                    await connection.Gone.WaitAsync(Soon, TestContext.Current.CancellationToken);
                    Assert.All(open.Take(streams), stream => Assert.Equal((int)StatusCode.OK, stream.Status));
                    Assert.All(open.Skip(streams), call => Assert.Equal((int)StatusCode.Unavailable, call.Status));
                    // NO_ERROR: the client may ask elsewhere what was not answered.
                    Assert.Equal(0, connection.GoneWith);
                    Assert.True(connection.Closed);
                })
        );
    }

    [Fact]
    public async Task A_client_that_never_reads_does_not_hold_up_the_stop()
    {
        await using var server = await CallServer.StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port, initialWindow: 0);
        foreach (var path in new[] { CallServer.Stream, CallServer.Flood })
            await connection.SendAsync(await connection.StartAsync(path), Framed);
        await ScalerWorld.UntilAsync(() => server.Streams == 2, "both run");
        await server.StopAsync().WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (server.Streams, server.Open));
    }

    [Fact]
    public async Task Calls_that_arrive_during_the_stop_are_refused_or_not_taken_and_do_not_hold_it_up()
    {
        await using var server = await CallServer.StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        await connection.SendAsync(await connection.StartAsync(CallServer.Stream), Framed);
        await ScalerWorld.UntilAsync(() => server.Streams == 1, "one is open");
        List<Http2Call> late = [];
        var stopping = server.StopAsync();
        while (!stopping.IsCompleted && !connection.Gone.IsCompleted)
        {
            try
            {
                late.Add(await connection.StartAsync(CallServer.Echo));
                await connection.SendAsync(late[^1], Framed);
                await Task.Yield();
            }
            catch (IOException)
            {
                break;
            }
        }

        await stopping.WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.All(
            late,
            call => Assert.Contains(call.Status, new int?[] { null, (int)StatusCode.OK, (int)StatusCode.Unavailable })
        );
        Assert.Contains(late, call => call.Status == (int)StatusCode.Unavailable);
    }

    /// <summary>As a kubelet ends it.</summary>
    [LongFact]
    public async Task On_sigterm_the_process_ends_its_streams_with_ok_and_exits()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8") + Deployment("queue", 1) + Scaled("queue", "follow: schedule"),
            started: false
        );
        await using var process = await all.LaunchScalerAsync();
        await using var connection = await Http2Connection.OpenAsync(all.Port);
        List<Http2Call> streams = [];
        foreach (
            var method in Enumerable.Repeat(new[] { "StreamIsActive", "StreamMetricSpec" }, 20).SelectMany(both => both)
        )
        {
            streams.Add(await connection.StartAsync("/externalscaler.ExternalScaler/" + method));
            await connection.SendAsync(streams[^1], Framed);
        }

        await ScalerWorld.UntilAsync(
            () => streams.All(stream => stream.Body.Length > 0),
            "each stream began with the present state"
        );
        using (
            var kill = Process.Start(
                "kill",
                ["-TERM", process.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]
            )!
        )
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await process.ExitAsync());
        await Task.WhenAll(streams.Select(stream => stream.Ended))
            .WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.All(streams, stream => Assert.Equal((int)StatusCode.OK, stream.Status));
    }
}
