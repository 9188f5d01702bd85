using System.Text.Json.Nodes;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;

namespace Ebb.Tests.Building;

/// <summary>A cluster whose volumes come from one sort of storage, with somebody who uses them.</summary>
/// <param name="Place">The namespace of the storage.</param>
/// <param name="Operator">The name under which its operator writes.</param>
/// <param name="OperatorScalers">The UpsScalers of its operators.</param>
/// <param name="Down">What is put to sleep, in order, by the label <c>app</c>.</param>
/// <param name="Up">What is woken, in order.</param>
/// <param name="Chain">Pods, each of which needs the next: <c>namespace/selector</c>.</param>
/// <param name="Manifests">All of it.</param>
internal sealed record Storage(
    string Place,
    string Operator,
    string[] OperatorScalers,
    string[] Down,
    string[] Up,
    string[] Chain,
    string Manifests
)
{
    private static readonly string[] Kinds = ["deployments.apps", "statefulsets.apps"];

    private static readonly string Roles = Text("deploy/components/hooks/hook-roles.yaml");

    /// <summary>What was broken since the beginning; empty: nothing.</summary>
    public List<string> Broken { get; } = [];

    public static Storage Of(string kind) =>
        kind switch
        {
            "rook-ceph" => Rook,
            "longhorn" => Longhorn,
            _ => OpenEbs,
        };

    private static Storage Rook =>
        new(
            "rook-ceph",
            "rook",
            ["operator"],
            ["jellyfin", "operator", "ceph-flags", "mds", "osd", "mgr", "mon"],
            ["mon", "mgr", "osd", "mds", "operator", "ceph-flags", "jellyfin"],
            ["media/app=jellyfin", "rook-ceph/app=rook-ceph-osd", "rook-ceph/app=rook-ceph-mon"],
            Joined([
                BuildingManifests.Nodes,
                BuildingManifests.Ceph,
                BuildingManifests.Deployment("media", "jellyfin", 1, "rook-ceph app=rook-ceph-osd 2"),
                Documents("deploy/examples/homelab/waves.yaml", "media", "rook-ceph"),
                Text("deploy/examples/hooks/ceph-flags.yaml"),
                Roles,
            ])
        );

    private static Storage Longhorn =>
        new(
            "longhorn-system",
            "longhorn-manager",
            ["driver-deployer"],
            ["immich", "longhorn-driver-deployer", "csi"],
            ["csi", "longhorn-driver-deployer", "immich"],
            ["photos/of", "longhorn-system/app=csi-attacher"],
            Joined([
                BuildingManifests.Nodes,
                """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: longhorn-manager, namespace: longhorn-system}
                spec:
                  selector: {matchLabels: {app: longhorn-manager} }
                  template: {metadata: {labels: {app: longhorn-manager} }, spec: {containers: [{name: c, image: i}]} }
                """,
                """
                apiVersion: v1
                kind: Service
                metadata: {name: longhorn-backend, namespace: longhorn-system}
                spec: {selector: {app: longhorn-manager}, ports: [{port: 9500}]}
                """,
                BuildingManifests.Deployment(
                    "longhorn-system",
                    "longhorn-driver-deployer",
                    1,
                    annotations: "simulation.ebb.dev/manager: longhorn-manager, "
                        + "simulation.ebb.dev/keeps: \"app=csi-attacher, app=csi-provisioner\""
                ),
                Csi("csi-attacher", "simulation.ebb.dev/attaches: driver.longhorn.io"),
                Csi("csi-provisioner", ""),
                .. Client("photos", "immich", "driver.longhorn.io", ""),
                .. Client("photos", "immich-db", "driver.longhorn.io", "").Select(OfStatefulSet),
                Text("deploy/examples/storage/longhorn.yaml"),
                Roles,
            ])
        );

    private static Storage OpenEbs =>
        new(
            "openebs",
            "cspc-operator",
            ["cspc-operator", "cvc-operator"],
            ["library", "operators", "cstor-volume-manager", "cstor-pool"],
            ["cstor-pool", "cstor-volume-manager", "operators", "library"],
            ["books/app=library", "openebs/app=cstor-volume-manager", "openebs/app=cstor-pool"],
            Joined([
                BuildingManifests.Nodes,
                Keeper("cspc-operator", "app=cstor-pool"),
                Keeper("cvc-operator", "app=cstor-volume-manager"),
                .. "abc".Select(one =>
                    BuildingManifests.Deployment("openebs", $"cspc-disks-{one}", 1, app: "cstor-pool")
                ),
                BuildingManifests.Deployment(
                    "openebs",
                    "pvc-1-target",
                    1,
                    "app=cstor-pool 2",
                    app: "cstor-volume-manager"
                ),
                .. Client("books", "library", "cstor.csi.openebs.io", "openebs app=cstor-volume-manager")
                    .Select(OfStatefulSet),
                Text("deploy/examples/storage/openebs.yaml"),
                Roles,
            ])
        );

    /// <summary>What everything wants to be: its spec and its annotations.</summary>
    public IReadOnlyList<string> Picture(World world) =>
        [
            .. Kinds.SelectMany(kind =>
                world
                    .Cluster.Store.List(kind)
                    .Select(one =>
                        $"{one["metadata"]!["name"]} {Json.Sorted(one["spec"])} {Json.Sorted(one["metadata"]!["annotations"])}"
                    )
            ),
        ];

    /// <summary>What Ebb wrote to, by the label <c>app</c>; what it wrote one after the other is told once.</summary>
    public IReadOnlyList<string> Written(World world)
    {
        List<string> written = [];
        foreach (
            var request in world.Cluster.Requests.All.Where(request =>
                request.IsWrite && request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal)
            )
        )
            if (Target(world, request.Path) is { } target && target != written.LastOrDefault())
                written.Add(target);
        return written;
    }

    /// <summary>Nothing runs without what it needs, and no volume is left attached where nobody detaches it.</summary>
    public void Look(World world)
    {
        for (var i = 0; i + 1 < Chain.Length; i++)
            if (Ready(world, Chain[i]) is > 0 and var left && Ready(world, Chain[i + 1]) == 0)
                Broken.Add($"{world.Seconds:0}: {left} of {Chain[i]} run without {Chain[i + 1]}");
        if (Place == "longhorn-system" && Ready(world, Chain[^1]) == 0)
            Broken.AddRange(
                world
                    .Cluster.Store.List("volumeattachments.storage.k8s.io")
                    .Select(one => $"{world.Seconds:0}: {one["spec"]} is left attached")
            );
    }

    private static int Ready(World world, string of) =>
        world
            .Cluster.Store.List("pods", of.Split('/')[0], of.Split('/')[1])
            .Count(pod =>
                pod["status"]
                    ?["conditions"]?.AsArray()
                    .Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True") == true
            );

    private static string? Target(World world, string path)
    {
        var parts = path.Split('/');
        if (path.EndsWith("/jobs", StringComparison.Ordinal))
            return "ceph-flags";
        var at = Array.FindIndex(parts, part => part is "deployments" or "statefulsets");
        // There are UpsScalers of those names.
        if (at < 0 || parts[at - 2] != "namespaces")
            return null;
        var labels = world.Cluster.Store.Get($"{parts[at]}.apps", parts[at - 1], parts[at + 1])!["metadata"]![
            "labels"
        ]!;
        // Those of one wave are asked in no order.
        return (string)labels["app"]! switch
        {
            "cspc-operator" or "cvc-operator" => "operators",
            "immich-db" => "immich",
            ['c', 's', 'i', '-', ..] => "csi",
            var app => app.Replace("rook-ceph-", "", StringComparison.Ordinal),
        };
    }

    private static string Csi(string name, string annotations) =>
        BuildingManifests.Deployment(
            "longhorn-system",
            name,
            3,
            "app=longhorn-manager",
            annotations: $"simulation.ebb.dev/size: \"3\", {annotations}"
        );

    private static string Keeper(string name, string keeps) =>
        BuildingManifests.Deployment("openebs", name, 1, annotations: $"simulation.ebb.dev/keeps: {keeps}");

    /// <summary>A Deployment with a volume.</summary>
    private static IEnumerable<string> Client(string place, string name, string driver, string needs) =>
        [
            $$"""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv-{{name}} }
                spec: {csi: {driver: {{driver}}, volumeHandle: {{name}} } }
                """,
            $$"""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: {{name}}, namespace: {{place}} }
                spec: {volumeName: pv-{{name}} }
                """,
            BuildingManifests
                .Deployment(place, name, 1, needs)
                .Replace(
                    "spec: {containers",
                    $"spec: {{volumes: [{{name: v, persistentVolumeClaim: {{claimName: {name}}} }}], containers",
                    StringComparison.Ordinal
                ),
        ];

    private static string OfStatefulSet(string manifest) =>
        manifest
            .Replace("kind: Deployment", "kind: StatefulSet", StringComparison.Ordinal)
            .Replace("  replicas:", "  serviceName: s\n  replicas:", StringComparison.Ordinal);

    private static string Documents(string file, params string[] places) =>
        Joined(
            Yaml.Documents(Text(file))
                .Where(one => places.Contains((string?)one["metadata"]!["namespace"]))
                .Select(one => one.ToJsonString())
        );

    private static string Joined(IEnumerable<string> documents) => string.Join("\n---\n", documents);

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
