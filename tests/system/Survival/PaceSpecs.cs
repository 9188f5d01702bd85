using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// How long a shutdown takes and what it costs, in virtual time and in counts: the same on every machine.
/// </summary>
public sealed partial class PaceSpecs
{
    [LongFact]
    public async Task Two_hundred_workloads_in_five_waves_lose_no_time_between_waves_and_take_two_writes_each()
    {
        const int Count = 200;
        const double Step = 0.2;
        var chance = new Random(20260115);
        double[] stops = [.. Enumerable.Range(0, Count).Select(_ => Math.Round(chance.NextDouble() * 30, 1))];
        var manifests = new StringBuilder(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1}
            status: {capacity: {cpu: "900", memory: 900Gi, pods: "900"}, allocatable: {cpu: "900", memory: 900Gi, pods: "900"}}

            """
        );
        for (var i = 0; i < Count; i++)
        {
            manifests.Append(
                CultureInfo.InvariantCulture,
                $$"""
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app-{{i}}, namespace: shop}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: app-{{i}} } }
                  template:
                    metadata: {labels: {app: app-{{i}} }, annotations: {simulation.ebb.dev/start-seconds: "1", simulation.ebb.dev/stop-seconds: "{{stops[
                    i
                ]}}"} }
                    spec: {terminationGracePeriodSeconds: 60, containers: [{name: c, image: example/app:1}]}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: app-{{i}}, namespace: shop}
                spec: {type: deployment, namespace: shop, name: app-{{i}}, shutdownPriority: {{i
                    % 5}}, scaleUpPriority: {{i % 5}} }

                """
            );
        }
        await using var world = await World.StartAsync(manifests.ToString());
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "0s" }
        );
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 3; i++)
            await ebb.StepAsync();
        world.Cluster.Requests.Clear();
        world.Ups.StatusOverride = "OB";
        var began = world.Seconds;
        while (world.Cluster.Store.Count("pods", "shop") > 0)
        {
            Assert.True(world.Seconds - began < 600, $"not asleep after 600 s: {ebb.View.Plan.Reason}");
            await ebb.StepAsync(Step);
        }
        var whole = world.Seconds - began;
        var waves = Enumerable.Range(0, 5).Sum(w => stops.Where((_, i) => i % 5 == w).Max());
        var requests = world
            .Cluster.Requests.All.Where(r => r.Path.Contains("/app-", StringComparison.Ordinal))
            .ToList();
        var (doing, telling) = (
            requests.Where(r => !r.Path.Contains("/upsscalers/", StringComparison.Ordinal)).ToList(),
            requests.Where(r => r.Path.Contains("/upsscalers/", StringComparison.Ordinal)).ToList()
        );
        var captures = world.Cluster.Requests.CountOf(r =>
            r.IsWrite && r.Path.EndsWith("/baselines", StringComparison.Ordinal)
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant(
                $"whole {whole:0.0} s, sum of the slowest of each wave {waves:0.0} s, ratio {whole / waves:0.000}; to be asleep: writes {captures + doing.Count(r => r.IsWrite)}, requests {captures + doing.Count}; to say so: {telling.Count}"
            )
        );
        Assert.InRange(whole / waves, 1, 1.02);
        Assert.InRange((captures + doing.Count(r => r.IsWrite)) / (double)Count, 1, 2);
        Assert.InRange((captures + requests.Count) / (double)Count, 1, 4);
        // The Outage is written at wave boundaries, and every five seconds between at the most.
        var reports = world.Cluster.Requests.CountOf(r =>
            r.IsWrite && r.Path.Contains("/outages", StringComparison.Ordinal)
        );
        Assert.InRange(reports, 5, (int)(whole / 5) + 15);
        // What is only told waits until all of the wave have been asked, not until the last wave is down.
        var asked = doing.GroupBy(WaveOf).ToDictionary(wave => wave.Key, wave => wave.Max(d => d.Number));
        Assert.All(telling, t => Assert.True(t.Number > asked[WaveOf(t)]));
        Assert.True(telling.Count(t => t.Number < asked[4]) >= 3 * Count / 5, "kubectl shows how far it is");

        static int WaveOf(LoggedRequest request) =>
            int.Parse(AppNumber().Match(request.Path).Groups[1].Value, CultureInfo.InvariantCulture) % 5;
    }

    [GeneratedRegex("/app-([0-9]+)")]
    private static partial Regex AppNumber();
}
