using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using NodaTime;

namespace Ebb.Tests.Overrides;

/// <summary>
/// What a Schedule's status says of its workload is of now, also when nothing but power's word has changed since it was
/// said.
/// </summary>
public sealed class RetoldSpecs
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_turn_of_the_clock_while_power_lets_go_is_followed_by_another_one_that_tells_how_it_is()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 5)
                + Manifests.Schedule(
                    "shop",
                    "busy",
                    "Deployment/web",
                    "type: Daily\nstartTime: \"12:10\"\nendTime: \"12:40\"\nminReplicas: 8"
                )
                + """

                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: web, namespace: shop}
                spec: {type: deployment, namespace: shop, name: web, shutdownPriority: 1, scaleUpPriority: 1}
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: node-1}
                status: {capacity: {cpu: "16", memory: 16Gi, pods: "100"}, allocatable: {cpu: "16", memory: 16Gi, pods: "100"}}
                """
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__RestoreCharge"] = "0" }
        );
        await using var clock = ClockProcess.Start(world, beside: ebb);
        await UntilAsync(4);
        Assert.EndsWith("until 2026-01-15T12:10:00Z, then at least 8", Told(), StringComparison.Ordinal);

        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(12);
        Assert.Equal(0, (int?)world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]);
        world.Ups.StatusOverride = "OL";
        var turned = false;
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (
                turned
                || request.Method != "PATCH"
                || !request.Path.EndsWith("/upsscalers/web", StringComparison.Ordinal)
            )
                return;
            turned = true;
            // Power has let go, and its turn is not over.
            UntilReleasedAsync(ebb).GetAwaiter().GetResult();
            clock.TurnAsync().GetAwaiter().GetResult();
        };
        await UntilAsync(20);
        Assert.True(turned, ebb.View.Plan.Reason);
        Assert.Equal(
            "at least 8 asked by a schedule (Schedule busy) until 2026-01-15T12:40:00Z, then what it was",
            Told()
        );

        string Told() => (string)world.Status(Manifests.SchedulesResource, "shop", "busy")!["message"]!;

        async Task UntilAsync(int minutes)
        {
            while (Instant.FromDateTimeOffset(world.Clock.GetUtcNow()) < Noon + Duration.FromMinutes(minutes))
            {
                await ebb.StepAsync(5);
                await clock.TurnAsync();
            }
        }
    }

    private static async Task UntilReleasedAsync(EbbProcess ebb)
    {
        using var deadline = new CancellationTokenSource(Patience);
        for (var known = ebb.Cluster.Known; known.Scalers.Single().Baseline is not null; known = ebb.Cluster.Known)
            await ebb.Cluster.WaitForChangeAsync(known, deadline.Token);
    }
}
