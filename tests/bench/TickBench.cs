using System.Diagnostics;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Bench;

/// <summary>One decision over 2,000 workloads of which nothing changed.</summary>
internal static class TickBench
{
    public static void Run()
    {
        var now = Instant.FromUtc(2026, 1, 15, 12, 0);
        var cluster = new ClusterView(true, now, true, [.. Enumerable.Range(0, 2000).Select(Scaler)], null, null, []);
        var settings = new PowerSettings();
        var memory = new SupplyMemory { Ups = "ups" }.After(
            [new UpsReading("ups", "nut", now, UpsFlags.Parse("OL"), 100)],
            settings,
            now
        );
        var roster = UpsScalerValidation.Of(cluster.Scalers, []);
        var episode = OutageProgress.None;
        List<double> micros = [];
        for (var i = 0; i < 2200; i++)
        {
            now += Duration.FromSeconds(2);
            var since = Stopwatch.GetTimestamp();
            var plan = Planner.Decide(
                new PlanInput
                {
                    Cluster = cluster,
                    Members = roster,
                    Power = PowerState.Of([memory.At(now, settings)], settings, null, null, now),
                    Orders = Orders.None,
                    Progress = episode,
                    Attempts = new Dictionary<string, Attempt>(),
                    Settings = settings,
                    Now = now,
                }
            );
            episode = plan.Progress;
            if (i >= 200)
                micros.Add(Stopwatch.GetElapsedTime(since).TotalMicroseconds);
        }
        micros.Sort();
        Console.WriteLine(
            $"one decision over 2,000 workloads, nothing changed, us (2,000 runs): median {micros[1000]:0}, p99 {micros[1980]:0}"
        );
    }

    private static UpsScalerView Scaler(int i) =>
        new()
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "bench", $"app-{i}"),
            Uid = $"{i}",
            ResourceVersion = "1",
            Type = "deployment",
            TargetNamespace = "bench",
            TargetName = $"app-{i}",
            ShutdownPriority = i % 5,
            ScaleUpPriority = i % 5,
            Target = new WorkloadLookup.Found(
                new WorkloadView
                {
                    Ref = new ObjectRef("apps/v1", "Deployment", "bench", $"app-{i}"),
                    Uid = $"w{i}",
                    ResourceVersion = "1",
                    Replicas = 3,
                    ReadyReplicas = 3,
                    PodsLeft = 3,
                }
            ),
        };
}
