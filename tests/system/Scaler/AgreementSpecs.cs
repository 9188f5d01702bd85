using System.Diagnostics;
using System.Text.Json.Nodes;
using Ebb.Scaler.Protocol;
using Ebb.Simulation.World.Keda;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>
/// What is pushed and what is pulled must be the same: KEDA undoes at the next poll what was pushed and is not said
/// again.
/// </summary>
public sealed class AgreementSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A day of five-minute steps, and before each of them something changes; the seed says what.</summary>
    [LongTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Over_a_day_of_changes_each_stream_says_what_a_poll_would_be_told(int seed)
    {
        var random = new Random(seed);
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "32")
                + Node("node-2", "32")
                + Deployment("queue", 0)
                + Deployment("web", 4, "4")
                + Deployment("miner", 0)
                + Schedule("morning", "06:00", "09:30", 3)
                + Schedule("evening", "17:20", "23:10", 5)
                + Scaled("queue", "follow: schedule", "external-push", polling: 300)
                + Scaled(
                    "miner",
                    "follow: capacity, reserve: \"8\", growStep: \"100\", growPeriod: 1s",
                    "external-push",
                    polling: 300
                ),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(60) }
        );
        var followed = new[] { "queue", "miner" }.Select(name => new Followed(all, name)).ToList();
        await using var connection = await Http2Connection.OpenAsync(all.Port);
        var (metric, pulledMetric) = (
            await connection.StartAsync("/externalscaler.ExternalScaler/StreamMetricSpec"),
            await connection.CallAsync("/externalscaler.ExternalScaler/GetMetricSpec", followed[0].Framed)
        );
        await connection.SendAsync(metric, followed[0].Framed);
        try
        {
            // Their streams are open: what the clock leaps over is not the beginning of a call.
            foreach (var one in followed)
                await ScalerWorld.UntilAsync(() => one.Pushed.Count > 0, $"{one.Name} is told");
            await ScalerWorld.UntilAsync(() => metric.Body.Length > 0, "the other stream has its answer");
            for (var step = 0; step < 288; step++)
            {
                Change(all, random);
                all.World.Clock.Advance(TimeSpan.FromMinutes(5));
                await all.SettleAsync();
                foreach (var one in followed)
                    await one.AgreesAsync($"seed {seed}, step {step}, {all.World.Clock.GetUtcNow():HH:mm}");
            }

            // Both have said both, each time something else than before.
            foreach (var one in followed)
            {
                Assert.True(one.Pushed.Count >= 4, $"{one.Name} was told {one.Pushed.Count} times");
                Assert.All(one.Pushed.Zip(one.Pushed.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
            }

            Assert.Equal(pulledMetric.Body, metric.Body);
            Assert.False(metric.Ended.IsCompleted);
        }
        finally
        {
            foreach (var one in followed)
                await one.DisposeAsync();
        }
    }

    private static void Change(ScalerWorld all, Random random)
    {
        var store = all.World.Cluster.Store;
        switch (random.Next(6))
        {
            case 0:
                store.Patch(
                    "deployments.apps",
                    "shop",
                    "web",
                    new JsonObject { ["spec"] = new JsonObject { ["replicas"] = random.Next(0, 16) } }
                );
                break;
            case 1:
                store.Patch(
                    "schedules.autoscaling.d-kuro.github.io",
                    "shop",
                    random.Next(2) == 0 ? "morning" : "evening",
                    new JsonObject { ["spec"] = new JsonObject { ["minReplicas"] = random.Next(0, 6) } }
                );
                break;
            case 2:
                store.Patch(
                    "nodes",
                    null,
                    random.Next(2) == 0 ? "node-1" : "node-2",
                    new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = random.Next(2) == 0 } }
                );
                break;
            case 3:
                KeepPower(
                    all,
                    random.Next(2) == 0
                        ? """{"supplies":[{"ups":"rack","lastKnown":"battery","since":"2026-01-15T12:01:00Z"}]}"""
                        : """{"supplies":[{"ups":"rack","lastKnown":"on"}]}"""
                );
                break;
            case 4:
                var (now, name) = (all.World.Clock.GetUtcNow(), random.Next(2) == 0 ? "queue" : "miner");
                Override(all, name, random.Next(0, 4), $"{now.AddMinutes(17):yyyy-MM-ddTHH:mm:ssZ}");
                break;
        }
    }

    private static void KeepPower(ScalerWorld all, string status) =>
        all.World.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "ebb.dev/v1alpha1",
                ["kind"] = "Power",
                ["metadata"] = new JsonObject { ["name"] = "cluster", ["namespace"] = "ebb-system" },
                ["status"] = JsonNode.Parse(status),
            }
        );

    private static void Override(ScalerWorld all, string name, int replicas, string until) =>
        all.World.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "ebb.dev/v1alpha1",
                ["kind"] = "Override",
                ["metadata"] = new JsonObject { ["name"] = $"deployment.{name}", ["namespace"] = "shop" },
                ["spec"] = new JsonObject
                {
                    ["target"] = new JsonObject { ["kind"] = "deployment", ["name"] = name },
                    ["replicas"] = replicas,
                    ["until"] = until,
                    ["reason"] = "a test run",
                },
            }
        );

    /// <summary>One trigger, followed by a stream of its own.</summary>
    private sealed class Followed : IAsyncDisposable
    {
        private readonly ScalerWorld _all;
        private readonly ScalerQuestion _question;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _stream;
        private readonly List<bool> _pushed = [];

        public Followed(ScalerWorld all, string name)
        {
            (_all, Name, _question) = (all, name, all.Question("shop", name));
            _stream = all.Keda.StreamIsActive(
                _question,
                active =>
                {
                    lock (_pushed)
                        _pushed.Add(active);
                },
                _stop.Token
            );
            Framed = Messages.Frame(
                new ScaledObjectRef
                {
                    Name = name,
                    Namespace = "shop",
                    ScalerMetadata = { _question.Metadata.ToDictionary(p => p.Key, p => p.Value) },
                }.ToByteArray()
            );
        }

        public string Name { get; }

        public byte[] Framed { get; }

        public List<bool> Pushed
        {
            get
            {
                lock (_pushed)
                    return [.. _pushed];
            }
        }

        public async Task AgreesAsync(string when)
        {
            for (var since = Stopwatch.StartNew(); ; await Task.Delay(2, TestContext.Current.CancellationToken))
            {
                if (_stream.IsCompleted)
                    await _stream;
                var (pulled, pushed) = (
                    await _all.Keda.IsActive(_question, TestContext.Current.CancellationToken),
                    Pushed.LastOrDefault()
                );
                if (
                    Pushed.Count > 0
                    && pulled == pushed
                    && pulled == await _all.Keda.IsActive(_question, TestContext.Current.CancellationToken)
                )
                    return;
                Assert.True(
                    since.Elapsed < Patience,
                    $"{Name} at {when}: pushed {pushed} ({Pushed.Count} times), pulled {pulled}"
                );
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await ((Task)_stream).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
