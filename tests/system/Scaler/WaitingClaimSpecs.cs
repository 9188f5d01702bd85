using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Capacity;
using Ebb.Simulation.Faults;
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

    [Fact]
    public async Task An_unbound_claim_is_taken_to_be_bound_where_its_pod_goes()
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested + Claim("storageClassName: local") + Waiting(Data) + Paused()
        );
        await GivesAsync(all, 0, "4");
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
