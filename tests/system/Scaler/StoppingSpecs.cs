using System.Diagnostics;
using Ebb.Scaler.Grpc;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What becomes of calls and connections when the process is told to end.</summary>
public sealed class StoppingSpecs
{
    // A quarter of what the host would wait for a connection that nobody closes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly byte[] Framed = RawConnection.Frame(
        new ScaledObjectRef { Name = "queue", Namespace = "shop" }.ToByteArray()
    );

    /// <summary>
    /// The clients say nothing after their requests, as KEDA does on its streams: what Kestrel would only notice with their next frame must be
    /// seen without it. Some rounds at once, since it is a race that one of four lost.
    /// </summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(50, 0)]
    [InlineData(50, 5)]
    public async Task Streams_end_with_ok_calls_with_unavailable_and_nobody_is_waited_for(int streams, int calls)
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async _ =>
                {
                    await using var rig = await GrpcRig.StartAsync(
                        new GrpcOptions { AnswerWithin = TimeSpan.FromSeconds(30) }
                    );
                    await using var connection = await RawConnection.OpenAsync(rig.Port);
                    Assert.Equal(0, (await connection.CallAsync(GrpcRig.Echo, Framed)).Status);
                    var open = new List<RawAnswer>();
                    for (var i = 0; i < streams + calls; i++)
                    {
                        open.Add(await connection.StartAsync(i < streams ? GrpcRig.Stream : GrpcRig.Hang));
                        await connection.SendAsync(open[^1], Framed);
                    }

                    await ScalerWorld.UntilAsync(
                        () => rig.Streams == streams && rig.Open == streams + calls,
                        "all are open"
                    );
                    await rig.StopAsync().WaitAsync(Soon, TestContext.Current.CancellationToken);
                    await Task.WhenAll(open.Select(call => call.Ended))
                        .WaitAsync(Soon, TestContext.Current.CancellationToken);
                    await connection.Gone.WaitAsync(Soon, TestContext.Current.CancellationToken);
                    Assert.All(open.Take(streams), stream => Assert.Equal((int)StatusCode.OK, stream.Status));
                    Assert.All(open.Skip(streams), call => Assert.Equal((int)StatusCode.Unavailable, call.Status));
                    // GOAWAY with NO_ERROR: the client may ask elsewhere what was not answered.
                    Assert.Equal(0, connection.GoneWith);
                    Assert.True(connection.Closed);
                })
        );
    }

    /// <summary>What is still said to a socket that is closed is answered with a reset, and that takes from a client what has not reached it yet.</summary>
    [Fact]
    public async Task A_client_that_still_talks_after_goaway_is_heard_out_until_it_hangs_up()
    {
        await using var rig = await GrpcRig.StartAsync(new GrpcOptions { HangUpWithin = Soon });
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var stream = await connection.StartAsync(GrpcRig.Stream);
        await connection.SendAsync(stream, Framed);
        await ScalerWorld.UntilAsync(() => rig.Streams == 1, "one is open");
        var stopping = rig.StopAsync();
        await ScalerWorld.UntilAsync(() => connection.GoneWith == 0, "GOAWAY came");
        for (var i = 0; i < 100; i++)
            await connection.PingAsync();
        Assert.False(stopping.IsCompleted);
        connection.HangUp();
        await stopping.WaitAsync(Soon, TestContext.Current.CancellationToken);
        await connection.Gone.WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.True(connection.Closed);
        Assert.Equal((int)StatusCode.OK, stream.Status);
    }

    [Fact]
    public async Task A_client_that_takes_no_end_is_not_waited_for()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port, initialWindow: 0);
        foreach (var path in new[] { GrpcRig.Stream, GrpcRig.Flood })
            await connection.SendAsync(await connection.StartAsync(path), Framed);
        await ScalerWorld.UntilAsync(() => rig.Streams == 2, "both run");
        await rig.StopAsync().WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Equal(0, rig.Streams);
    }

    [Fact]
    public async Task Calls_that_come_while_it_stops_are_refused_or_not_taken_and_hold_nothing_up()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        await connection.SendAsync(await connection.StartAsync(GrpcRig.Stream), Framed);
        await ScalerWorld.UntilAsync(() => rig.Streams == 1, "one is open");
        List<RawAnswer> late = [];
        var stopping = rig.StopAsync();
        while (!stopping.IsCompleted && !connection.Gone.IsCompleted)
        {
            try
            {
                late.Add(await connection.StartAsync(GrpcRig.Echo));
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
    }

    /// <summary>As a kubelet ends it.</summary>
    [Fact]
    public async Task The_process_that_gets_sigterm_ends_its_streams_with_ok_and_is_gone()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8") + Deployment("queue", 1) + Scaled("queue", "follow: schedule"),
            started: false
        );
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"ebb-test-{Guid.NewGuid():N}.kubeconfig");
        await File.WriteAllTextAsync(
            kubeconfig,
            all.World.Cluster.KubeconfigFor(all.World.Cluster.TokenFor("ebb-system", "ebb-scaler")),
            TestContext.Current.CancellationToken
        );
        try
        {
            await using var process = RealProcess.Launch(
                "scaler",
                "Ebb.Scaler",
                new Dictionary<string, string>
                {
                    ["KUBECONFIG"] = kubeconfig,
                    ["Grpc__Url"] = $"http://127.0.0.1:{all.Port}",
                    ["Http__Url"] = all.Http.BaseAddress!.ToString(),
                }
            );
            await process.UntilAsync(
                async () =>
                {
                    try
                    {
                        return (
                            await all.Http.GetAsync("/readyz", TestContext.Current.CancellationToken)
                        ).IsSuccessStatusCode;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                "it is ready"
            );
            await using var connection = await RawConnection.OpenAsync(all.Port);
            List<RawAnswer> streams = [];
            foreach (
                var method in Enumerable
                    .Repeat(new[] { "StreamIsActive", "StreamMetricSpec" }, 20)
                    .SelectMany(both => both)
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
        finally
        {
            File.Delete(kubeconfig);
        }
    }
}
