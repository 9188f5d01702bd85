using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Capacity;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;
using static Ebb.Tests.Scaler.ReplicaSpecs;

namespace Ebb.Tests.Scaler;

/// <summary>Pods that wait with claims: room is made where their volumes are, and for none that lacks one.</summary>
public sealed class WaitingClaimSpecs
{
    // Zone a is full of harvesters' pods, and in zone b there is room.
    private static readonly string Harvested =
        Node("n1", "16", labels: "zone: a")
        + Node("n2", "16", labels: "zone: b")
        + string.Concat(Enumerable.Range(0, 16).Select(i => Pod($"m{i}", "1", "suite", "nodeName: n1,")))
        + Miner();

    // No scheduler looks at it: whether it is bound is this test's alone.
    private static string Waiting(string spec) => Pod("db-0", "4", "db", $"schedulerName: none, {spec}");

    private const string Data = "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],";

    private const string Volume = """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: pv-data}
        spec: {nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}
        ---

        """;

    private static string Claim(string volume = "volumeName: pv-data", string name = "data") =>
        $$"""
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: {{name}}, namespace: shop}
            spec: {accessModes: [ReadWriteOnce], {{volume}} }
            ---

            """;

    private static Task GivesAsync(ScalerWorld all, int givenBack, string pending, string? notDemand = null) =>
        ShowsAsync(
            all,
            $"{givenBack} given back, {pending} pending, not demand: {notDemand}",
            shown =>
                shown["capacity"] is { } numbers
                && (int)numbers["givenBack"]! == givenBack
                && (string?)numbers["pending"] == pending
                && (
                    notDemand is null
                        ? numbers["notDemand"]!.AsArray().Count == 0
                        : numbers["notDemand"]!.AsArray() is [{ } told]
                            && (string?)told["pod"] == "shop/db-0"
                            && (string?)told["why"] == notDemand
                )
        );

    [Fact]
    public async Task Room_is_made_where_the_volume_is_and_not_where_there_is_some()
    {
        await using var all = await ScalerWorld.StartAsync(Harvested + Volume + Claim() + Waiting(Data) + Paused());
        await GivesAsync(all, 4, "4");
    }

