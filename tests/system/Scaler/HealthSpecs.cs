using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using static Ebb.Tests.Scaler.Manifests;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Ebb.Tests.Scaler;

/// <summary>gRPC's own health protocol, as a probe and as a client that watches.</summary>
public sealed class HealthSpecs
{
    private const string Check = "/grpc.health.v1.Health/Check",
        Watch = "/grpc.health.v1.Health/Watch";

    [Theory]
    [InlineData("", 0)]
    [InlineData("externalscaler.ExternalScaler", 0)]
    [InlineData("externalscaler.externalscaler", (int)StatusCode.NotFound)]
    [InlineData("somebody.Else", (int)StatusCode.NotFound)]
    public async Task A_service_that_is_there_serves(string service, int status)
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"));
        await using var connection = await Http2Connection.OpenAsync(all.Port);
        var answer = await connection.CallAsync(Check, Framed(service));
        Assert.Equal(status, answer.Status);
        if (status == 0)
            Assert.Equal([ServingStatus.Serving], Statuses(answer));
    }

    [Fact]
    public async Task Whoever_watches_is_told_each_change_once_and_of_a_service_that_there_is_not_that_it_is_unknown()
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"));
        await using var connection = await Http2Connection.OpenAsync(all.Port);
        var own = await connection.StartAsync(Watch);
        await connection.SendAsync(own, Framed(""));
        var strange = await connection.StartAsync(Watch);
        await connection.SendAsync(strange, Framed("somebody.Else"));
        await ScalerWorld.UntilAsync(
            () => Statuses(own).Count == 1 && Statuses(strange).Count == 1,
            "both begin with the present state"
        );
        all.World.Cluster.Faults.CutOff = true;
        await ScalerWorld.UntilAsync(() => Statuses(own).Count == 2, "without the API server it does not serve");
        Assert.Equal([ServingStatus.NotServing], Statuses(await connection.CallAsync(Check, Framed(""))));
        all.World.Cluster.Faults.CutOff = false;
        await ScalerWorld.UntilAsync(() => Statuses(own).Count == 3, "it serves again");
        Assert.Equal([ServingStatus.Serving, ServingStatus.NotServing, ServingStatus.Serving], Statuses(own));
        Assert.Equal([ServingStatus.ServiceUnknown], Statuses(strange));
        Assert.False(own.Ended.IsCompleted || strange.Ended.IsCompleted);
    }

    [Fact]
    public async Task Before_all_is_read_it_does_not_serve()
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"), started: false);
        all.World.Cluster.Faults.CutOff = true;
        await all.StartScalerAsync(wait: false);
        await using var connection = await Http2Connection.OpenAsync(all.Port);
        Assert.Equal([ServingStatus.NotServing], Statuses(await connection.CallAsync(Check, Framed(""))));
    }

    /// <summary>
    /// A client whose keep-alive is set to nearly nothing must not be sent away: others share its connection.
    /// </summary>
    [Fact]
    public async Task Pings_without_end_are_answered_and_calls_between_them_too()
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"));
        await using var connection = await Http2Connection.OpenAsync(all.Port);
        var stream = await connection.StartAsync(Watch);
        await connection.SendAsync(stream, Framed(""));
        for (var i = 0; i < 5000; i++)
        {
            await connection.PingAsync();
            if (i % 500 == 0)
                Assert.Equal(0, (await connection.CallAsync(Check, Framed(""))).Status);
        }

        await ScalerWorld.UntilAsync(() => connection.Pongs == 5000, "each ping has its answer");
        Assert.Null(connection.GoneWith);
        Assert.False(stream.Ended.IsCompleted);
    }

    private static byte[] Framed(string service) =>
        Messages.Frame(new HealthCheckRequest { Service = service }.ToByteArray());

    private static List<ServingStatus> Statuses(Http2Call answer) =>
        [.. Messages.Unframe(answer.Body).Select(message => HealthCheckResponse.Parser.ParseFrom(message).Status)];
}
