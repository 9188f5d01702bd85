using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Waves;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Hooks;

/// <summary>The examples are taken as they are.</summary>
public sealed class ExampleSpecs
{
    private static string Folder => Path.Combine(Repository.Root, "deploy/examples/hooks");

    public static TheoryData<string> Files =>
        [
            .. new[] { "hooks", "homelab", "storage" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Folder, "..", folder), "*.yaml"))
                .Select(file => Path.GetRelativePath(Folder, file))
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Ebb_finds_nothing_wrong_with_the_hooks_and_gates_of_an_example(string file)
    {
        foreach (var document in Yaml.Documents(File.ReadAllText(Path.Combine(Folder, file))))
        {
            if ((string?)document["kind"] != "UpsScaler")
                continue;
            var place = (string)document["metadata"]!["namespace"]!;
            if (document["spec"]!["hook"] is { } hook)
                Assert.Empty(HookReader.Read(Element(hook)).Faults);
            if (document["spec"]!["gates"] is { } gates)
                Assert.Empty(GateSpec.Read(Element(gates), place).Faults);
        }
    }

    [Fact]
    public void The_docs_name_each_example()
    {
        var docs = File.ReadAllText(Path.Combine(Repository.Root, "docs/hooks.md"));
        Assert.All(
            Directory.EnumerateFiles(Folder, "*.yaml"),
            file => Assert.Contains($"`{Path.GetFileName(file)}`", docs, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_flags_of_Ceph_are_set_before_its_wave_sleeps_and_unset_when_the_nodes_are_back()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("rook-ceph")
                + """
                apiVersion: v1
                kind: Node
                metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1} }
                status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"} }
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: osd, namespace: rook-ceph}
                spec: {type: deployment, name: osd, shutdownPriority: 60, scaleUpPriority: 20}
                ---

                """
                + Manifests.Workload("rook-ceph", "osd", 1)
                + File.ReadAllText(Path.Combine(Folder, "ceph-flags.yaml"))
                + "\n---\n"
                + File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/hooks/hook-roles.yaml"))
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => world.Jobs().Count == 1);
        Assert.Equal(1, world.Replicas("rook-ceph", "osd"));
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(ebb, () => world.Jobs().Count == 2);
        Assert.Equal(1, world.Replicas("rook-ceph", "osd"));
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
    }

    private static JsonElement Element(JsonNode node) => JsonDocument.Parse(node.ToJsonString()).RootElement.Clone();
}
