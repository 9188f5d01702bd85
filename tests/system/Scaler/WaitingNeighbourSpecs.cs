using System.Text.Json;
using Ebb.Kubernetes.Capacity;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;
using static Ebb.Tests.Scaler.ReplicaSpecs;

namespace Ebb.Tests.Scaler;

/// <summary>Pods that wait and look at other pods: room is made where they can use it, else they are named.</summary>
public sealed class WaitingNeighbourSpecs
{
    private static string Affinity(string kind, string more) =>
        $$"""affinity: {{{kind}}: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: db} }, {{more}} }]} },""";

    private const string ByHost = "topologyKey: kubernetes.io/hostname";

    // Full of paying pods, and full of harvesters' pods.
    private static readonly string Harvested =
        Node("n1", "16")
        + Node("n2", "16")
        + Pod("db-0", "16", "db", "nodeName: n1,")
        + string.Concat(Enumerable.Range(0, 16).Select(i => Pod($"m{i}", "1", "suite", "nodeName: n2,")))
        + Miner();

    private static Task GivesAsync(ScalerWorld all, int givenBack, string? notDemand) =>
        ShowsAsync(
            all,
            $"{givenBack} given back, not demand: {notDemand}",
            shown =>
                shown["capacity"] is { } numbers
                && (int)numbers["givenBack"]! == givenBack
                && (string?)numbers["notDemand"]!.AsArray().FirstOrDefault()?["why"] == notDemand
        );

    [LongTheory]
    [InlineData("podAffinity", ByHost, 0, "fits on no node that it may go to, not even without harvesters")]
    [InlineData("podAntiAffinity", ByHost, 4, null)]
    [InlineData("podAffinity", "topologyKey: zone", 0, "cannot count: affinity.podAffinity by zone")]
    [InlineData("podAntiAffinity", "topologyKey: zone", 0, "cannot count: affinity.podAntiAffinity by zone")]
    [InlineData(
        "podAffinity",
        ByHost + ", namespaceSelector: {matchLabels: {a: b} }",
        0,
        "cannot count: affinity.podAffinity with a namespaceSelector"
    )]
    [InlineData(
        "podAffinity",
        ByHost + ", matchLabelKeys: [pod-template-hash]",
        0,
        "cannot count: affinity.podAffinity with matchLabelKeys or mismatchLabelKeys"
    )]
    public async Task A_pod_that_waits_with_an_affinity(string kind, string more, int givenBack, string? notDemand)
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested + Pod("web", "4", "web", $"schedulerName: none, {Affinity(kind, more)}") + Paused()
        );
        await GivesAsync(all, givenBack, notDemand);
    }

    [LongTheory]
    [InlineData("DoNotSchedule", 0, "cannot count: topologySpreadConstraints with DoNotSchedule")]
    [InlineData("ScheduleAnyway", 4, null)]
    public async Task A_pod_that_waits_and_is_spread(string otherwise, int givenBack, string? notDemand)
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested
                + Pod(
                    "web",
                    "4",
                    "web",
                    $$"""schedulerName: none, topologySpreadConstraints: [{maxSkew: 1, {{ByHost}}, whenUnsatisfiable: {{otherwise}} }],"""
                )
                + Paused()
        );
        await GivesAsync(all, givenBack, notDemand);
    }

    [Fact]
    public async Task A_pod_that_another_one_repels_from_the_only_node_with_harvesters()
    {
        await using var all = await ScalerWorld.StartAsync(
            Harvested + Pod("db-1", "4", "db", "schedulerName: none,") + Paused()
        );
        await GivesAsync(all, 4, null);
        all.World.Cluster.Store.Delete("pods", "shop", "m0");
        await all.World.Cluster.ApplyManifestAsync(
            Pod("alone", "1", "alone", $"nodeName: n2, {Affinity("podAntiAffinity", ByHost)}")
        );
        await GivesAsync(all, 0, "fits on no node that it may go to, not even without harvesters");
    }

    [Theory]
    [InlineData("", 1, false)]
    [InlineData("\"nodeName\": \"n1\",", 0, true)]
    public void Only_of_pods_that_wait_it_is_read(string node, int attracts, bool isDemand)
    {
        var pod = JsonSerializer.Deserialize(
            $$$"""
            {"metadata": {"name": "db", "namespace": "shop"},
             "spec": {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
               {"topologyKey": "kubernetes.io/hostname", "labelSelector": {}}]}}, {{{node}}}
               "topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 1}], "containers": [{"name": "c"}]}}
            """,
            CapacityKindsJson.Default.CapacityPod
        )!;
        Assert.Equal((attracts, isDemand), (pod.Facts!.Attracts.Count, pod.Facts.NotDemand is null));
    }
}
