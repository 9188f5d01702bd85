using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Survival;

/// <summary>
/// A story with a Job, a request and a gate in it, played once for every request that Ebb makes of the API server, and
/// at that request the process dies. No hook is ever run twice for one turn, and everything ends as it began.
/// </summary>
public sealed class HookCrashSpecs
{
    private static readonly Dictionary<string, string?> Settings = new(HookWorld.Hurried)
    {
        ["Tenancy__AdminNamespaces"] = "shop",
    };

    [Fact]
    public async Task Without_a_crash_each_hook_is_run_once_for_each_turn()
    {
        var (broken, _, sent) = await PlayAsync(null, false);
        Assert.Empty(broken);
        Assert.Equal(["down", "up", "down", "up"], sent);
    }

    [LongTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_request_runs_no_hook_a_second_time(bool afterItWasDone)
    {
        var (_, requests, _) = await PlayAsync(null, false);
        Assert.InRange(requests, 40, 2000);
        await CrashRun.AtEachAsync(requests, 81, 9, async point => (await PlayAsync(point, afterItWasDone)).Broken);
    }

    private static async Task<(List<string> Broken, int Requests, IReadOnlyList<string> Sent)> PlayAsync(
        int? killAt,
        bool afterItWasDone
    )
    {
        await using var server = await HookServer.StartAsync();
        await using var world = await World.StartAsync(
            HookWorld.Manifest("{type: job, cronJob: flags}") + More(server.Address)
        );
        List<string> broken = [];
        HashSet<string> created = [];
        world.Ups.StatusOverride = "OL";
        var requests = await CrashRun.PlayAsync(
            world,
            Settings,
            killAt,
            afterItWasDone,
            _ => created.UnionWith(world.Jobs().Select(job => (string)job["metadata"]!["uid"]!)),
            async cast =>
            {
                await cast.UntilAsync(() => world.Seconds > 75, broken);
                for (var outage = 1; outage <= 2; outage++)
                {
                    world.Ups.StatusOverride = "OB DISCHRG";
                    await cast.UntilAsync(() => IsAsleep(world), broken);
                    world.Ups.StatusOverride = "OL CHRG";
                    await cast.UntilAsync(() => world.Cluster.Store.Count("baselines.ebb.dev") == 0, broken);
                    if ((world.Replicas("shop", "web"), world.Replicas("shop", "db")) != (2, 1))
                        broken.Add("the Deployments are not what they were");
                    if (created.Count > 2 * outage)
                        broken.Add($"{created.Count} Jobs after {outage} outages");
                    if (server.Acts.Count > 2 * outage)
                        broken.Add($"{server.Acts.Count} requests after {outage} outages");
                }
                // A Job is looked for by its name, so that it is run in spite of any crash.
                if (created.Count != 4)
                    broken.Add($"{created.Count} Jobs in all");
            }
        );
        return (broken, requests, [.. server.Acts.Select(act => act.Body)]);
    }

    private static bool IsAsleep(World world) =>
        world.Replicas("shop", "db") == 0
        && world
            .Cluster.Store.List("upsscalers.ups-scaler.io")
            .All(scaler => (string?)scaler["status"]?["phase"] == "Asleep");

    private static string More(string address) =>
        $$"""

            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: nas, namespace: shop}
            spec:
              hook: {type: http, http: {url: "{{address}}/nas", body: "{direction}"} }
              shutdownPriority: 25
              scaleUpPriority: 15
              gates: [{nodesReady: true}, {endpointsReady: nothing, deadline: 5s}]
            """;
}