    [Fact]
    public async Task The_claim_of_an_ephemeral_volume_is_named_after_its_pod()
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested
                + Volume
                + Claim(name: "db-0-d")
                + Waiting("volumes: [{name: d, ephemeral: {volumeClaimTemplate: {}}}],")
                + Paused()
        );
        await GivesAsync(all, 4, "4");
    }

    private static string Class(string mode, string provisioner, params string[] zones) =>
        $$"""
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: disks}
            provisioner: {{provisioner}}
            volumeBindingMode: {{mode}}
            allowedTopologies: [{{string.Join(
                ", ",
                zones.Select(zone => $"{{matchLabelExpressions: [{{key: zone, values: [{zone}]}}]}}")
            )}}]
            ---

            """;

    private const string Disks = "storageClassName: disks";

    private const string Local = "kubernetes.io/no-provisioner";

    public static TheoryData<string, string, int, string, string?> Unbound =>
        new()
        {
            // What is made goes where its pod does: where there is room, or where the class makes volumes.
            { Class("WaitForFirstConsumer", "csi"), Disks, 0, "4", null },
            { Class("WaitForFirstConsumer", "csi", "b"), Disks, 0, "4", null },
            { Class("WaitForFirstConsumer", "csi", "a"), Disks, 4, "4", null },
            { Class("WaitForFirstConsumer", "csi", "a", "b"), Disks, 0, "4", null },
            {
                Class("WaitForFirstConsumer", "csi", "c"),
                Disks,
                0,
                "0",
                "fits on no node that it may go to, not even on an empty one"
            },
            // No room helps before it is bound.
            {
                Class("Immediate", Local),
                Disks,
                0,
                "0",
                "PersistentVolumeClaim data has no volume yet, which StorageClass disks gives it at once"
            },
            { "", Disks, 0, "0", "StorageClass disks of PersistentVolumeClaim data does not exist" },
            {
                Class("WaitForFirstConsumer", "csi"),
                "storageClassName: \"\"",
                0,
                "0",
                "PersistentVolumeClaim data has no volume and names no StorageClass"
            },
            {
                Class("WaitForFirstConsumer", Local),
                Disks,
                0,
                "0",
                "no volume of StorageClass disks is free for PersistentVolumeClaim data"
            },
            // Whose a free one becomes depends on all that wait.
            {
                Class("WaitForFirstConsumer", Local) + Free,
                Disks,
                0,
                "0",
                "cannot count: PersistentVolumeClaim data, for which volumes of StorageClass disks are free"
            },
            {
                Class("WaitForFirstConsumer", "csi", "a") + Free,
                Disks,
                0,
                "0",
                "cannot count: PersistentVolumeClaim data, for which volumes of StorageClass disks are free"
            },
            { Class("WaitForFirstConsumer", "csi") + Free, Disks, 0, "4", null },
        };

    private const string Free = """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: pv-free}
        spec: {storageClassName: disks, accessModes: [ReadWriteMany]}
        ---

        """;

    [LongTheory]
    [MemberData(nameof(Unbound))]
    public async Task A_claim_without_a_volume_is_demand_where_its_class_makes_one(
        string storage,
        string spec,
        int givenBack,
        string pending,
        string? notDemand
    )
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested + storage + Claim(spec) + Waiting(Data) + Paused()
        );
        await GivesAsync(all, givenBack, pending, notDemand);
    }

    // Its volume is being made for that node; here nobody does, since the class makes none there.
    [Fact]
    public async Task A_claim_whose_node_is_chosen_binds_its_pod_to_it()
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested
                + Class("WaitForFirstConsumer", "csi", "b")
                + Claim(Disks)
                    .Replace(
                        "namespace: shop}",
                        "namespace: shop, annotations: {volume.kubernetes.io/selected-node: n1} }",
                        StringComparison.Ordinal
                    )
                + Waiting(Data)
                + Paused()
        );
        await GivesAsync(all, 4, "4");
    }

    [Fact]
    public async Task StorageClasses_that_cannot_be_read_are_told_once_a_claim_without_a_volume_waits()
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested + Class("WaitForFirstConsumer", "csi", "a") + Volume + Claim() + Waiting(Data) + Paused()
        );
        all.World.Cluster.Faults.Add(
            request => request.Path.EndsWith("/storageclasses", StringComparison.Ordinal),
            new Fault.ErrorStatus(403, Message: "no"),
            int.MaxValue
        );
        await GivesAsync(all, 4, "4");
        all.World.Cluster.Store.Delete("persistentvolumeclaims", "shop", "data");
        await all.World.Cluster.ApplyManifestAsync(Claim(Disks));
        await SaysAsync(all, "unknown", "where pods that wait may go is not known", "storageclasses");
        all.World.Cluster.Store.Delete("pods", "shop", "db-0");
        await GivesAsync(all, 0, "0");
    }

    [Fact]
    public async Task A_claim_that_does_not_exist_makes_no_demand_until_it_does()
    {
        await using var all = await ScalerWorld.StartAsync(Harvested + Waiting(Data) + Paused());
        await GivesAsync(all, 0, "0", "PersistentVolumeClaim data does not exist");
        await all.World.Cluster.ApplyManifestAsync(Claim());
        await GivesAsync(all, 0, "0", "PersistentVolume pv-data of PersistentVolumeClaim data does not exist");
        await all.World.Cluster.ApplyManifestAsync(Volume);
        await GivesAsync(all, 4, "4");
        all.World.Cluster.Store.Delete("persistentvolumeclaims", "shop", "data");
        await GivesAsync(all, 0, "0", "PersistentVolumeClaim data does not exist");
        all.World.Cluster.Store.Delete("pods", "shop", "db-0");
        await GivesAsync(all, 0, "0");
    }

    [Fact]
    public async Task A_pod_with_ResourceClaims_is_no_demand_and_is_named()
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested + Waiting("resourceClaims: [{name: gpu, resourceClaimTemplateName: one-gpu}],") + Paused()
        );
        await GivesAsync(all, 0, "0", "cannot count: resourceClaims (gpu)");
    }

    [Fact]
    public async Task Claims_that_cannot_be_read_are_told_and_nothing_is_guessed()
    {
        await using var all = await ScalerWorld.StartAsync(Harvested + Volume + Claim() + Paused());
        all.World.Cluster.Faults.Add(
            request => request.Path.EndsWith("/persistentvolumeclaims", StringComparison.Ordinal),
            new Fault.ErrorStatus(403, Message: "no"),
            int.MaxValue
        );
        await GivesAsync(all, 0, "0");
        await all.World.Cluster.ApplyManifestAsync(Waiting(Data));
        await SaysAsync(all, "unknown", "where pods that wait may go is not known", "persistentvolumeclaims");
        using var answer = await all.Http.GetAsync("/what-if?cpu=1", TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)answer.StatusCode);
        all.World.Cluster.Store.Delete("pods", "shop", "db-0");
        await GivesAsync(all, 0, "0");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("\"nodeName\": \"n1\",", 0)]
    public void Only_of_pods_that_wait_claims_are_read(string node, int claims)
    {
        var pod = JsonSerializer.Deserialize(
            $$$"""
            {"metadata": {"name": "db", "namespace": "shop"},
             "spec": {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}], {{{node}}}
               "resourceClaims": [{"name": "gpu"}], "containers": [{"name": "c"}]}}
            """,
            CapacityKindsJson.Default.CapacityPod
        )!;
        Assert.Equal((claims, claims == 0), (pod.Claims.Count, pod.Facts!.NotDemand is null));
    }
}
