using System.Globalization;
using System.Text;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Settings;
using Ebb.Tests.Harness;
using Microsoft.Extensions.Configuration;

namespace Ebb.Tests.Survival;

/// <summary>A node that starts fewer pods at once than it is given: the next return gives it fewer.</summary>
public sealed class LearnedPaceSpecs
{
    private const int Count = 16;

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("Learned", null, true)]
    [InlineData("0", 0, true)]
    [InlineData("5", 5, true)]
    [InlineData("-1", null, false)]
    [InlineData("10001", null, false)]
    [InlineData("many", null, false)]
    public void The_setting_takes_the_word_or_a_number(string? text, int? most, bool right)
    {
        var (settings, faults) = EbbSettingsReader.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection([new("Cluster:Mode", "simulation"), new("Power:WakeAtOnce", text)])
                .Build()
        );
        if (right)
            Assert.Equal(most, settings!.Power.WakeAtOnce);
        else
            Assert.Equal(
                $"Power__WakeAtOnce: expected learned or a whole number from 0 to 10000, found \"{text}\"",
                Assert.Single(faults).ToString()
            );
    }

    [LongFact]
    public async Task A_return_that_was_slow_makes_the_next_start_fewer_at_once_and_all_wake_to_what_they_were()
    {
        await using var world = await World.StartAsync(Manifests());
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?>
            {
                ["Power__OnBatteryFor"] = "0s",
                ["Power__MainsFor"] = "2s",
                // Two at once take 8 s each: of ten that are asked together the last two are ready after 40 s.
                ["Power__WaveTimeout"] = "30s",
            }
        );
        world.Ups.StatusOverride = "OL";
        await UntilAsync(world, ebb, () => ebb.View.Plan is { Phase: Phase.Normal, Workloads.Count: Count });
        Assert.Equal("10 for each ready node until a return has shown otherwise", ebb.View.Plan.WakeLimit.Because);

        var (most, waits) = await OutageAsync(world, ebb);
        Assert.Equal(10, most);
        Assert.Contains(waits, reason => reason.Contains("10 for each ready node", StringComparison.Ordinal));
        var late = world
            .Cluster.Store.List("outages.ebb.dev")
            .SelectMany(outage => outage["status"]!["report"]!["workloads"]!.AsArray())
            .Count(workload => workload!["overdueAt"] is not null);
        Assert.InRange(late, 1, Count - 1);
        Assert.Equal(5, ebb.View.Plan.WakeLimit.Most);

        // Who never saw that return itself learns the same from what is kept.
        await using var other = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__Act"] = "false" },
            lease: "other"
        );
        await other.StepAsync();
        Assert.Equal(ebb.View.Plan.WakeLimit, other.View.Plan.WakeLimit);

        (most, waits) = await OutageAsync(world, ebb);
        Assert.Equal(5, most);
        Assert.Contains(
            waits,
            reason => reason.Contains($"with 10 starting at once, {late} of {Count} were not ready in time")
        );
        Assert.DoesNotContain(
            world
                .Cluster.Store.List("outages.ebb.dev")
                .MaxBy(outage => (string)outage["metadata"]!["name"]!, StringComparer.Ordinal)!["status"]!["report"]![
                "workloads"
            ]!.AsArray(),
            workload => workload!["overdueAt"] is not null
        );
    }

    /// <summary>The most workloads that were starting at once, and why others waited for that.</summary>
    private static async Task<(int Most, HashSet<string> Waits)> OutageAsync(World world, EbbProcess ebb)
    {
        var (most, waits) = (0, new HashSet<string>());
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(world, ebb, () => ebb.View.Plan.Phase == Phase.Asleep);
        Assert.Equal(0, world.Cluster.Store.Count("pods", "shop"));
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(
            world,
            ebb,
            () =>
            {
                most = Math.Max(most, ebb.View.Plan.Workloads.Count(w => w.Phase == WorkloadPhase.Waking));
                waits.UnionWith(
                    ebb.View.Plan.Workloads.Select(w => w.Reason)
                        .Where(reason => reason.StartsWith("waits for its turn to start", StringComparison.Ordinal))
                );
                return ebb.View.Plan.Phase == Phase.Normal && ebb.Records.Reports is [{ Ended: not null }, ..];
            }
        );
        // What was not ready in time is given back all the same, and goes on starting.
        await UntilAsync(
            world,
            ebb,
            () =>
                world
                    .Cluster.Store.List("deployments.apps")
                    .All(one => (int?)one["status"]?["readyReplicas"] == 1 && (int?)one["spec"]!["replicas"] == 1)
        );
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
        return (most, waits);
    }

    private static string Manifests()
    {
        var manifests = new StringBuilder(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, annotations: {simulation.ebb.dev/starts-at-once: "2"}}
            status: {capacity: {cpu: "90", memory: 90Gi, pods: "110"}, allocatable: {cpu: "90", memory: 90Gi, pods: "110"}}

            """
        );
        for (var i = 0; i < Count; i++)
            manifests.Append(
                CultureInfo.InvariantCulture,
                $$"""
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app-{{i}}, namespace: shop}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: app-{{i}}} }
                  template:
                    metadata: {labels: {app: app-{{i}}}, annotations: {simulation.ebb.dev/start-seconds: "8", simulation.ebb.dev/stop-seconds: "1"} }
                    spec: {containers: [{name: c, image: example/app:1}]}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: app-{{i}}, namespace: shop}
                spec: {type: deployment, name: app-{{i}}, shutdownPriority: 1, scaleUpPriority: 1}

                """
            );
        return manifests.ToString();
    }

    private static async Task UntilAsync(World world, EbbProcess ebb, Func<bool> holds)
    {
        await ebb.StepAsync();
        for (var i = 0; i < 300 && !holds(); i++)
            await ebb.StepAsync();
        Assert.True(
            holds(),
            $"after {world.Seconds:0} s {ebb.View.Plan.Phase}: {ebb.View.Plan.Reason} "
                + string.Join("; ", ebb.View.Plan.Workloads.Select(w => $"{w.Member} {w.Phase} {w.Reason}"))
        );
    }
}
