using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Building;

/// <summary>
/// The shipped waves of storage, each against an operator that puts back what it finds changed and takes away
/// annotations that it did not set: down and up in order, with nothing of it left; and what is told where the waves
/// leave the operator running.
/// </summary>
public sealed class StorageSpecs
{
    private const string Foreign = "example.com/note";

    public static TheoryData<string> Kinds => ["rook-ceph", "longhorn", "openebs"];

    [LongTheory]
    [MemberData(nameof(Kinds))]
    public async Task It_sleeps_in_the_shipped_waves_and_wakes_in_its_own_order(string kind)
    {
        var storage = Storage.Of(kind);
        await using var world = await World.StartAsync(storage.Manifests);
        var began = storage.Picture(world);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await UntilAsync(ebb, storage, world, "OL", () => world.Seconds > 75);
        Assert.DoesNotContain(ebb.View.Plan.Workloads, one => one.Phase == WorkloadPhase.Refused);

        world.Cluster.Requests.Clear();
        await UntilAsync(ebb, storage, world, "OB DISCHRG", () => ebb.View.Plan.Phase == Phase.Asleep);
        Assert.Equal(storage.Down, storage.Written(world));
        Assert.Equal(0, world.Cluster.Store.Count("pods", storage.Place, "of"));

        world.Cluster.Requests.Clear();
        await UntilAsync(
            ebb,
            storage,
            world,
            "OL CHRG",
            () => world.Cluster.Store.Count("baselines.ebb.dev") == 0 && ebb.View.Plan.Phase == Phase.Normal
        );
        Assert.Equal(storage.Up, storage.Written(world));
        Assert.Equal(began, storage.Picture(world));
        Assert.DoesNotContain(ebb.View.Outage!.Workloads, one => one.Late || one.Note is not null);
        Assert.Empty(storage.Broken);
    }

    [LongTheory]
    [MemberData(nameof(Kinds))]
    public async Task An_operator_that_the_waves_leave_running_is_named_and_everything_is_what_it_was(string kind)
    {
        var storage = Storage.Of(kind);
        await using var world = await World.StartAsync(storage.Manifests);
        foreach (var scaler in storage.OperatorScalers)
            world.Cluster.Store.Delete("upsscalers.ups-scaler.io", storage.Place, scaler);
        var began = storage.Picture(world);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await UntilAsync(ebb, storage, world, "OL", () => world.Seconds > 75);
        await UntilAsync(
            ebb,
            storage,
            world,
            "OB DISCHRG",
            () => ebb.View.Plan.Workloads.Any(one => one.ChangedBy == storage.Operator)
        );
        Assert.Contains(
            ebb.View.Plan.Workloads,
            one => one.Reason.Contains($"{storage.Operator} keeps changing it", StringComparison.Ordinal)
        );
        Assert.Contains(
            world.Cluster.Store.List("events", storage.Place),
            one =>
                (string?)one["reason"] == "Undone"
                && one.ToJsonString().Contains(storage.Operator, StringComparison.Ordinal)
        );
        await UntilAsync(
            ebb,
            storage,
            world,
            "OL CHRG",
            () => world.Cluster.Store.Count("baselines.ebb.dev") == 0 && ebb.View.Plan.Phase == Phase.Normal
        );
        Assert.Equal(began, storage.Picture(world));
    }

    [LongFact]
    public async Task What_others_have_written_on_its_Deployments_is_taken_away_and_Ebb_has_kept_nothing_there()
    {
        var storage = Storage.Of("rook-ceph");
        await using var world = await World.StartAsync(storage.Manifests);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await UntilAsync(ebb, storage, world, "OL", () => world.Seconds > 75);
        await UntilAsync(ebb, storage, world, "OB DISCHRG", () => ebb.View.Plan.Phase == Phase.Asleep);
        world.Cluster.Store.Patch(
            "deployments.apps",
            storage.Place,
            "rook-ceph-osd-0",
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Foreign] = "mine" } } }
        );
        await UntilAsync(
            ebb,
            storage,
            world,
            "OL CHRG",
            () => world.Cluster.Store.Count("baselines.ebb.dev") == 0 && ebb.View.Plan.Phase == Phase.Normal
        );
        Assert.Equal(1, world.Replicas(storage.Place, "rook-ceph-osd-0"));
        Assert.Null(
            world.Cluster.Store.Get("deployments.apps", storage.Place, "rook-ceph-osd-0")!["metadata"]!["annotations"]![
                Foreign
            ]
        );
    }

    private static async Task UntilAsync(
        EbbProcess ebb,
        Storage storage,
        World world,
        string status,
        Func<bool> condition
    )
    {
        world.Ups.StatusOverride = status;
        await HookWorld.UntilAsync(
            ebb,
            () =>
            {
                storage.Look(world);
                return ebb.Path.View is not null && condition();
            },
            600
        );
    }
}
