using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Hooks;

/// <summary>Gates between the waves, on the real wire.</summary>
public sealed class GateSpecs
{
    private const string Rook = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: cephclusters.ceph.rook.io}
        spec:
          group: ceph.rook.io
          scope: Namespaced
          names: {kind: CephCluster, listKind: CephClusterList, plural: cephclusters, singular: cephcluster}
          versions:
            - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} } }
        ---
        apiVersion: ceph.rook.io/v1
        kind: CephCluster
        metadata: {name: rook, namespace: shop}
        status: {conditions: [{type: Ready, status: "False", message: one mon is out of quorum}]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: ceph}
        rules: [{apiGroups: [ceph.rook.io], resources: [cephclusters], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: ceph}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ceph}
        subjects: [{kind: ServiceAccount, name: ebb-operator, namespace: ebb-system}]
        ---

        """;

    private const string Disk = """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data-store-0, namespace: shop}
        spec: {volumeName: pv-1}
        ---
        apiVersion: storage.k8s.io/v1
        kind: VolumeAttachment
        metadata: {name: csi-1}
        spec: {attacher: rbd, nodeName: node-1, source: {persistentVolumeName: pv-1} }
        ---
        apiVersion: storage.k8s.io/v1
        kind: VolumeAttachment
        metadata: {name: csi-2}
        spec: {attacher: rbd, nodeName: node-1, source: {persistentVolumeName: pv-of-another} }
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: store, namespace: shop}
        spec:
          replicas: 1
          serviceName: store
          selector: {matchLabels: {app: store} }
          template: {metadata: {labels: {app: store} }, spec: {containers: [{name: c, image: i}]} }
          volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]} }]
        ---

        """;

    private const string Slice = """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: hook-1, namespace: shop, labels: {kubernetes.io/service-name: hook} }
        addressType: IPv4
        endpoints: [{addresses: [10.0.0.1], conditions: {ready: READY} }]
        ---

        """;

    [Fact]
    public async Task The_waves_do_not_go_on_before_the_volumes_of_what_sleeps_are_detached()
    {
        await using var world = await World.StartAsync(Shop("statefulset", "store", "{volumesDetached: true}", Disk));
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => world.Replicas("shop", "store", "statefulsets.apps") == 0);
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        Assert.Equal(1, world.Replicas("shop", "db"));
        Assert.Contains(
            "waits at its gate: volumes are still attached: pv-1 on node-1",
            world.Reason("store"),
            StringComparison.Ordinal
        );
        world.Cluster.Store.Delete("volumeattachments.storage.k8s.io", null, "csi-1");
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep, 15);
    }

    [Fact]
    public async Task A_gate_that_never_opens_is_passed_at_its_deadline_and_told()
    {
        await using var world = await World.StartAsync(
            Shop("statefulset", "store", "{volumesDetached: true, deadline: 30s}", Disk)
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains(
            "its gate was passed after 30 s: volumes are still attached",
            world.Reason("store"),
            StringComparison.Ordinal
        );
        Assert.Contains(world.Cluster.Store.List("events"), e => (string?)e["reason"] == "GatePassed");
    }

    [LongTheory]
    [InlineData(
        "{condition: {apiVersion: ceph.rook.io/v1, kind: CephCluster, name: rook, type: Ready}, deadline: 10min}",
        "one mon is out of quorum"
    )]
    [InlineData("{endpointsReady: hook, deadline: 10min}", "Service shop/hook leads to no pod that is ready")]
    [InlineData("{nodesAtLeast: 2, deadline: 10min}", "1 of 2 nodes are ready and schedulable")]
    public async Task Nothing_is_woken_before_its_gate_is_open(string gate, string told)
    {
        await using var world = await World.StartAsync(
            Shop("deployment", "web", gate, Rook + Slice.Replace("READY", "false", StringComparison.Ordinal))
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(ebb, () => world.Replicas("shop", "db") == 1);
        for (var i = 0; i < 100; i++)
            await ebb.StepAsync();
        Assert.Equal(0, world.Replicas("shop", "web"));
        Assert.Contains("waits at its gate: ", world.Reason("web"), StringComparison.Ordinal);
        Assert.Contains(told, world.Reason("web"), StringComparison.Ordinal);
        await OpenAsync(world);
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0, 60);
        Assert.Equal(2, world.Replicas("shop", "web"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_known_and_waits_up_to_the_deadline()
    {
        await using var world = await World.StartAsync(
            Shop(
                "deployment",
                "web",
                "{condition: {apiVersion: v1, kind: Secret, name: a, type: Ready}, deadline: 60s}",
                ""
            )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(
            ebb,
            () => world.Reason("web").Contains("a right is missing", StringComparison.Ordinal)
        );
        Assert.Equal(0, world.Replicas("shop", "web"));
        await HookWorld.UntilAsync(ebb, () => world.Replicas("shop", "web") == 2, 90);
    }

    private static async Task OpenAsync(World world)
    {
        await world.Cluster.ApplyManifestAsync(
            Slice.Replace("READY", "true", StringComparison.Ordinal)
                + """
                apiVersion: v1
                kind: Node
                metadata: {name: node-2, labels: {kubernetes.io/hostname: node-2} }
                status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"} }
                """
        );
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: ceph.rook.io/v1
            kind: CephCluster
            metadata: {name: rook, namespace: shop}
            status: {conditions: [{type: Ready, status: "True"}]}
            """
        );
    }

    /// <summary>The gate stands at what sleeps first and wakes last; db is behind it.</summary>
    private static string Shop(string type, string name, string gate, string more) =>
        Manifests.Namespace("shop")
        + $$"""
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1} }
            status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"} }
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: {{type}}, name: {{name}}, shutdownPriority: 10, scaleUpPriority: 20, gates: [{{gate}}]}
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: db, namespace: shop}
            spec: {type: deployment, name: db, shutdownPriority: 20, scaleUpPriority: 10}
            ---
            {{more}}
            {{(type == "deployment" ? Manifests.Workload("shop", name, 2) : "")}}
            {{Manifests.Workload("shop", "db", 1)}}
            """
        + File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/hooks/hook-roles.yaml"));
}
