using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// An operator that runs as a Deployment and keeps others as it made them, as Rook, OpenEBS and Longhorn's deployer do:
/// as long as a pod of its own is ready it puts back their replicas, and takes away annotations that it did not set. It
/// goes from one to the next in its own order, and waits where it must, as Rook does for the quorum of its monitors.
/// </summary>
internal sealed class KeepingOperator : Controller
{
    /// <summary>As Rook looks after its monitors.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan WhileItWaits = TimeSpan.FromSeconds(2);

    /// <summary>When those that run look again.</summary>
    private readonly Dictionary<string, DateTimeOffset> nextAt = new(StringComparer.Ordinal);

    public override void Observe(Change change)
    {
        if (
            change.Type == DeploymentResource.Type
            && change.New.Tree.Annotation(SimulationAnnotations.Keeps) is not null
        )
        {
            Enqueue(change.New.Tree.Key());
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(DeploymentResource.Type, key) is not { } own || own.Tree.Whole("status", "readyReplicas") is null or 0)
        {
            nextAt.Remove(key);
            return;
        }

        if (!nextAt.TryGetValue(key, out var due) || Now >= due)
        {
            due = Now + (Keep(own) ? Period : WhileItWaits);
            nextAt[key] = due;
        }

        At(key, due);
    }

    /// <returns>False: it waits for the pods of what it has kept so far.</returns>
    private bool Keep(StoredObject own)
    {
        var client = new ControllerClient(Plane, own.Tree.Annotation(SimulationAnnotations.Manager) ?? own.Tree.Name());
        var ns = own.Tree.Namespace();
        foreach (var stage in PodNeed.All(own.Tree, SimulationAnnotations.Keeps))
        {
            foreach (
                var kept in Store
                    .All(DeploymentResource.Type, ns)
                    .Where(one => stage.Selector.Matches(one.Tree.Object("metadata", "labels")))
                    .ToList()
            )
            {
                var size = long.Parse(
                    kept.Tree.Annotation(SimulationAnnotations.Size) ?? "1",
                    System.Globalization.CultureInfo.InvariantCulture
                );
                var foreign = (kept.Tree.Object("metadata", "annotations") ?? [])
                    .Select(annotation => annotation.Key)
                    .Where(name => !IsItsOwn(name))
                    .ToList();
                if (kept.Tree.Whole("spec", "replicas") == size && foreign.Count == 0)
                {
                    continue;
                }

                client.Change(
                    DeploymentResource.Type,
                    kept,
                    tree =>
                    {
                        tree.Ensure("spec")["replicas"] = size;
                        foreach (var name in foreign)
                        {
                            tree.Object("metadata", "annotations")!.Remove(name);
                        }
                    }
                );
            }

            if (!stage.IsMet(Store, ns, 0))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsItsOwn(string annotation) =>
        annotation.StartsWith("simulation.ebb.dev/", StringComparison.Ordinal)
        || annotation.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal);
}
