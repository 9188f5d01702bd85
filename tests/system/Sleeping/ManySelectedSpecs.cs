using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Sleeping;

/// <summary>Many workloads under one UpsScaler, through a power failure: 400, or 2,000 under EBB_LONG=2.</summary>
public sealed class ManySelectedSpecs
{
    private static readonly int Many = Environment.GetEnvironmentVariable("EBB_LONG") == "2" ? 2000 : 400;

    /// <summary>Its phase and how many are meant, asleep or awake: not once for each workload.</summary>
    private const int MostStatuses = 25;

    [LongFact]
    public async Task Each_is_decided_and_written_once_each_way_and_the_status_of_their_UpsScaler_a_few_times()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + string.Concat(Enumerable.Range(0, Many).Select(i => Manifests.Workload("shop", $"w{i}", 1)))
                + """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: all, namespace: shop}
                spec: {type: deployment, selector: {}, shutdownPriority: 1, scaleUpPriority: 1}
                """
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "2s", ["Power__MainsFor"] = "3s" }
        );
        // What the record of the outage costs: all of its writes together, and each.
        var (written, largest) = (0L, 0L);
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (!request.IsWrite || !request.Path.Contains("/outages", StringComparison.Ordinal))
                return;
            var bytes = world.Cluster.Store.List("outages.ebb.dev").Sum(outage => (long)outage.ToJsonString().Length);
            Interlocked.Add(ref written, bytes);
            largest = Math.Max(largest, bytes);
        };
        await UntilAsync(() => Phase() == "Awake");
        Assert.Equal(Many, (int?)world.Status("upsscalers.ups-scaler.io", "shop", "all")!["selected"]);

        world.Cluster.Requests.Clear();
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(() => Phase() == "Asleep");
        Assert.Equal(Many, world.Cluster.Store.List("deployments.apps").Count(d => (int?)d["spec"]!["replicas"] == 0));
        WrittenOnce.Check(world.Cluster.Requests, Many, Many, 0);
        Assert.InRange(Statuses(), 1, MostStatuses);

        world.Cluster.Requests.Clear();
        for (var i = 0; i < 5; i++)
            await ebb.StepAsync();
        Assert.Equal(
            0,
            Count(r =>
                r.IsWrite
                && new[] { "/deployments/", "/baselines", "/upsscalers/" }.Any(part =>
                    r.Path.Contains(part, StringComparison.Ordinal)
                )
            )
        );

        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(() => Phase() == "Awake" && world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(Many, world.Cluster.Store.List("deployments.apps").Count(d => (int?)d["spec"]!["replicas"] == 1));
        WrittenOnce.Check(world.Cluster.Requests, Many, 0, Many);
        // 5 MB for a thousand workloads.
        Assert.InRange(written, 1, 5000L * Many);
        Assert.InRange(largest, 1, 512 * 1024);
        Assert.InRange(Statuses(), 1, MostStatuses);

        string? Phase() => (string?)world.Status("upsscalers.ups-scaler.io", "shop", "all")?["phase"];

        int Count(Func<LoggedRequest, bool> wanted) => world.Cluster.Requests.CountOf(wanted);

        int Statuses() => Count(r => r.IsWrite && r.Path.Contains("/upsscalers/", StringComparison.Ordinal));

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                if (i == 120)
                    Assert.Fail($"not within 120 s: {ebb.View.Plan.Reason}");
                await ebb.StepAsync();
            }
        }
    }
}
