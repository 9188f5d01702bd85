using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.ReplicaSpecs;

namespace Ebb.Tests.Scaler;

/// <summary>What the namespace of a target makes of its template, as the scaler reads it from the API server.</summary>
public sealed class NamespaceRuleSpecs
{
    private static string Quota(string spec, string name = "team") =>
        $$"""
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: {{name}}, namespace: shop}
            spec: { {{spec}} }
            ---

            """;

    private static string LimitRange(string item) =>
        $$"""
            apiVersion: v1
            kind: LimitRange
            metadata: {name: range, namespace: shop}
            spec: {limits: [{ {{item}} }]}
            ---

            """;

    private static string Volume(string claim, string mode, string zone) =>
        $$$$"""
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv-{{{{claim}}}} }
            spec: {nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [{{{{zone}}}}]}]}]}}}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: {{{{claim}}}}, namespace: shop}
            spec: {accessModes: [{{{{mode}}}}], volumeName: pv-{{{{claim}}}} }
            ---

            """;

    private const string Data = "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],";

    [LongTheory]
    [InlineData("hard: {requests.cpu: \"10\"}", 10)]
    [InlineData("hard: {cpu: \"10\", count/deployments.apps: \"1\", requests.storage: 1Gi}", 10)]
    [InlineData("hard: {pods: \"3\"}", 3)]
    [InlineData("hard: {requests.nvidia.com/gpu: \"3\"}", 32)]
    [InlineData("hard: {pods: \"3\"}, scopes: [BestEffort]", 32)]
    [InlineData("hard: {pods: \"3\"}, scopes: [NotBestEffort]", 3)]
    [InlineData("hard: {pods: \"3\"}, scopes: [Terminating]", 32)]
    [InlineData("hard: {pods: \"3\"}, scopes: [NotTerminating]", 3)]
    [InlineData("hard: {pods: \"3\"}, scopes: [NotTerminating, BestEffort]", 32)]
    public async Task A_ResourceQuota_caps_the_count(string spec, int fits)
    {
        await using var all = await ScalerWorld.StartAsync(Nodes + Quota(spec) + Miner() + Paused());
        await FitsAsync(all, fits);
    }

