using System.Globalization;
using System.Text;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;

namespace Ebb.Tests.Orders;

/// <summary>
/// What people ask of the whole cluster, with two replicas of which either may be asked and either may die.
/// </summary>
public sealed class PowerOrderSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    private const string Resource = "powerorders.ebb.dev";

    [Fact]
    public async Task A_shutdown_asked_of_the_replica_that_does_not_lead_happens_and_outlives_the_one_that_leads()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await pair.Other.AskAsync(OrderAction.Shutdown, "moving house");
        await pair.UntilAsync(() => pair.Kinds.AllAsleep);
        await pair.LoseLeaderAsync();
        for (var i = 0; i < 90; i++)
            await pair.StepAsync();
        Assert.True(pair.Kinds.AllAsleep, "the successor woke what a person had put to sleep");
        await pair.Leader.AskAsync(OrderAction.Restore, "moved");
        await pair.UntilAsync(() => pair.Kinds.AllAwake);
        pair.Kinds.EndedAsItBegan();
        Assert.Empty(pair.Kinds.Broken);
        await pair.UntilAsync(() => pair.Phases() is "Shutdown Done, Restore Done");
    }

    [LongFact]
    public async Task A_drill_goes_on_where_the_leader_was_lost_and_wakes_everything()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await pair.Other.AskAsync(OrderAction.Drill, "rehearsal");
        await pair.UntilAsync(() => pair.Store.Count("baselines.ebb.dev") > 3);
        await pair.LoseLeaderAsync();
        await pair.UntilAsync(() => pair.Kinds.AllAsleep);
        await pair.UntilAsync(() => pair.Kinds.AllAwake);
        pair.Kinds.EndedAsItBegan();
        Assert.Empty(pair.Kinds.Broken);
        await pair.UntilAsync(() => pair.Phases() is "Drill Done");
    }

    [Fact]
    public async Task A_hold_that_one_replica_released_does_not_come_back_with_the_other()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await pair.Leader.AskAsync(OrderAction.Hold, "let me look");
        pair.World.Ups.StatusOverride = "OB DISCHRG";
        for (var i = 0; i < 20; i++)
            await pair.StepAsync();
        Assert.Equal(Phase.Held, pair.Leader.View.Plan.Phase);
        Assert.Empty(pair.Store.List("baselines.ebb.dev"));
        await pair.Other.ReleaseAsync("seen");
        await pair.LoseLeaderAsync();
        await pair.UntilAsync(() => pair.Kinds.AllAsleep);
        Assert.Equal("Hold Done", pair.Phases());
    }

    [LongFact]
    public async Task An_order_written_with_kubectl_counts_and_one_that_must_not_is_refused_in_its_status()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await pair.World.Cluster.ApplyManifestAsync(
            """
            apiVersion: ebb.dev/v1alpha1
            kind: PowerOrder
            metadata: {name: move, namespace: ebb-system}
            spec: {action: shutdown, reason: moving house}
            """
        );
        await pair.UntilAsync(() => pair.Kinds.AllAsleep);
        pair.World.Ups.StatusOverride = "OB DISCHRG";
        for (var i = 0; i < 5; i++)
            await pair.StepAsync();
        await pair.World.Cluster.ApplyManifestAsync(
            """
            apiVersion: ebb.dev/v1alpha1
            kind: PowerOrder
            metadata: {name: back, namespace: ebb-system}
            spec: {action: restore, reason: too early}
            """
        );
        await pair.UntilAsync(() =>
            pair.Store.Get(Resource, "ebb-system", "back")!["status"]?["phase"]?.ToString() == "Refused"
        );
        Assert.StartsWith(
            "mains is not on: ",
            (string?)pair.Store.Get(Resource, "ebb-system", "back")!["status"]!["message"],
            StringComparison.Ordinal
        );
        Assert.True(pair.Kinds.AllAsleep);
        pair.World.Ups.StatusOverride = "OL CHRG";
        pair.Store.Delete(Resource, "ebb-system", "move");
        await pair.UntilAsync(() => pair.Kinds.AllAwake);
        pair.Kinds.EndedAsItBegan();
        Assert.Empty(pair.Kinds.Broken);
    }

    [LongTheory]
    [InlineData(
        "20260115-110000-000-shutdown-0123abcd",
        "",
        "it was asked for at 2026-01-15T11:00:00Z and comes from a copy"
    )]
    [InlineData("move", ", labels: {velero.io/restore-name: night}", "it comes from a backup (velero.io/restore-name)")]
    public async Task An_order_that_comes_back_from_a_copy_is_refused_and_nothing_goes_to_sleep(
        string name,
        string labels,
        string told
    )
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await pair.World.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: ebb.dev/v1alpha1
            kind: PowerOrder
            metadata: {name: {{name}}, namespace: ebb-system{{labels}}}
            spec: {action: shutdown, reason: moving house}
            """
        );
        await pair.UntilAsync(() =>
            pair.Store.Get(Resource, "ebb-system", name)!["status"]?["phase"]?.ToString() == "Refused"
        );
        Assert.StartsWith(
            told,
            (string?)pair.Store.Get(Resource, "ebb-system", name)!["status"]!["message"],
            StringComparison.Ordinal
        );
        Assert.Equal(0, pair.Store.Count("baselines.ebb.dev"));
    }

    [LongFact]
    public async Task A_hold_stops_what_is_left_of_a_wave_of_slow_writes()
    {
        const int Count = 100;
        var manifests = new StringBuilder();
        for (var i = 0; i < Count; i++)
            manifests.Append(
                CultureInfo.InvariantCulture,
                $$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app-{{i}}, namespace: shop}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: app-{{i}} } }
                  template:
                    metadata: {labels: {app: app-{{i}} } }
                    spec: {containers: [{name: c, image: example/app:1}]}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: app-{{i}}, namespace: shop}
                spec: {type: deployment, name: app-{{i}}, shutdownPriority: 1, scaleUpPriority: 1}
                ---

                """
            );
        await using var world = await World.StartAsync(manifests.ToString());
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        world.Cluster.Faults.Add(
            r => r.Path.EndsWith("/scale", StringComparison.Ordinal) && r.Method == "PATCH",
            new Fault.Delay(TimeSpan.FromMilliseconds(500))
        );
        world.Ups.StatusOverride = "OB DISCHRG";
        var turns = Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++)
                await ebb.StepAsync();
        });
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Written() < 1)
            await Task.Delay(20, deadline.Token);
        var (_, result) = await ebb.Cluster.Orders.CreateAsync(OrderAction.Hold, "not now", null, null, deadline.Token);
        Assert.True(result.Outcome == WriteOutcome.Done, result.Detail);
        await turns.WaitAsync(deadline.Token);
        // 32 are sent at once; those of the next batch may be on their way when the hold is seen.
        Assert.InRange(Written(), 1, 3 * 32);
        Assert.Equal(Phase.Held, ebb.View.Plan.Phase);

        int Written() =>
            world.Cluster.Requests.CountOf(r =>
                r.IsWrite && r.Path.EndsWith("/scale", StringComparison.Ordinal) && r.Status == 200
            );
    }

    [Fact]
    public async Task Without_its_namespace_nobody_acts_that_is_told_and_no_order_is_taken()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        // Everything can be read there, and nothing can be made.
        world.Cluster.Faults.Add(
            r => r.Method == "POST" && r.Path.Contains("/namespaces/ebb-system/", StringComparison.Ordinal),
            new Fault.ErrorStatus(404, Message: "namespaces \"ebb-system\" not found")
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Contains(
            ebb.Path.Troubles,
            t =>
                t.StartsWith("this replica cannot lead: ", StringComparison.Ordinal)
                && t.Contains("\"ebb-system\" not found", StringComparison.Ordinal)
        );
        var (_, result) = await ebb.Cluster.Orders.CreateAsync(
            OrderAction.Shutdown,
            "moving house",
            null,
            null,
            TestContext.Current.CancellationToken
        );
        Assert.NotEqual(WriteOutcome.Done, result.Outcome);
        Assert.Contains("\"ebb-system\" not found", result.Detail, StringComparison.Ordinal);
        Assert.Equal(3, (int)world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]!);
        // What does not happen is not told: nobody writes a status either.
        Assert.DoesNotContain(
            world.Cluster.Store.List("upsscalers.ups-scaler.io"),
            s => (string?)s["status"]?["phase"] is "GoingToSleep" or "Asleep"
        );
        Assert.DoesNotContain(
            world.Cluster.Store.List("events"),
            e => ((string?)e["reportingController"])?.StartsWith("ebb.dev/", StringComparison.Ordinal) == true
        );
    }

    [LongFact]
    public async Task An_order_that_cannot_be_stored_is_not_taken()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        pair.World.Cluster.Faults.Add(
            r => r.Method == "POST" && r.Path.EndsWith("/powerorders", StringComparison.Ordinal),
            new Fault.ErrorStatus(500)
        );
        var (_, result) = await pair.Other.Cluster.Orders.CreateAsync(
            OrderAction.Shutdown,
            "moving house",
            null,
            null,
            TestContext.Current.CancellationToken
        );
        Assert.NotEqual(WriteOutcome.Done, result.Outcome);
        Assert.Contains("500", result.Detail, StringComparison.Ordinal);
        for (var i = 0; i < 10; i++)
            await pair.StepAsync();
        Assert.Empty(pair.Store.List("baselines.ebb.dev"));
    }
}
