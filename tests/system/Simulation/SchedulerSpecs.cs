using System.Text.Json.Nodes;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Simulation;

/// <summary>The simulated scheduler is no friendlier than the real one.</summary>
public sealed class SchedulerSpecs
{
    private static string Pod(string name, string spec, string cpu = "1", string labels = "app: x") =>
        $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}}, namespace: shop, labels: { {{labels}} } }
            spec: { {{spec}} containers: [{name: c, image: x, resources: {requests: {cpu: "{{cpu}}"} } }] }
            ---

            """;

    private static string PriorityClass(string name, int value) =>
        $$"""
            apiVersion: scheduling.k8s.io/v1
            kind: PriorityClass
            metadata: {name: {{name}} }
            value: {{value}}
            ---

            """;

    private static async Task<SimulatedCluster> StartAsync(string manifests)
    {
        var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = SimulationClock.ByHand(World.Start), World = "" },
            TestContext.Current.CancellationToken
        );
        await cluster.ApplyManifestAsync(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
                + Node("n1", "4", labels: "zone: a")
                + Node("n2", "4", labels: "zone: b")
                + manifests
        );
        return cluster;
    }

    private static int Placed(SimulatedCluster cluster) =>
        cluster.Store.List("pods", "shop").Count(pod => pod["spec"]!["nodeName"] is not null);

    private const string Apart =
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: x} } }]} },";

    [Theory]
    [InlineData("", 3)]
    [InlineData("schedulerName: other,", 0)]
    [InlineData("schedulingGates: [{name: wait}],", 0)]
    [InlineData("runtimeClassName: kata,", 2)]
    [InlineData("resources: {requests: {cpu: \"3\"} },", 2)]
    [InlineData(
        "initContainers: [{name: s, image: x, restartPolicy: Always, resources: {requests: {cpu: \"2\"} } }],",
        2
    )]
    [InlineData("initContainers: [{name: s, image: x, resources: {requests: {cpu: \"3\"} } }],", 2)]
    [InlineData(Apart, 2)]
    [InlineData(
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3, labelSelector: {matchLabels: {app: x} } }],",
        2
    )]
    [InlineData("nodeSelector: {zone: a}, hostNetwork: true,", 3)]
    public async Task Three_pods_alike_are_placed_as_far_as_they_may(string spec, int placed)
    {
        const string Kata = """
            apiVersion: node.k8s.io/v1
            kind: RuntimeClass
            metadata: {name: kata}
            handler: kata
            overhead: {podFixed: {cpu: "2"}}
            ---

            """;
        await using var cluster = await StartAsync(Kata + Pod("a", spec) + Pod("b", spec) + Pod("c", spec));
        Assert.Equal(placed, Placed(cluster));
    }

    private static string Class(string mode, string provisioner, string zone) =>
        $$"""
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: disks}
            provisioner: {{provisioner}}
            volumeBindingMode: {{mode}}
            allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [{{zone}}]}]}]
            ---

            """;

    private static string Claim(string spec, string name = "data") =>
        $$"""
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: {{name}}, namespace: shop}
            spec: {accessModes: [ReadWriteOnce], {{spec}} }
            ---

            """;

    private static string Volume(string spec) =>
        $$"""
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv}
            spec: {accessModes: [ReadWriteOnce], {{spec}} nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [b]}]}]} } }
            ---

            """;

    private const string Local = "kubernetes.io/no-provisioner";

    public static TheoryData<string, string?, string> Volumes =>
        new()
        {
            { "", null, "persistentvolumeclaim \"data\" not found" },
            { Claim(""), "n1", "" },
            { Volume("") + Claim("volumeName: pv"), "n2", "" },
            { Claim("volumeName: pv"), null, "non-existent pv(s)" },
            { Claim("storageClassName: disks"), null, "pod has unbound immediate PersistentVolumeClaims" },
            { Class("Immediate", Local, "b") + Claim("storageClassName: disks"), null, "unbound immediate" },
            // Made at once, where the class makes them.
            { Class("Immediate", "csi", "b") + Claim("storageClassName: disks"), "n2", "" },
            { Class("WaitForFirstConsumer", "csi", "b") + Claim("storageClassName: disks"), "n2", "" },
            {
                Class("WaitForFirstConsumer", "csi", "c") + Claim("storageClassName: disks"),
                null,
                "node(s) didn't find available persistent volumes to bind"
            },
            {
                Class("WaitForFirstConsumer", Local, "a") + Claim("storageClassName: disks"),
                null,
                "node(s) didn't find available persistent volumes to bind"
            },
            {
                Class("WaitForFirstConsumer", Local, "a")
                    + Volume("storageClassName: disks,")
                    + Claim("storageClassName: disks"),
                "n2",
                ""
            },
        };

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task A_pod_goes_where_its_claim_has_a_volume_or_may_get_one(string storage, string? node, string why)
    {
        await using var cluster = await StartAsync(
            storage + Pod("a", "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],")
        );
        var pod = cluster.Store.Get("pods", "shop", "a")!;
        Assert.Equal(node, (string?)pod["spec"]!["nodeName"]);
        Assert.Contains(
            why,
            (string?)
                pod["status"]!["conditions"]!.AsArray().Single(one => (string?)one!["type"] == "PodScheduled")![
                    "message"
                ]
                ?? "",
            StringComparison.Ordinal
        );
        if (node is not null && storage.Contains("disks", StringComparison.Ordinal))
            Assert.Equal(
                "Bound",
                (string?)cluster.Store.Get("persistentvolumeclaims", "shop", "data")!["status"]!["phase"]
            );
    }

    [Fact]
    public async Task An_ephemeral_volume_has_a_claim_of_its_pod_s_own_and_goes_with_it()
    {
        await using var cluster = await StartAsync(
            Class("WaitForFirstConsumer", "csi", "b")
                + Pod(
                    "a",
                    "volumes: [{name: d, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], storageClassName: disks}}}}],"
                )
        );
        Assert.Equal("n2", (string?)cluster.Store.Get("pods", "shop", "a")!["spec"]!["nodeName"]);
        var claim = cluster.Store.Get("persistentvolumeclaims", "shop", "a-d")!;
        Assert.NotNull(cluster.Store.Get("persistentvolumes", "", (string)claim["spec"]!["volumeName"]!));
        cluster.Store.Delete("pods", "shop", "a");
        cluster.Clock.Advance(TimeSpan.FromMinutes(1));
        cluster.Step();
        Assert.Null(cluster.Store.Get("persistentvolumeclaims", "shop", "a-d"));
        Assert.Empty(cluster.Store.List("persistentvolumes", ""));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("tolerations: [{key: node.kubernetes.io/unschedulable, operator: Exists, effect: NoSchedule}],", 1)]
    [InlineData("tolerations: [{operator: Exists}],", 1)]
    [InlineData("tolerations: [{key: other, operator: Exists}],", 0)]
    public async Task A_cordoned_node_takes_only_what_tolerates_that(string spec, int placed)
    {
        await using var cluster = await StartAsync("");
        foreach (var node in new[] { "n1", "n2" })
            cluster.Store.Patch(
                "nodes",
                null,
                node,
                new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = true } }
            );
        await cluster.ApplyManifestAsync(Pod("a", spec));
        cluster.Step();
        Assert.Equal(placed, Placed(cluster));
    }

    [Fact]
    public async Task A_pod_that_fits_nowhere_evicts_those_of_the_lowest_priority_unless_it_never_does()
    {
        await using var cluster = await StartAsync(
            PriorityClass("low", -100)
                + PriorityClass("lower", -200)
                + Pod("a", "priorityClassName: low, nodeName: n1, terminationGracePeriodSeconds: 0,", "4")
                + Pod("b", "priorityClassName: lower, nodeName: n2, terminationGracePeriodSeconds: 0,", "4")
                + Pod("c", "preemptionPolicy: Never,", "4")
        );
        Assert.NotNull(cluster.Store.Get("pods", "shop", "b"));
        await cluster.ApplyManifestAsync(Pod("d", "", "4"));
        await Ebb.Tests.Scaler.ScalerWorld.UntilAsync(
            () =>
                cluster.Store.Get("pods", "shop", "b")?["metadata"]?["deletionTimestamp"] is not null
                || cluster.Store.Get("pods", "shop", "b") is null,
            "b is evicted"
        );
        Assert.Null(cluster.Store.Get("pods", "shop", "a")!["metadata"]!["deletionTimestamp"]);
    }

    [Fact]
    public async Task A_quota_stops_a_ReplicaSet_and_a_LimitRange_fills_in()
    {
        await using var cluster = await StartAsync(
            """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: q, namespace: shop}
            spec: {hard: {pods: "2"}}
            ---
            apiVersion: v1
            kind: LimitRange
            metadata: {name: l, namespace: shop}
            spec: {limits: [{type: Container, default: {memory: 1Gi}}]}
            ---

            """ + Deployment("web", 5)
        );
        var pods = cluster.Store.List("pods", "shop").ToList();
        Assert.Equal(2, pods.Count);
        Assert.All(
            pods,
            pod => Assert.Equal("1Gi", (string?)pod["spec"]!["containers"]![0]!["resources"]!["requests"]!["memory"])
        );
    }
}
