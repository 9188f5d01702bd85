using System.Text.Json.Nodes;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Engine.Journal;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;
using NodaTime;

namespace Ebb.Tests.Overrides;

/// <summary>
/// Overrides as objects: written with kubectl, with two replicas of which either may be asked and either may die, and
/// deleted whenever somebody likes.
/// </summary>
public sealed class OverrideObjectSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    [Fact]
    public async Task One_written_with_kubectl_holds_follows_its_edits_and_deleting_it_is_enough()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await ApplyAsync(pair.World, "busy", "replicas: 5");
        await pair.UntilAsync(() => Replicas(pair) == 5 && Phase(pair, "busy") == "Holds");
        await ApplyAsync(pair.World, "busy", "replicas: 7");
        await pair.UntilAsync(() => Replicas(pair) == 7);
        Assert.Equal("3", Baseline(pair)!["spec"]!["replicas"]!.ToJsonString());
        pair.Store.Delete("overrides.ebb.dev", "shop", "busy");
        await pair.UntilAsync(() => Baseline(pair) is null);
        Assert.Equal(3, Replicas(pair));
        AllIsAsItWas(pair.Kinds);
    }

    [Fact]
    public async Task Asked_of_the_replica_that_does_not_lead_it_holds_and_outlives_the_one_that_leads()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await AskAsync(pair.Other, pair.World, 5);
        await pair.UntilAsync(() => Replicas(pair) == 5);
        await pair.LoseLeaderAsync();
        for (var i = 0; i < 20; i++)
            await pair.StepAsync();
        Assert.Equal(5, Replicas(pair));
        var stored = pair.Leader.Book.Find("deployment", "shop", "web")!;
        Assert.Equal(WriteOutcome.Done, (await pair.Leader.Book.DeleteAsync(stored, Stop)).Outcome);
        await pair.UntilAsync(() => Baseline(pair) is null);
        AllIsAsItWas(pair.Kinds);
    }

    [Fact]
    public async Task Deleted_while_nobody_runs_its_workload_is_what_it_was_after_the_next_start()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        await using (var first = EbbProcess.Start(world, Hurried))
        {
            await first.StepAsync();
            await ApplyAsync(world, "busy", "replicas: 5");
            for (var i = 0; i < 10; i++)
                await first.StepAsync();
            Assert.Equal(5, Replicas(world));
        }
        world.Cluster.Store.Delete("overrides.ebb.dev", "shop", "busy");
        await using var second = EbbProcess.Start(world, Hurried);
        for (var i = 0; i < 40; i++)
            await second.StepAsync();
        AllIsAsItWas(kinds);
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task Its_baseline_deleted_by_hand_is_created_again_as_it_was()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await ApplyAsync(pair.World, "busy", "replicas: 5");
        await pair.UntilAsync(() => Replicas(pair) == 5);
        pair.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.deployment.web");
        await pair.UntilAsync(() => Baseline(pair) is not null);
        Assert.Equal("3", Baseline(pair)!["spec"]!["replicas"]!.ToJsonString());
        pair.Store.Delete("overrides.ebb.dev", "shop", "busy");
        await pair.UntilAsync(() => Baseline(pair) is null);
        AllIsAsItWas(pair.Kinds);
    }

    [Fact]
    public async Task What_somebody_else_has_set_meanwhile_is_kept()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, new Dictionary<string, string?>(Hurried));
        await ebb.StepAsync();
        await ApplyAsync(world, "busy", "replicas: 5");
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        world.Cluster.Store.Delete("overrides.ebb.dev", "shop", "busy");
        world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 9 } }
        );
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        Assert.Equal(9, Replicas(world));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Theory]
    [InlineData(
        "shop",
        "kind: spaceship, name: web",
        "replicas: 5",
        "spec.target.kind: expected deployment, statefulset"
    )]
    [InlineData(
        "tenant",
        "kind: deployment, name: web, namespace: shop",
        "replicas: 5",
        "spec.target.namespace: expected \"tenant\", its own, found \"shop\"; only in ebb-system"
    )]
    [InlineData("shop", "kind: cronjob, name: report", "replicas: 5", "a cronjob has no replicas")]
    public async Task What_must_not_count_is_refused_in_its_status_and_moves_nothing(
        string @namespace,
        string target,
        string asks,
        string message
    )
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await ApplyAsync(world, "wrong", asks, target, @namespace);
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        var status = world.Cluster.Store.Get("overrides.ebb.dev", @namespace, "wrong")!["status"]!;
        Assert.Equal("Refused", (string?)status["phase"]);
        Assert.StartsWith(message, (string?)status["message"], StringComparison.Ordinal);
        AllIsAsItWas(kinds);
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task Of_two_for_one_workload_the_older_counts_and_the_younger_takes_over_when_it_goes()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await ApplyAsync(pair.World, "first", "replicas: 5");
        await pair.UntilAsync(() => Replicas(pair) == 5);
        // The API server's clock counts whole seconds.
        await pair.StepAsync();
        await ApplyAsync(pair.World, "a-second", "replicas: 8");
        await pair.UntilAsync(() => Phase(pair, "a-second") == "Refused");
        Assert.Equal(5, Replicas(pair));
        pair.Store.Delete("overrides.ebb.dev", "shop", "first");
        await pair.UntilAsync(() => Replicas(pair) == 8 && Phase(pair, "a-second") == "Holds");
        pair.Store.Delete("overrides.ebb.dev", "shop", "a-second");
        await pair.UntilAsync(() => Baseline(pair) is null);
        AllIsAsItWas(pair.Kinds);
    }

    [Fact]
    public async Task Of_two_names_for_one_workload_the_second_waits_until_the_first_has_given_it_back()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        await ApplyAsync(
            pair.World,
            "first",
            "replicas: 5",
            "kind: deployment, name: queue",
            until: Now(pair.World) + Duration.FromSeconds(40)
        );
        await pair.UntilAsync(() => Phase(pair, "first") == "Holds" && Queue() == 5);
        await pair.StepAsync();
        await ApplyAsync(pair.World, "second", "replicas: 7", "kind: scaledobject, name: queue");
        await pair.UntilAsync(() => Phase(pair, "second") == "Refused");
        await pair.UntilAsync(() => Phase(pair, "second") == "Holds" && Queue() == 7);
        var kept = pair.Store.Get("baselines.ebb.dev", "ebb-system", "shop.scaledobject.queue")!["spec"]!;
        // Not the pause of the first; the size is KEDA's to move.
        Assert.Null(kept["annotations"]![0]!["value"]);
        pair.Store.Delete("overrides.ebb.dev", "shop", "second");
        await pair.UntilAsync(() => pair.Store.Count("baselines.ebb.dev") == 0 && pair.Kinds.IsAsItBegan);

        int? Queue() => (int?)pair.Store.Get("deployments.apps", "shop", "queue")!["spec"]!["replicas"];
    }

    [Fact]
    public async Task Asked_under_another_name_in_an_outage_it_does_not_take_powers_zero_for_what_was()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        pair.World.Ups.StatusOverride = "OB DISCHRG";
        await pair.UntilAsync(() => pair.Kinds.AllAsleep);
        await ApplyAsync(pair.World, "busy", "replicas: 4", "kind: scaledobject, name: queue");
        for (var i = 0; i < 10; i++)
            await pair.StepAsync();
        Assert.Null(pair.Store.Get("baselines.ebb.dev", "ebb-system", "shop.scaledobject.queue"));
        pair.World.Ups.StatusOverride = "OL CHRG";
        await pair.UntilAsync(() => Phase(pair, "busy") == "Holds");
        pair.Store.Delete("overrides.ebb.dev", "shop", "busy");
        await pair.UntilAsync(() => pair.Store.Count("baselines.ebb.dev") == 0 && pair.Kinds.IsAsItBegan);
    }

    [Fact]
    public async Task An_autoscaler_that_came_after_it_keeps_its_bounds_and_that_is_told()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await ApplyAsync(world, "busy", "replicas: 5");
        for (var i = 0; i < 5; i++)
            await ebb.StepAsync();
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: late, namespace: shop}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
              minReplicas: 2
              maxReplicas: 10
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
            """
        );
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.StartsWith(
            "HorizontalPodAutoscaler late came after it was overridden",
            (string?)world.Cluster.Store.Get("overrides.ebb.dev", "shop", "busy")!["status"]!["message"],
            StringComparison.Ordinal
        );
        world.Cluster.Store.Delete("overrides.ebb.dev", "shop", "busy");
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        var spec = world.Cluster.Store.Get("horizontalpodautoscalers.autoscaling", "shop", "late")!["spec"]!;
        Assert.Equal((2, 10), ((int?)spec["minReplicas"], (int?)spec["maxReplicas"]));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task What_a_tenant_writes_about_the_workload_of_somebody_else_changes_nothing_of_its_overrides()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ApplyAsync(
            world,
            "mine",
            "replicas: 9",
            "kind: statefulset, name: cache, namespace: shop",
            "tenant",
            Now(world) + Duration.FromDays(9000)
        );
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: mine, namespace: tenant}
            spec: {type: statefulset, namespace: shop, name: cache, shutdownPriority: 1, scaleUpPriority: 1}
            """
        );
        for (var i = 0; i < 3; i++)
            await ebb.StepAsync();
        Assert.Null(ebb.Book.Find("statefulset", "shop", "cache"));
        await ApplyAsync(world, "ours", "replicas: 4", "kind: statefulset, name: cache");
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal(4, (int?)world.Cluster.Store.Get("statefulsets.apps", "shop", "cache")!["spec"]!["replicas"]);
        Assert.Equal(
            ("Holds", "Refused"),
            (
                (string?)world.Cluster.Store.Get("overrides.ebb.dev", "shop", "ours")!["status"]!["phase"],
                (string?)world.Cluster.Store.Get("overrides.ebb.dev", "tenant", "mine")!["status"]!["phase"]
            )
        );
    }

    [Fact]
    public async Task A_failed_attempt_is_told_once_and_stays_told()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        world.Cluster.Faults.Add(
            r => r.IsWrite && r.Path.EndsWith("/deployments/web/scale", StringComparison.Ordinal),
            new Fault.ErrorStatus(403, Message: "no"),
            int.MaxValue
        );
        await ApplyAsync(world, "busy", "replicas: 5");
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        world.Cluster.Requests.Clear();
        for (var i = 0; i < 30; i++)
            await ebb.StepAsync();
        Assert.Contains(
            "last attempt: Forbidden",
            (string?)world.Cluster.Store.Get("overrides.ebb.dev", "shop", "busy")!["status"]!["message"],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            world.Cluster.Requests.All,
            r => r.IsWrite && r.Path.Contains("/overrides/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_admin_namespace_may_name_a_workload_elsewhere()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await ApplyAsync(world, "busy", "replicas: 5", "kind: deployment, name: web, namespace: shop", "ebb-system");
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal(5, Replicas(world));
    }

    [Theory]
    [InlineData(-7)]
    [InlineData(2_000_000_000)]
    public async Task A_size_in_its_status_that_cannot_be_is_none(int size)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        // As a definition of before stored it.
        var definition = world.Cluster.Store.Get(Definitions, null, "overrides.ebb.dev")!;
        var status = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["status"]!;
        var schema = status["properties"]!["size"]!.AsObject();
        Assert.Equal((0, Override.MostReplicas), ((int)schema["minimum"]!, (int)schema["maximum"]!));
        Assert.True(schema.Remove("minimum") && schema.Remove("maximum"));
        world.Cluster.Store.Apply(definition);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await ApplyAsync(world, "busy", "freeze: true");
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        var frozen = world.Cluster.Store.Get("overrides.ebb.dev", "shop", "busy")!;
        Assert.Equal(3, (int?)frozen["status"]!["size"]);
        world.Cluster.Store.Patch(
            "overrides.ebb.dev",
            "shop",
            "busy",
            new JsonObject { ["status"] = new JsonObject { ["size"] = size } },
            "status"
        );
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        frozen = world.Cluster.Store.Get("overrides.ebb.dev", "shop", "busy")!;
        Assert.Equal(
            ("Holds", 3, "it holds"),
            (
                (string?)frozen["status"]!["phase"],
                (int?)frozen["status"]!["size"],
                (string?)frozen["status"]!["message"]
            )
        );
        Assert.Equal(3, Replicas(world));
    }

    [Fact]
    public async Task One_written_with_kubectl_stays_when_it_has_ended_and_says_so()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await ApplyAsync(world, "busy", "replicas: 5", until: Now(world) + Duration.FromSeconds(30));
        for (var i = 0; i < 60; i++)
            await ebb.StepAsync();
        AllIsAsItWas(kinds);
        var status = world.Cluster.Store.Get("overrides.ebb.dev", "shop", "busy")!["status"]!;
        Assert.Equal(("Ended", 1), ((string?)status["phase"], (int?)status["observedGeneration"]));
        Assert.Empty(ebb.Book.All);
        world.Cluster.Requests.Clear();
        for (var i = 0; i < 30; i++)
            await ebb.StepAsync();
        Assert.DoesNotContain(
            world.Cluster.Requests.All,
            r => r.IsWrite && !r.Path.Contains("/leases", StringComparison.Ordinal)
        );
    }

    [LongFact]
    public async Task One_that_cannot_be_stored_is_not_taken()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        world.Cluster.Faults.Add(
            r => r.Method == "POST" && r.Path.EndsWith("/overrides", StringComparison.Ordinal),
            new Fault.ErrorStatus(500)
        );
        var (stored, result) = await ebb.Book.PutAsync(Asked(world, 5), null, Stop);
        Assert.Null(stored);
        Assert.Equal(WriteOutcome.Failed, result.Outcome);
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal(3, Replicas(world));
    }

    [Fact]
    public async Task Two_who_ask_at_once_find_out_and_one_who_replaces_what_has_changed_too()
    {
        await using var pair = await ReplicaPair.StartAsync(Hurried);
        var (first, _) = await pair.Leader.Book.PutAsync(Asked(pair.World, 5), null, Stop);
        var (second, result) = await pair.Other.Book.PutAsync(Asked(pair.World, 6), null, Stop);
        Assert.NotNull(first);
        Assert.Equal((null, WriteOutcome.Conflict), (second, result.Outcome));
        await pair.UntilAsync(() => Replicas(pair) == 5);
        // Only its status was written since: that is no other request.
        var (replaced, _) = await pair.Other.Book.PutAsync(Asked(pair.World, 7), first, Stop);
        Assert.Equal(2, replaced?.Generation);
        (second, result) = await pair.Leader.Book.PutAsync(Asked(pair.World, 8), first, Stop);
        Assert.Equal((null, WriteOutcome.Conflict), (second, result.Outcome));
        await pair.UntilAsync(() => Replicas(pair) == 7);
    }

    [Fact]
    public async Task The_journal_tells_who_asked_what_was_done_and_why()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await ApplyAsync(world, "busy", "replicas: 5, by: ada");
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        world.Cluster.Store.Delete("overrides.ebb.dev", "shop", "busy");
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal(
            [
                "override: restore deployment shop/web: nobody asks any more: done",
                "ada: asked for 5 replicas deployment shop/web: load test: Holds: it holds",
                "override: make it hold deployment shop/web: load test: done",
            ],
            ebb.Get<ActJournal>()
                .Recent(null, 10)
                .Items.Select(e => $"{e.Who}: {e.What} {e.Subject}: {e.Why}: {e.Result}")
        );
    }

    private static void AllIsAsItWas(EveryKind kinds)
    {
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Instant Now(World world) => Instant.FromDateTimeOffset(world.Clock.GetUtcNow());

    private static Override Asked(World world, int replicas) =>
        new()
        {
            Kind = "deployment",
            Namespace = "shop",
            Name = "web",
            Effect = OverrideEffect.Replicas,
            Replicas = replicas,
            Reason = "load test",
            At = Now(world),
            Until = Now(world) + Duration.FromHours(1),
        };

    private static async Task AskAsync(EbbProcess of, World world, int replicas)
    {
        var (stored, result) = await of.Book.PutAsync(Asked(world, replicas), null, Stop);
        Assert.True(stored is not null, result.Detail);
    }

    private static Task ApplyAsync(
        World world,
        string name,
        string asks,
        string target = "kind: deployment, name: web",
        string @namespace = "shop",
        Instant? until = null
    ) =>
        world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: v1
            kind: Namespace
            metadata: {name: {{@namespace}}}
            ---
            apiVersion: ebb.dev/v1alpha1
            kind: Override
            metadata: {name: {{name}}, namespace: {{@namespace}}}
            spec: {target: { {{target}} }, {{asks}}, until: "{{until
                ?? Now(world) + Duration.FromHours(1)}}", reason: load test}
            """
        );

    private static int? Replicas(World world) =>
        (int?)world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"];

    private static int? Replicas(ReplicaPair pair) => Replicas(pair.World);

    private static JsonObject? Baseline(ReplicaPair pair) =>
        pair.Store.Get("baselines.ebb.dev", "ebb-system", "shop.deployment.web");

    private static string? Phase(ReplicaPair pair, string name) =>
        (string?)pair.Store.Get("overrides.ebb.dev", "shop", name)?["status"]?["phase"];
}
