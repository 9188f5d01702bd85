using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Keeps the number of pods of a ReplicaSet.</summary>
internal sealed class ReplicaSetController(SimulationOptions options) : Controller
{
    internal const string Failed = "ReplicaFailure";

    private static readonly TimeSpan RetryRefused = TimeSpan.FromSeconds(5);

    public override void Observe(Change change)
    {
        if (change.Type == ReplicaSetResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PodResource.Type && OwnerKey(change.New.Tree, "ReplicaSet") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(ReplicaSetResource.Type, key) is not { } set)
        {
            return;
        }

        var pods = OwnedBy(set, PodResource.Type).Where(p => !PodResource.IsOver(p.Tree)).ToList();
        var active = pods.Where(p => !p.Tree.IsTerminating()).ToList();
        var wanted = (int)(set.Tree.Whole("spec", "replicas") ?? 1);
        string? failure = null;
        if (!set.Tree.IsTerminating())
        {
            for (var i = active.Count; i < wanted; i++)
            {
                try
                {
                    Create(PodResource.Type, PodMaker.From(set.Tree, generateName: set.Tree.Name() + "-"));
                }
                catch (Failure refused) when (refused.Code == 403)
                {
                    // A quota is used up, or there is no such PriorityClass: tried again later.
                    failure = refused.Message;
                    Tell(set.Tree, "Warning", "FailedCreate", "Error creating: " + refused.Message, Manager);
                    At(key, Now + RetryRefused);
                    break;
                }
            }

            foreach (
                var surplus in active
                    .OrderBy(p => PodResource.IsReady(p.Tree))
                    .ThenBy(p => Cost(p.Tree))
                    .ThenByDescending(p => p.Tree.Time("metadata", "creationTimestamp"))
                    .ThenBy(p => p.Tree.Name(), StringComparer.Ordinal)
                    .Take(Math.Max(0, active.Count - wanted))
            )
            {
                Delete(PodResource.Type, surplus);
            }
        }

        // Pods that were just created or deleted count already.
        pods = [.. OwnedBy(set, PodResource.Type).Where(p => !PodResource.IsOver(p.Tree))];
        active = [.. pods.Where(p => !p.Tree.IsTerminating())];
        var ready = active.Count(p => PodResource.IsReady(p.Tree));
        ChangeStatus(
            ReplicaSetResource.Type,
            Find(ReplicaSetResource.Type, key) ?? set,
            tree =>
            {
                var status = tree.Ensure("status");
                status["replicas"] = active.Count;
                status.Put("fullyLabeledReplicas", Counted(active.Count));
                status.Put("readyReplicas", Counted(ready));
                status.Put("availableReplicas", Counted(ready));
                status.Put("terminatingReplicas", options.TerminatingReplicas ? pods.Count - active.Count : null);
                status["observedGeneration"] = set.Tree.Whole("metadata", "generation");
                // The first failure stands until there is none.
                if (failure is null)
                    tree.RemoveCondition(Failed);
                else if (tree.Condition(Failed) is null)
                    tree.SetCondition(Failed, "True", "FailedCreate", failure, Now);
            }
        );
    }

    private static JsonNode? Counted(int n) => n == 0 ? null : n;

    // Whoever says nothing, or no whole number, costs 0.
    private static int Cost(JsonObject pod) =>
        int.TryParse(
            pod.Text("metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost"),
            System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture,
            out var cost
        )
            ? cost
            : 0;
}
