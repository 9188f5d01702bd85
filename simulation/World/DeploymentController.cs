using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Runs a Deployment through ReplicaSets. A changed template gets a new one at once and the old ones go to 0; a gradual
/// rollout is not simulated.
/// </summary>
internal sealed class DeploymentController(SimulationOptions options) : Controller
{
    private const string Revision = "deployment.kubernetes.io/revision";

    public override void Observe(Change change)
    {
        if (change.Type == DeploymentResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == ReplicaSetResource.Type && OwnerKey(change.New.Tree, "Deployment") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(DeploymentResource.Type, key) is not { } deployment || deployment.Tree.IsTerminating())
        {
            return;
        }

        // The controller reports the new generation before it acts on it.
        var generation = deployment.Tree.Whole("metadata", "generation");
        if (deployment.Tree.Whole("status", "observedGeneration") is { } seen && seen != generation)
        {
            deployment = ChangeStatus(
                DeploymentResource.Type,
                deployment,
                tree => tree.Ensure("status")["observedGeneration"] = generation
            );
        }

        var template = deployment.Tree.Object("spec", "template")!;
        var hash = NameGenerator.Hash(template.ToJsonString());
        var sets = OwnedBy(deployment, ReplicaSetResource.Type).ToList();
        var current = sets.FirstOrDefault(s => s.Tree.Label("pod-template-hash") == hash);
        var replicas = deployment.Tree.Whole("spec", "replicas") ?? 1;
        if (current is null)
        {
            var revision =
                sets.Select(s => long.TryParse(s.Tree.Annotation(Revision), out var r) ? r : 0).DefaultIfEmpty().Max()
                + 1;
            current = Create(ReplicaSetResource.Type, Made(deployment.Tree, template, hash, replicas, revision));
            deployment = Find(DeploymentResource.Type, key) ?? deployment;
            if (replicas > 0)
            {
                Scaled(deployment.Tree, current.Tree, 0, replicas);
            }

            var text = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
            deployment = ChangeStatus(
                DeploymentResource.Type,
                deployment,
                tree => tree.Ensure("metadata", "annotations")[Revision] = text
            );
        }

        foreach (var set in sets.Where(s => s != current && s.Tree.Whole("spec", "replicas") is not 0))
        {
            Scaled(deployment.Tree, set.Tree, set.Tree.Whole("spec", "replicas") ?? 0, 0);
            Resize(set, 0);
        }

        if (
            current.Tree.Whole("spec", "replicas") is { } has
            && has != replicas
            && deployment.Tree.Flag("spec", "paused") != true
        )
        {
            Scaled(deployment.Tree, current.Tree, has, replicas);
            Resize(current, replicas);
        }

        Report(key, current.Tree.Name());
    }

