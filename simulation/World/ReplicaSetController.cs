using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Keeps as many pods as a ReplicaSet says.</summary>
internal sealed class ReplicaSetController(SimulationOptions options) : Controller
{
    public override void Observe(Change change)
    {
        if (change.Type == ReplicaSet.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == Pod.Type && OwnerKey(change.New.Tree, "ReplicaSet") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(ReplicaSet.Type, key) is not { } set)
        {
            return;
        }

        var pods = OwnedBy(set, Pod.Type).Where(p => !Pod.IsOver(p.Tree)).ToList();
        var active = pods.Where(p => !p.Tree.IsTerminating()).ToList();
        var wanted = (int)(set.Tree.Whole("spec", "replicas") ?? 1);
        if (!set.Tree.IsTerminating())
        {
            for (var i = active.Count; i < wanted; i++)
            {
                Create(Pod.Type, PodMaker.From(set.Tree, generateName: set.Tree.Name() + "-"));
            }

            foreach (
                var surplus in active
                    .OrderBy(p => Pod.IsReady(p.Tree))
                    .ThenByDescending(p => p.Tree.Time("metadata", "creationTimestamp"))
                    .ThenBy(p => p.Tree.Name(), StringComparer.Ordinal)
                    .Take(Math.Max(0, active.Count - wanted))
            )
            {
                Delete(Pod.Type, surplus);
            }
        }

        // Pods that were just made or told to go count from this moment.
        pods = [.. OwnedBy(set, Pod.Type).Where(p => !Pod.IsOver(p.Tree))];
        active = [.. pods.Where(p => !p.Tree.IsTerminating())];
        var ready = active.Count(p => Pod.IsReady(p.Tree));
        ChangeStatus(
            ReplicaSet.Type,
            Find(ReplicaSet.Type, key) ?? set,
            tree =>
            {
                var status = tree.Ensure("status");
                status["replicas"] = active.Count;
                status.Put("fullyLabeledReplicas", Counted(active.Count));
                status.Put("readyReplicas", Counted(ready));
                status.Put("availableReplicas", Counted(ready));
                status.Put("terminatingReplicas", options.TerminatingReplicas ? pods.Count - active.Count : null);
                status["observedGeneration"] = set.Tree.Whole("metadata", "generation");
            }
        );
    }

    private static JsonNode? Counted(int n) => n == 0 ? null : n;
}
