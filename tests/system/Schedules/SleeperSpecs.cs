using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using NodaTime;
using static Ebb.Tests.Schedules.Manifests;

namespace Ebb.Tests.Schedules;

/// <summary>Kinds that are asleep or not, and kinds that Ebb knows by their scale alone, by the clock.</summary>
public sealed class SleeperSpecs
{
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 20, 0);
    private static readonly Instant Ends = Instant.FromUtc(2026, 1, 16, 6, 0);

    private const string Night = "type: Daily\nstartTime: \"20:00\"\nendTime: \"06:00\"\nmaxReplicas: 0";

    private static string Definition(string group, string kind, string plural, string subresources, string spec) =>
        $$$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{{plural}}}.{{{group}}}}
            spec:
              group: {{{group}}}
              scope: Namespaced
              names: {kind: {{{kind}}}, listKind: {{{kind}}}List, plural: {{{plural}}}, singular: {{{kind.ToLowerInvariant()}}}}
              versions:
                - name: v1
                  served: true
                  storage: true
                  subresources: {{{subresources}}}
                  schema:
                    openAPIV3Schema:
                      type: object
                      properties:
                        spec: {type: object, properties: {{{spec}}}}
                        status: {type: object, x-kubernetes-preserve-unknown-fields: true}
            ---

            """;

    private static readonly string Machines =
        Definition(
            "kubevirt.io",
            "VirtualMachine",
            "virtualmachines",
            "{}",
            "{running: {type: boolean}, runStrategy: {type: string}}"
        )
        + """
            apiVersion: kubevirt.io/v1
            kind: VirtualMachine
            metadata: {name: billing, namespace: shop}
            spec: {running: true}
            ---

            """
        + ShippedMethods.Manifests("kubevirt-virtualmachine")
        + "\n---\n";

    private static readonly string Rollouts =
        Definition(
            "rolls.example",
            "Rollout",
            "rollouts",
            "{scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}",
            "{replicas: {type: integer}}"
        )
        + """
            apiVersion: rolls.example/v1
            kind: Rollout
            metadata: {name: canary, namespace: shop}
            spec: {replicas: 4}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: rolls}
            rules:
              - {apiGroups: [rolls.example], resources: [rollouts], verbs: [get, list, watch]}
              - {apiGroups: [rolls.example], resources: [rollouts/scale], verbs: [get, patch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: rolls}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: rolls}
            subjects: [{kind: ServiceAccount, name: ebb-operator, namespace: ebb-system}]
            ---

            """;

    private static string CronJob(string name, string more = "") =>
        $$$"""
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: {{{name}}}, namespace: shop, labels: {tier: batch}}
            spec:
              schedule: "0 3 1 1 *"
              {{{more}}}
              jobTemplate:
                spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: main}]} } }
            ---

            """;

    private const string Database = """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: orders, namespace: shop}
        spec: {instances: 2, storage: {size: 1Gi}}
        ---

        """;

    private static string Asks(string name, string target, string spec = Night) =>
        $"apiVersion: autoscaling.d-kuro.github.io/v1\nkind: Schedule\nmetadata: {{name: {name}, namespace: shop}}\n"
        + $"spec:\n  scaleTargetRef: {{{target}}}\n  {spec.Replace("\n", "\n  ", StringComparison.Ordinal)}\n---\n";

    [Fact]
    public async Task Each_kind_sleeps_in_the_window_in_its_own_way_and_is_what_it_was_afterwards_also_over_a_restart()
    {
        await using var world = await World.StartAsync(
            Namespace("shop")
                + Machines
                + Rollouts
                + CronJob("report")
                + CronJob("parked", "suspend: true")
                + Database
                + Asks("report", "kind: CronJob, name: report")
                + Asks("parked", "apiVersion: batch/v1, kind: CronJob, name: parked")
                + Asks("orders", "kind: Cluster, name: orders")
                + Asks("billing", "apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: billing")
                + Asks("canary", "apiVersion: rolls.example/v1, kind: Rollout, name: canary")
        );
        var before = Picture(world);
        await using (var clock = ClockProcess.Start(world))
        {
            await clock.TurnAsync();
            Assert.Equal(before, Picture(world));
            await clock.AtAsync(Begins);
            Assert.Equal(
                "report: suspend True; parked: suspend True; orders: on; billing: {runStrategy:\"Halted\"}; canary: 0",
                Picture(world)
            );
            Assert.All(
                ["report", "parked", "orders", "billing", "canary"],
                name => Assert.Equal("Progressing", world.Condition("shop", name))
            );
            world.Cluster.Requests.Clear();
            await clock.StepAsync(Duration.FromMinutes(1));
            Assert.Empty(world.Writes());
        }
        await using var next = ClockProcess.Start(world);
        await next.AtAsync(Ends);
        Assert.Equal(before, Picture(world));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task By_label_and_the_smallest_min_above_zero_of_another_Schedule_keeps_it_awake()
    {
        await using var world = await World.StartAsync(
            Namespace("shop")
                + CronJob("report")
                + CronJob("busy")
                + Asks("night", "kind: CronJob, selector: {matchLabels: {tier: batch}}")
                + Asks("late", "kind: CronJob, name: busy", Night.Replace("maxReplicas: 0", "maxReplicas: 1"))
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal((true, false), (Suspended(world, "report"), Suspended(world, "busy")));
        Assert.Equal(2, (int?)world.Status(SchedulesResource, "shop", "night")!["selected"]);
        world.Cluster.Store.Delete(SchedulesResource, "shop", "night");
        await clock.StepAsync(Duration.FromSeconds(30));
        Assert.False(Suspended(world, "report"));
    }

    [Fact]
    public async Task What_cannot_sleep_is_told_in_the_status_and_the_others_follow()
    {
        await using var world = await World.StartAsync(
            Namespace("shop")
                + Machines
                + CronJob("report")
                + Workload("shop", "web", 1)
                + Asks("report", "kind: CronJob, name: report")
                + Asks("missing", "kind: CronJob, name: missing")
                + Asks("unserved", "apiVersion: a.example/v1, kind: Thing, name: x")
                + Asks("scaleless", "apiVersion: v1, kind: ConfigMap, name: x")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.True(Suspended(world, "report"));
        Assert.Equal("CronJob shop/missing does not exist", Message(world, "missing"));
        Assert.Contains("a.example/v1 is not served", Message(world, "unserved"), StringComparison.Ordinal);
        Assert.Contains("it has no scale subresource", Message(world, "scaleless"), StringComparison.Ordinal);
        Assert.All(
            ["missing", "unserved", "scaleless"],
            name => Assert.Equal("Degraded", world.Condition("shop", name))
        );
    }

    [Theory]
    [InlineData("ScaledObject", "name that in spec.scaleTargetRef")]
    [InlineData("PodAutoscaler", "belongs to PodAutoscaler x, which sets its bounds")]
    public async Task An_HPA_that_another_object_owns_is_refused_with_the_owner_and_left_alone(
        string owner,
        string told
    )
    {
        await using var world = await World.StartAsync(
            Namespace("shop")
                + Workload("shop", "x", 2)
                + Hpa("shop", "keda-hpa-x", 2, 5)
                    .Replace("kind: Deployment, name: keda-hpa-x", "kind: Deployment, name: x")
                + Asks(
                    "day",
                    "kind: HorizontalPodAutoscaler, name: keda-hpa-x",
                    Night.Replace("max", "min").Replace(": 0", ": 4")
                )
        );
        world.Cluster.Store.Patch(
            Hpas,
            "shop",
            "keda-hpa-x",
            JsonNode
                .Parse(
                    $$"""
                    {"metadata":{"ownerReferences":[
                      {"apiVersion":"some.example/v1","kind":"{{owner}}","name":"x","uid":"u-1","controller":true}]} }
                    """
                )!
                .AsObject()
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal((2, 5), world.Bounds("shop", "keda-hpa-x"));
        Assert.Equal("Degraded", world.Condition("shop", "day"));
        Assert.Contains(told, Message(world, "day"), StringComparison.Ordinal);
        Assert.Contains($"{owner} x", Message(world, "day"), StringComparison.Ordinal);
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    private static string Message(World world, string name) =>
        (string?)world.Status(SchedulesResource, "shop", name)?["message"] ?? "";

    private static bool? Suspended(World world, string name) =>
        (bool?)world.Cluster.Store.Get("cronjobs.batch", "shop", name)!["spec"]!["suspend"];

    private static string Picture(World world)
    {
        var store = world.Cluster.Store;
        var database = store.Get("clusters.postgresql.cnpg.io", "shop", "orders")!["metadata"]!["annotations"];
        return $"report: suspend {Suspended(world, "report")}; parked: suspend {Suspended(world, "parked")}; "
            + $"orders: {(string?)database?["cnpg.io/hibernation"]}; "
            + $"billing: {Json.Sorted(store.Get("virtualmachines.kubevirt.io", "shop", "billing")!["spec"]!)}; "
            + $"canary: {world.Replicas("shop", "canary", "rollouts.rolls.example")}";
    }
}
