using Ebb.Tests.Harness;

namespace Ebb.Tests.Building;

/// <summary>
/// A cluster that carries everything itself: three nodes with Rook-Ceph for the volumes, databases, Harbor, and Flux,
/// whose Git server has its repositories on those volumes. The waves are those that deploy/examples ships.
/// </summary>
internal static class BuildingManifests
{
    /// <summary>What a pod with a volume waits for.</summary>
    private const string Volumes = "rook-ceph app=rook-ceph-osd 2";

    private static readonly string ByApps = Flux("kustomize", "flux-system", "apps");
    private static readonly string ByFlux = Flux("kustomize", "flux-system", "flux-system");
    private static readonly string ByHarbor = Flux("helm", "harbor", "harbor");
    private static readonly string ByRook = Flux("helm", "rook-ceph", "rook-ceph");

    public static string All { get; } =
        string.Join("\n---\n", [Nodes, Ceph, Services, GitOps, Apps, .. Shipped.Select(Text)]);

    private static string[] Shipped =>
        [
            "deploy/examples/homelab/waves.yaml",
            "deploy/examples/hooks/ceph-flags.yaml",
            "deploy/examples/hooks/last-wave.yaml",
            "deploy/components/hooks/hook-roles.yaml",
            "deploy/components/nodes/node-roles.yaml",
        ];

    public static string Nodes =>
        Joined(
            Enumerable
                .Range(1, 3)
                .Select(i =>
                    $$"""
                        apiVersion: v1
                        kind: Node
                        metadata: {name: node-{{i}}, labels: {kubernetes.io/hostname: node-{{i}}} }
                        status:
                          capacity: {cpu: "16", memory: 64Gi, pods: "110"}
                          allocatable: {cpu: "16", memory: 64Gi, pods: "110"}
                        """
                )
        );

    /// <summary>As Rook makes them; its operator goes through them in its own order and waits for the quorum.</summary>
    public static string Ceph =>
        Joined([
            Deployment(
                "rook-ceph",
                "rook-ceph-operator",
                1,
                labels: ByRook,
                annotations: "simulation.ebb.dev/manager: rook, simulation.ebb.dev/keeps: "
                    + "\"app=rook-ceph-mon 2, app=rook-ceph-mgr, app=rook-ceph-osd, app=rook-ceph-mds\""
            ),
            .. Daemons("mon", "abc", ""),
            .. Daemons("mgr", "a", "app=rook-ceph-mon 2"),
            .. Daemons("osd", "012", "app=rook-ceph-mon 2"),
            .. Daemons("mds", "ab", "app=rook-ceph-osd 2"),
        ]);

    private static string Services =>
        Joined([
            Deployment("harbor", "harbor-core", 1, "app=harbor-database", ByHarbor),
            Deployment("harbor", "harbor-registry", 1, Volumes, ByHarbor),
            Set("harbor", "harbor-database", 1, ByHarbor),
            Deployment("git", "forgejo", 1, Volumes, ByFlux),
            Deployment("cnpg-system", "cnpg-controller-manager", 1),
            Deployment("kube-system", "coredns", 2),
        ]);

    private static string GitOps =>
        Joined([
            Deployment("flux-system", "source-controller", 1, labels: ByFlux),
            Deployment("flux-system", "kustomize-controller", 1, labels: ByFlux),
            Deployment("flux-system", "helm-controller", 1, labels: ByFlux),
            Kustomization("flux-system", ""),
            Kustomization("apps", ByFlux),
            Release("harbor"),
            Release("rook-ceph"),
        ]);

    private static string Apps =>
        Joined([
            Deployment("media", "jellyfin", 1, Volumes, ByApps),
            Deployment("apps", "wiki", 2, "app=mariadb-galera 2", ByApps),
            Set("apps", "queue", 1, ByApps),
            Set("apps", "mariadb-galera", 3, ByApps),
            $$"""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: wiki-db, namespace: apps, labels: { {{ByApps}} }, annotations: {simulation.ebb.dev/needs: {{Volumes}}} }
            spec: {instances: 2, storage: {size: 1Gi} }
            """,
            $$"""
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: report, namespace: apps, labels: { {{ByApps}} } }
            spec:
              schedule: "0 3 * * *"
              jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: c}] } } } }
            """,
        ]);

    private static IEnumerable<string> Daemons(string kind, string names, string needs) =>
        names.Select(name => Deployment("rook-ceph", $"rook-ceph-{kind}-{name}", 1, needs, app: $"rook-ceph-{kind}"));

    private static string Flux(string kind, string place, string name) =>
        $"{kind}.toolkit.fluxcd.io/name: {name}, {kind}.toolkit.fluxcd.io/namespace: {place}";

    private static string Kustomization(string name, string labels) =>
        $$"""
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: {{name}}, namespace: flux-system, labels: { {{labels}} } }
            spec: {interval: 10m, path: ./{{name}}, prune: true, sourceRef: {kind: GitRepository, name: fleet} }
            """;

    private static string Release(string name) =>
        $$"""
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: {{name}}, namespace: {{name}}, labels: { {{ByFlux}} } }
            spec:
              suspend: false
              interval: 10m
              chart: {spec: {chart: {{name}}, sourceRef: {kind: GitRepository, name: fleet} } }
            """;

    public static string Deployment(
        string place,
        string name,
        int replicas,
        string needs = "",
        string labels = "",
        string annotations = "",
        string? app = null
    ) =>
        $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {{name}}
              namespace: {{place}}
              labels: {app: {{app ?? name}}, {{labels}} }
              annotations: { {{annotations}} }
            spec:
              replicas: {{replicas}}
              selector: {matchLabels: {of: {{name}} } }
              template:
                metadata:
                  labels: {app: {{app ?? name}}, of: {{name}} }
                  annotations: {simulation.ebb.dev/needs: "{{needs}}"}
                spec: {containers: [{name: c, image: example/{{name}}:1}]}
            """;

    private static string Set(string place, string name, int replicas, string labels) =>
        Deployment(place, name, replicas, Volumes, labels)
            .Replace("kind: Deployment", "kind: StatefulSet", StringComparison.Ordinal)
            .Replace("spec:\n  replicas", $"spec:\n  serviceName: {name}\n  replicas", StringComparison.Ordinal);

    private static string Joined(IEnumerable<string> documents) => string.Join("\n---\n", documents);

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
