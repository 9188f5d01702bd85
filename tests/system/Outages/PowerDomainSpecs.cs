using System.Text.Json.Nodes;
using Ebb.Core.Outages;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Commands;
using Ebb.Engine.Http;
using Ebb.Simulation.Ups;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Outages;

/// <summary>Two UPSes and nodes that say which of them feeds them, in a real process.</summary>
public sealed class PowerDomainSpecs
{
    private const string Nodes = """
        apiVersion: v1
        kind: Node
        metadata: {name: node-a, labels: {kubernetes.io/hostname: node-a}, annotations: {ebb.dev/supplies: ups}}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: node-b, labels: {kubernetes.io/hostname: node-b, rack: "2"}}
        spec: {taints: [{key: rack, value: "2", effect: NoSchedule}]}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}

        """;

    // What no toleration lets to node-b, what is selected onto node-a, a database that is known by its pods only, and
    // what may run on either.
    private static readonly string Workloads =
        Nodes
        + Deployment("web", "", 1)
        + Deployment("files", "nodeSelector: {kubernetes.io/hostname: node-a}", 2)
        + Deployment("api", "tolerations: [{key: rack, operator: Exists}]", 1)
        + """

            ---
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: orders, namespace: shop}
            spec: {instances: 1, storage: {size: 1Gi}}
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: orders, namespace: shop}
            spec: {type: cluster, name: orders, shutdownPriority: 3, scaleUpPriority: 1}
            """;

    [Fact]
    public async Task The_supply_of_one_node_fails_and_what_cannot_run_elsewhere_sleeps_until_it_is_back()
    {
        await using var world = await World.StartAsync(Workloads);
        await using var other = await SimulatedUps.StartAsync(
            0,
            world.Clock,
            new SimulatedUpsOptions { Name = "ups-b" }
        );
        world.Ups.StatusOverride = "OL";
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?>
            {
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Power__Sources__1"] = $"nut://127.0.0.1:{other.Port}/ups-b",
                ["Power__Domains__0"] = "ups-b:rack=2",
                ["Power__OnBatteryFor"] = "2s",
                ["Power__MainsFor"] = "3s",
            }
        );
        await UntilAsync(
            ebb,
            () =>
                ebb.View.Plan is { Phase: Phase.Normal, Workloads.Count: 4 }
                && ebb.View.Plan.Workloads.All(w => w.Member.Workload is { RunsOn.Count: > 0 })
        );
        Assert.Empty(ebb.Path.Troubles);
        var plan = Readings.Plan(ebb.View, DurationHistory.Nothing, ebb.Settings.Power);
        Assert.Equal(["ups", "ups-b"], plan.FailingAlone.Select(alone => alone.Supply));
        Assert.Equal(["node-a"], plan.FailingAlone[0].Nodes);
        Assert.Equal(
            ["deployment shop/web", "deployment shop/files", "cluster shop/orders"],
            plan.FailingAlone[0].Asleep
        );
        var stays = Assert.Single(plan.FailingAlone[0].Running);
        Assert.Equal("deployment shop/api", stays.Workload);
        Assert.Empty(plan.FailingAlone[1].Asleep);
        List<string> table = [.. PlanTable.Of(plan)];
        Assert.Contains(
            "on the way up at most 20 start at once (10 for each ready node until a return has shown otherwise)",
            table
        );
        Assert.Equal(
            [
                ["ups", "asleep", "deployment shop/web", "no node that it may run on has power"],
                ["ups", "left running", "deployment shop/api", stays.Because],
            ],
            table
                .Where(line => line.StartsWith("ups ", StringComparison.Ordinal))
                .Select(line =>
                    line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                )
                .Where(cells => cells[2].EndsWith("/web", StringComparison.Ordinal) || cells[1] == "left running")
        );

        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => ebb.View.Plan is { Phase: Phase.Asleep, IsPartial: true });
        Assert.Equal([0, 0, 2], Sizes(world));
        Assert.Equal(
            plan.FailingAlone[0].Asleep.Order(),
            ebb.View.Plan.Workloads.Where(w => w.Phase == WorkloadPhase.Asleep).Select(w => $"{w.Member}").Order()
        );
        Assert.Equal(
            "on",
            (string?)
                world.Cluster.Store.Get("clusters.postgresql.cnpg.io", "shop", "orders")!["metadata"]!["annotations"]![
                    WellKnown.HibernationAnnotation
                ]
        );
        Assert.Equal(
            ["node-a"],
            world
                .Cluster.Store.List("baselines.ebb.dev")
                .SelectMany(baseline => (JsonArray)baseline["spec"]!["nodes"]!)
                .Select(node => (string)node!)
                .Distinct()
        );
        var left = ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.TargetName == "api");
        Assert.Equal($"left running: {stays.Because}", left.Reason);
        Assert.EndsWith("fed by ups-b", left.Reason, StringComparison.Ordinal);
        Assert.EndsWith(
            "nodes without power: node-a; left running: deployment shop/api",
            ebb.View.Plan.Reason,
            StringComparison.Ordinal
        );
        // Nothing is cordoned by itself.
        Assert.All(world.Cluster.Store.List("nodes"), node => Assert.Null(node["spec"]?["unschedulable"]));

        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Phase.Normal);
        Assert.Equal([2, 2, 2], Sizes(world));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    private static string Deployment(string name, string where, int priority) =>
        $$"""

            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: {{name}}, namespace: shop}
            spec:
              replicas: 2
              selector: {matchLabels: {app: "{{name}}" } }
              template:
                metadata: {labels: {app: "{{name}}" } }
                spec:
                  {{where}}
                  containers: [{name: c, image: example/web:1}]
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: deployment, name: {{name}}, shutdownPriority: {{priority}}, scaleUpPriority: 3}
            """;

    private static int[] Sizes(World world) =>
        [
            .. new[] { "web", "files", "api" }.Select(name =>
                (int)world.Cluster.Store.Get("deployments.apps", "shop", name)!["spec"]!["replicas"]!
            ),
        ];

    private static async Task UntilAsync(EbbProcess ebb, Func<bool> holds)
    {
        await ebb.StepAsync();
        for (var i = 0; i < 200 && !holds(); i++)
            await ebb.StepAsync();
        Assert.True(
            holds(),
            $"{ebb.View.Plan.Phase}: {ebb.View.Plan.Reason} "
                + string.Join("; ", ebb.View.Plan.Workloads.Select(w => $"{w.Member} {w.Phase} {w.Reason}"))
                + string.Join("; ", ebb.View.Cluster.Troubles)
        );
    }
}
