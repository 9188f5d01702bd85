using System.Globalization;
using System.Text.RegularExpressions;
using Ebb.Simulation.World.Keda.Protocol;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using Grpc.Core;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>
/// Ten thousand streams that nobody reads and ten thousand requests that never end, at the real process: its memory is
/// bounded, it goes on answering, and when they are gone at least half of what they cost is given back.
/// </summary>
public sealed partial class ManyStreamsSpecs
{
    private const int Calls = 10_000;
    private const int Connections = 10;
    private const long Mebibyte = 1 << 20;
    private const string Push = "/externalscaler.ExternalScaler/StreamIsActive";

    private static readonly ScaledObjectRef Miner = new()
    {
        Name = "miner",
        Namespace = "shop",
        ScalerMetadata = { ["follow"] = "capacity", ["reserve"] = "2" },
    };

    [LongFact]
    public async Task Ten_thousand_streams_and_half_requests_cost_bounded_memory_that_is_given_back()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8") + Deployment("miner", 1) + Scaled("miner", "follow: capacity, reserve: \"2\""),
            started: false
        );
        await using var process = await all.LaunchScalerAsync();
        using var channel = Channels.Plain(all.Port);
        var scaler = new ExternalScaler.ExternalScalerClient(channel);
        await process.UntilAsync(
            async () =>
            {
                try
                {
                    return (await scaler.IsActiveAsync(Miner)).Result;
                }
                catch (RpcException away) when (away.StatusCode == StatusCode.Unavailable)
                {
                    // It has not read the target yet.
                    return false;
                }
            },
            "it answers"
        );
        var before = Resident(process);

        var whole = Messages.Frame(Miner.ToByteArray());
        var most = 0L;
        foreach (var (what, sent) in new[] { ("streams", whole), ("half requests", whole[..7]) })
        {
            List<Http2Connection> connections = [];
            for (var i = 0; i < Connections; i++)
            {
                var connection = await Http2Connection.OpenAsync(all.Port, initialWindow: 0);
                connections.Add(connection);
                for (var call = 0; call < Calls / Connections; call++)
                    await connection.SendAsync(
                        await connection.StartAsync(Push),
                        sent,
                        end: sent.Length == whole.Length
                    );
            }
            if (sent.Length == whole.Length)
                await process.UntilAsync(async () => await OpenAsync() >= Calls, $"all {what} are open");
            most = Math.Max(most, Resident(process));
            await AnswersAsync();
            foreach (var connection in connections)
                await connection.DisposeAsync();
            await process.UntilAsync(async () => await OpenAsync() == 0, $"the {what} are gone");
        }

        Assert.InRange(most, before, before + (256 * Mebibyte));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (Resident(process) > (before + most) / 2)
        {
            Assert.False(
                deadline.IsCancellationRequested,
                $"{before / Mebibyte} MiB before, {most / Mebibyte} at most, still {Resident(process) / Mebibyte}"
            );
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        async Task AnswersAsync() =>
            Assert.True(
                (
                    await scaler.IsActiveAsync(
                        Miner,
                        deadline: DateTime.UtcNow.AddSeconds(10),
                        cancellationToken: TestContext.Current.CancellationToken
                    )
                ).Result
            );

        async Task<int> OpenAsync() =>
            int.Parse(
                Gauge()
                    .Match(await all.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken))
                    .Groups[1]
                    .Value,
                CultureInfo.InvariantCulture
            );
    }

    /// <summary>Bytes of a process that are in memory, as Linux counts them.</summary>
    private static long Resident(RealProcess process) =>
        long.Parse(
            File.ReadLines($"/proc/{process.Process.Id}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) * 1024;

    [GeneratedRegex(@"^ebb_scaler_open_calls (\d+)", RegexOptions.Multiline)]
    private static partial Regex Gauge();
}
