using System.Text.RegularExpressions;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Deploy;

/// <summary>
/// The waves of docs/homelab.md, from the manifests that it offers, in a cluster that has what they name.
/// </summary>
public sealed partial class HomelabSpecs
{
    private static readonly string[] OfCeph = ["operator", "mds", "osd", "mgr", "mon"];

    /// <summary>What such a cluster has, in the names and labels of its makers.</summary>
    private static readonly string Cluster = string.Concat(
        (string[])
            [
                """
                apiVersion: v1
                kind: Node
                metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1} }
                status:
                  capacity: {cpu: "16", memory: 64Gi, pods: "110"}
                  allocatable: {cpu: "16", memory: 64Gi, pods: "110"}
                ---

                """,
                .. new[] { "media", "apps", "harbor", "git", "rook-ceph" }.Select(Manifests.Namespace),
                Manifests.Workload("media", "jellyfin", 1),
                Manifests.Workload("apps", "wiki", 2),
                Manifests.Workload("apps", "queue", 1, "StatefulSet"),
                Manifests.Workload("apps", "mariadb-galera", 3, "StatefulSet"),
                """
                apiVersion: postgresql.cnpg.io/v1
                kind: Cluster
                metadata: {name: wiki-db, namespace: apps}
                spec: {instances: 2, storage: {size: 1Gi} }
                ---
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: report, namespace: apps}
                spec:
                  schedule: "0 3 * * *"
                  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: c}] } } } }
                ---

                """,
                Manifests.Workload("harbor", "harbor-core", 1),
                Manifests.Workload("harbor", "harbor-registry", 1),
                Manifests.Workload("harbor", "harbor-database", 1, "StatefulSet"),
                Manifests.Workload("git", "forgejo", 1),
                .. OfCeph.Select(part =>
                    Manifests
                        .Workload("rook-ceph", $"rook-ceph-{part}", 1)
                        .Replace(
                            "namespace: rook-ceph}",
                            $"namespace: rook-ceph, labels: {{app: rook-ceph-{part}}}}}",
                            StringComparison.Ordinal
                        )
                ),
            ]
    );

    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs/homelab.md"));

    [LongFact]
    public async Task Everything_sleeps_and_wakes_in_the_waves_that_the_page_tells()
    {
        await using var world = await World.StartAsync(
            string.Join(
                "\n---\n",
                Cluster,
                Text("deploy/examples/homelab/waves.yaml"),
                Text("deploy/examples/hooks/ceph-flags.yaml"),
                Text("deploy/components/hooks/hook-roles.yaml")
            )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Workloads.Count == 16);
        Assert.DoesNotContain(ebb.View.Plan.Workloads, one => one.Phase == WorkloadPhase.Refused);
        Assert.Equal(Told("sleeps"), Waves(ebb, member => member.DownPriority));
        Assert.Equal(Told("wakes"), Waves(ebb, member => member.UpPriority));

        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.View.Plan.Phase == Phase.Asleep, 600);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(
            ebb,
            () => ebb.View.Plan.Phase == Phase.Normal && world.Cluster.Store.Count("baselines.ebb.dev") == 0,
            600
        );
        Assert.Equal(3, world.Replicas("apps", "mariadb-galera", "statefulsets.apps"));
        Assert.DoesNotContain(ebb.View.Outage!.Workloads, one => one.Late);
    }

    /// <summary>Each wave with the namespaces that it is about, in order.</summary>
    private static List<string> Waves(EbbProcess ebb, Func<Member, int> place) =>
        [
            .. ebb
                .View.Plan.Workloads.Select(one => one.Member)
                .GroupBy(place)
                .OrderBy(wave => wave.Key)
                .Select(wave =>
                    $"{wave.Key} {string.Join(", ", wave.Select(Name).Distinct().Order(StringComparer.Ordinal))}"
                ),
        ];

    private static string Name(Member member) => member.Scaler.TargetName ?? member.Scaler.Ref.Name;

    private static IEnumerable<string> Told(string way) =>
        Row()
            .Matches(Page)
            .Where(row => row.Groups[1].Value == way)
            .Select(row => $"{row.Groups[2].Value} {Sorted(row.Groups[3].Value)}");

    private static string Sorted(string names) =>
        string.Join(", ", names.Replace("`", "", StringComparison.Ordinal).Split(", ").Order(StringComparer.Ordinal));

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"^\| (sleeps|wakes) (\d+) \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