    [Theory]
    [InlineData("hard: {requests.cpu: \"100\", limits.cpu: \"32\"}", 4)]
    [InlineData("hard: {requests.cpu: \"12\", limits.cpu: \"320\"}", 3)]
    [InlineData("hard: {limits.memory: 64Gi}", 8)]
    [InlineData("hard: {pods: \"3\"}, scopes: [BestEffort]", 8)]
    [InlineData("hard: {pods: \"3\"}, scopes: [NotBestEffort]", 3)]
    public async Task Resources_of_the_pod_as_a_whole_count_and_none_is_asked_of_its_containers(string spec, int fits)
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes
                + Quota(spec)
                + Miner("resources: {requests: {cpu: \"4\"}, limits: {cpu: \"8\"}},")
                    .Replace(", resources: {requests: {cpu: \"1\"} }", "", StringComparison.Ordinal)
                + Paused()
        );
        await FitsAsync(all, fits);
    }

    [Fact]
    public async Task A_ResourceQuota_that_changes_is_followed()
    {
        await using var all = await ScalerWorld.StartAsync(Nodes + Quota("hard: {pods: \"3\"}") + Miner() + Paused());
        await FitsAsync(all, 3);
        all.World.Cluster.Store.Patch(
            "resourcequotas",
            "shop",
            "team",
            new()
            {
                ["spec"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["hard"] = new System.Text.Json.Nodes.JsonObject { ["pods"] = "7" },
                },
            }
        );
        await FitsAsync(all, 7);
    }

    [Theory]
    [InlineData(
        "hard: {pods: \"3\"}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [low]}]}",
        "cannot count: ",
        "team with the scope PriorityClass"
    )]
    [InlineData(
        "hard: {limits.memory: 3Gi}",
        "expected a limit of memory in container c",
        "since it bounds limits.memory"
    )]
    public async Task What_cannot_be_counted_or_would_be_refused_is_told(string spec, params string[] words)
    {
        await using var all = await ScalerWorld.StartAsync(Nodes + Quota(spec) + Miner() + Paused());
        await SaysAsync(all, "invalid", words);
    }

    [Fact]
    public async Task A_LimitRange_fills_in_memory_and_limits_which_a_quota_counts()
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes
                + LimitRange("type: Container, defaultRequest: {memory: 8Gi}, default: {memory: 16Gi}")
                + Quota("hard: {limits.memory: 160Gi}")
                + Miner()
                + Paused()
        );
        await FitsAsync(all, 10);
    }

    [Theory]
    [InlineData("max: {cpu: 500m}", "to be limited to at most 0.5")]
    [InlineData("default: {cpu: 500m}", "to be requested within the default limit of 0.5, found a request of 1")]
    public async Task A_LimitRange_that_refuses_the_template_is_told(string item, string words)
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes + LimitRange($"type: Container, {item}") + Miner() + Paused()
        );
        await SaysAsync(all, "invalid", $"LimitRange range: expected cpu of container c {words}");
    }

    [Fact]
    public async Task A_volume_that_several_nodes_may_have_binds_replicas_to_its_zone()
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes + Volume("data", "ReadWriteMany", "b") + Miner(Data) + Paused()
        );
        await FitsAsync(all, 16);
    }

    [LongTheory]
    [InlineData("topology.kubernetes.io/zone: a", 16)]
    [InlineData("topology.kubernetes.io/zone: a__b", 32)]
    [InlineData("topology.kubernetes.io/zone: c", 0)]
    [InlineData("failure-domain.beta.kubernetes.io/zone: b", 16)]
    [InlineData("topology.kubernetes.io/zone: a, topology.kubernetes.io/region: r", 16)]
    [InlineData("topology.kubernetes.io/zone: a, topology.kubernetes.io/region: q", 0)]
    [InlineData("topology.kubernetes.io/zone: c____d", 32)]
    [InlineData("zone: c", 32)]
    public async Task A_volume_whose_labels_name_zones_binds_replicas_to_them(string labels, int fits)
    {
        await using var all = await ScalerWorld.StartAsync(
            Manifests.Node("n1", "16", labels: "topology.kubernetes.io/zone: a, topology.kubernetes.io/region: r")
                + Manifests.Node("n2", "16", labels: "topology.kubernetes.io/zone: b, topology.kubernetes.io/region: r")
                + $$"""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-data, labels: { {{labels}} } }
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data, namespace: shop}
                spec: {accessModes: [ReadWriteMany], volumeName: pv-data}
                ---

                """
                + Miner(Data)
                + Paused()
        );
        await FitsAsync(all, fits);
    }

    [Fact]
    public async Task A_node_without_any_zone_takes_a_volume_of_one()
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes
                + """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-data, labels: {topology.kubernetes.io/zone: a}}
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data, namespace: shop}
                spec: {accessModes: [ReadWriteMany], volumeName: pv-data}
                ---

                """
                + Miner(Data)
                + Paused()
        );
        await FitsAsync(all, 32);
    }

    [Theory]
    [InlineData("ReadWriteOnce", "data", "PersistentVolumeClaim data, which one node has at a time")]
    [InlineData("ReadWriteMany", "other", "PersistentVolumeClaim data, which is not bound to a volume")]
    public async Task A_volume_that_does_not_say_where_replicas_go_is_refused_by_name(
        string mode,
        string claim,
        string words
    )
    {
        await using var all = await ScalerWorld.StartAsync(Nodes + Volume(claim, mode, "b") + Miner(Data) + Paused());
        await SaysAsync(all, "invalid", "cannot count: ", words);
    }

    [Fact]
    public async Task Claims_of_each_replica_s_own_are_refused_by_name()
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes
                + Miner()
                    .Replace("kind: Deployment", "kind: StatefulSet", StringComparison.Ordinal)
                    .Replace(
                        "replicas: 0",
                        "replicas: 0, volumeClaimTemplates: [{metadata: {name: own}}]".Replace(
                            ", ",
                            "\n  ",
                            StringComparison.Ordinal
                        ),
                        StringComparison.Ordinal
                    )
                + Paused().Replace("{name: miner }", "{name: miner, kind: StatefulSet }", StringComparison.Ordinal)
        );
        await SaysAsync(all, "invalid", "cannot count: volumeClaimTemplates (own)");
    }
}