    private void Resize(StoredObject set, long replicas) =>
        Change(
            ReplicaSetResource.Type,
            set,
            tree =>
            {
                tree.Ensure("spec")["replicas"] = replicas;
                tree.Ensure("metadata", "annotations")["deployment.kubernetes.io/desired-replicas"] = replicas.ToString(
                    System.Globalization.CultureInfo.InvariantCulture
                );
                tree.Ensure("metadata", "annotations")["deployment.kubernetes.io/max-replicas"] = Surge(replicas)
                    .ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        );

    private void Scaled(JsonObject deployment, JsonObject set, long from, long to) =>
        Tell(
            deployment,
            "Normal",
            "ScalingReplicaSet",
            $"Scaled {(to > from ? "up" : "down")} replica set {set.Name()} from {from} to {to}",
            "deployment-controller"
        );

    private void Report(string key, string current)
    {
        if (Find(DeploymentResource.Type, key) is not { } deployment)
        {
            return;
        }

        var (replicas, ready, updated, terminating) = (0L, 0L, 0L, 0L);
        foreach (var set in OwnedBy(deployment, ReplicaSetResource.Type))
        {
            var count = set.Tree.Whole("status", "replicas") ?? 0;
            replicas += count;
            ready += set.Tree.Whole("status", "readyReplicas") ?? 0;
            terminating += set.Tree.Whole("status", "terminatingReplicas") ?? 0;
            updated += set.Tree.Name() == current ? count : 0;
        }

        var wanted = deployment.Tree.Whole("spec", "replicas") ?? 1;
        var failure = OwnedBy(deployment, ReplicaSetResource.Type)
            .Select(set => set.Tree.Condition(ReplicaSetController.Failed))
            .FirstOrDefault(found => found is not null);
        ChangeStatus(
            DeploymentResource.Type,
            deployment,
            tree =>
            {
                var status = tree.Ensure("status");
                status["observedGeneration"] = tree.Whole("metadata", "generation");
                status.Put("replicas", Counted(replicas));
                status.Put("updatedReplicas", Counted(updated));
                status.Put("readyReplicas", Counted(ready));
                status.Put("availableReplicas", Counted(ready));
                status.Put("unavailableReplicas", Counted(Math.Max(0, Math.Max(replicas, wanted) - ready)));
                status.Put("terminatingReplicas", options.TerminatingReplicas ? terminating : null);
                if (failure is null)
                    tree.RemoveCondition(ReplicaSetController.Failed);
                else
                    tree.SetCondition(
                        ReplicaSetController.Failed,
                        failure.Text("status")!,
                        failure.Text("reason")!,
                        failure.Text("message")!,
                        Now,
                        withUpdateTime: true
                    );
                var enough = ready >= wanted - (long)Math.Floor(wanted * 0.25);
                if (enough)
                {
                    tree.SetCondition(
                        "Available",
                        "True",
                        "MinimumReplicasAvailable",
                        "Deployment has minimum availability.",
                        Now,
                        withUpdateTime: true
                    );
                }
                else
                {
                    tree.SetCondition(
                        "Available",
                        "False",
                        "MinimumReplicasUnavailable",
                        "Deployment does not have minimum availability.",
                        Now,
                        withUpdateTime: true
                    );
                }

                var complete = updated == wanted && replicas == wanted && ready == wanted;
                tree.SetCondition(
                    "Progressing",
                    "True",
                    complete ? "NewReplicaSetAvailable"
                        : tree.Condition("Progressing")?.Text("reason") is "NewReplicaSetAvailable"
                            ? "NewReplicaSetAvailable"
                        : "ReplicaSetUpdated",
                    $"ReplicaSet \"{current}\" {(complete || tree.Condition("Progressing")?.Text("reason") is "NewReplicaSetAvailable" ? "has successfully progressed" : "is progressing")}.",
                    Now,
                    withUpdateTime: true
                );
            }
        );
    }

    private static JsonObject Made(
        JsonObject deployment,
        JsonObject template,
        string hash,
        long replicas,
        long revision
    )
    {
        var labels = template.Object("metadata", "labels")?.Copy() ?? [];
        labels["pod-template-hash"] = hash;
        var selector = deployment.Object("spec", "selector")!.Copy();
        selector.Ensure("matchLabels")["pod-template-hash"] = hash;
        var made = template.Copy();
        made.Ensure("metadata")["labels"] = labels.Copy();
        return new JsonObject
        {
            ["kind"] = "ReplicaSet",
            ["apiVersion"] = "apps/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = deployment.Name() + "-" + hash,
                ["namespace"] = deployment.Namespace(),
                ["labels"] = labels,
                ["annotations"] = new JsonObject
                {
                    [Revision] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ["deployment.kubernetes.io/desired-replicas"] = replicas.ToString(
                        System.Globalization.CultureInfo.InvariantCulture
                    ),
                    ["deployment.kubernetes.io/max-replicas"] = Surge(replicas)
                        .ToString(System.Globalization.CultureInfo.InvariantCulture),
                },
                ["ownerReferences"] = new JsonArray(deployment.OwnerReference()),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["selector"] = selector,
                ["template"] = made,
            },
        };
    }

    private static long Surge(long replicas) => replicas == 0 ? 0 : replicas + (long)Math.Ceiling(replicas * 0.25);

    private static JsonNode? Counted(long n) => n == 0 ? null : n;
}
