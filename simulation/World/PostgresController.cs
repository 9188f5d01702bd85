using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// CloudNativePG: a Cluster is a primary and replicas. Hibernation deletes the primary, then the replicas, and only
/// then says so in a condition; taking the annotation away brings them back one after another.
/// </summary>
internal sealed class PostgresController : Controller
{
    public const string ClusterResource = "clusters.postgresql.cnpg.io";
    private const string Hibernation = "cnpg.io/hibernation";

    private ApiResource? Type => Registry.Catalogue.ByName(ClusterResource);

    protected override string Manager => "cloudnative-pg";

    public override void Observe(Change change)
    {
        if (change.Type.Qualified == ClusterResource)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PodResource.Type && OwnerKey(change.New.Tree, "Cluster") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Type is not { } type || Find(type, key) is not { } cluster || cluster.Tree.IsTerminating())
        {
            return;
        }

        if (cluster.Tree.Annotation(Hibernation) == "on")
        {
            Sleep(type, cluster);
        }
        else
        {
            Run(type, cluster, tree => tree.RemoveCondition(Hibernation));
        }
    }

    private void Sleep(ApiResource type, StoredObject cluster)
    {
        var pods = Pods(cluster);
        if (pods.Count == 0)
        {
            Report(
                type,
                cluster,
                "Cluster in healthy state",
                tree => tree.SetCondition(Hibernation, "True", "Hibernated", "Cluster has been hibernated", Now)
            );
            return;
        }

        var healthy =
            cluster.Tree.Text("status", "phase") == "Cluster in healthy state"
            && cluster.Tree.Annotation(SimulationAnnotations.NeverHealthy) != "true";
        var begun = cluster.Tree.Condition(Hibernation)?.Text("reason") is "DeletingPods" or "WaitingPodsDeletion";
        if (!healthy && !begun)
        {
            // It goes on becoming healthy meanwhile, unless it never does.
            if (cluster.Tree.Annotation(SimulationAnnotations.NeverHealthy) == "true")
            {
                Report(type, cluster, cluster.Tree.Text("status", "phase") ?? "Setting up primary", WaitForHealthy);
            }
            else
            {
                Run(type, cluster, WaitForHealthy);
            }

            return;
        }

        // One at a time, the primary first, so that no replica is promoted.
        var waiting = pods.Any(p => p.Tree.IsTerminating());
        if (!waiting)
        {
            var next = pods.FirstOrDefault(p => p.Tree.Label("cnpg.io/instanceRole") == "primary") ?? pods[0];
            Delete(PodResource.Type, next);
        }

        Report(
            type,
            cluster,
            "Cluster in healthy state",
            tree =>
                tree.SetCondition(
                    Hibernation,
                    "False",
                    waiting ? "WaitingPodsDeletion" : "DeletingPods",
                    waiting ? "Hibernation is waiting for Pods to be deleted" : "Hibernation is in progress",
                    Now
                )
        );
    }

    private void WaitForHealthy(JsonObject tree) =>
        tree.SetCondition(
            Hibernation,
            "False",
            "WaitingForHealthy",
            "Hibernation is waiting for the cluster to be healthy",
            Now
        );

    private void Run(ApiResource type, StoredObject cluster, Action<JsonObject> condition)
    {
        var pods = Pods(cluster);
        var wanted = (int)(cluster.Tree.Whole("spec", "instances") ?? 1);
        var live = pods.Where(p => !p.Tree.IsTerminating()).ToList();
        var settled = live.All(p => PodResource.IsReady(p.Tree)) && live.Count == pods.Count;
        if (settled && live.Count < wanted)
        {
            Make(cluster, live);
        }
        else if (settled && live.Count > wanted)
        {
            Delete(
                PodResource.Type,
                live.Last(p => p.Tree.Label("cnpg.io/instanceRole") != "primary" || live.Count == 1)
            );
        }

        var ready = live.Count(p => PodResource.IsReady(p.Tree));
        var phase =
            ready == wanted && live.Count == wanted ? "Cluster in healthy state"
            : live.Count <= 1 && ready == 0 ? "Setting up primary"
            : live.Count < wanted ? "Creating a new replica"
            : "Waiting for the instances to become active";
        Report(type, cluster, phase, condition);
    }

    private void Make(StoredObject cluster, List<StoredObject> live)
    {
        var taken = live.Select(p => p.Tree.Name()).ToHashSet(StringComparer.Ordinal);
        var serial = 1;
        string name;
        do
        {
            name = cluster.Tree.Name() + "-" + serial++.ToString(CultureInfo.InvariantCulture);
        } while (taken.Contains(name));

        var role = live.Any(p => p.Tree.Label("cnpg.io/instanceRole") == "primary") ? "replica" : "primary";
        if (Store.Find(PersistentVolumeClaimResource.Type, cluster.Tree.Namespace(), name) is null)
        {
            Create(
                PersistentVolumeClaimResource.Type,
                new JsonObject
                {
                    ["kind"] = "PersistentVolumeClaim",
                    ["apiVersion"] = "v1",
                    ["metadata"] = new JsonObject
                    {
                        ["name"] = name,
                        ["namespace"] = cluster.Tree.Namespace(),
                        ["labels"] = new JsonObject { ["cnpg.io/cluster"] = cluster.Tree.Name() },
                    },
                    ["spec"] = new JsonObject { ["accessModes"] = new JsonArray("ReadWriteOnce") },
                }
            );
        }

        var annotations = new JsonObject();
        foreach (
            var hint in (string[])
                [
                    SimulationAnnotations.StartSeconds,
                    SimulationAnnotations.StopSeconds,
                    SimulationAnnotations.NeverStops,
                    SimulationAnnotations.Needs,
                ]
        )
        {
            if (cluster.Tree.Annotation(hint) is { } value)
            {
                annotations[hint] = value;
            }
        }

        Create(
            PodResource.Type,
            new JsonObject
            {
                ["kind"] = "Pod",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = cluster.Tree.Namespace(),
                    ["annotations"] = annotations,
                    ["labels"] = new JsonObject
                    {
                        ["cnpg.io/cluster"] = cluster.Tree.Name(),
                        ["cnpg.io/instanceName"] = name,
                        ["cnpg.io/instanceRole"] = role,
                        ["cnpg.io/podRole"] = "instance",
                        ["role"] = role,
                    },
                    ["ownerReferences"] = new JsonArray(cluster.Tree.OwnerReference()),
                },
                ["spec"] = new JsonObject
                {
                    ["terminationGracePeriodSeconds"] = 1800,
                    ["containers"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "postgres",
                            ["image"] =
                                cluster.Tree.Text("spec", "imageName") ?? "ghcr.io/cloudnative-pg/postgresql:17",
                            ["resources"] = cluster.Tree.Object("spec", "resources")?.DeepClone() ?? new JsonObject(),
                        }
                    ),
                },
            }
        );
    }

    private void Report(ApiResource type, StoredObject cluster, string phase, Action<JsonObject> more)
    {
        var pods = Pods(cluster);
        var live = pods.Where(p => !p.Tree.IsTerminating()).ToList();
        // Of a fenced instance PostgreSQL is shut down, and its pod runs.
        var fenced = cluster.Tree.Annotation("cnpg.io/fencedInstances") == "[\"*\"]";
        var ready = fenced ? 0 : live.Count(p => PodResource.IsReady(p.Tree));
        var wanted = (int)(cluster.Tree.Whole("spec", "instances") ?? 1);
        ChangeStatus(
            type,
            Find(type, cluster.Tree.Key()) ?? cluster,
            tree =>
            {
                var status = tree.Ensure("status");
                status["instances"] = live.Count;
                status.Put("readyInstances", ready == 0 ? null : ready);
                status["phase"] = phase;
                if (live.FirstOrDefault(p => p.Tree.Label("cnpg.io/instanceRole") == "primary") is { } primary)
                {
                    status["currentPrimary"] = primary.Tree.Name();
                    status["targetPrimary"] = primary.Tree.Name();
                }

                var healthy = ready == wanted;
                tree.SetCondition(
                    "Ready",
                    healthy ? "True" : "False",
                    healthy ? "ClusterIsReady" : "ClusterIsNotReady",
                    healthy ? "Cluster is Ready" : "Cluster Is Not Ready",
                    Now
                );
                more(tree);
            }
        );
    }

    private List<StoredObject> Pods(StoredObject cluster) =>
        [.. OwnedBy(cluster, PodResource.Type).OrderBy(p => p.Tree.Name(), StringComparer.Ordinal)];
}
