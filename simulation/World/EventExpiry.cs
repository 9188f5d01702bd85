using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Deletes Events after an hour, the API server's default.</summary>
internal sealed class EventExpiry : Controller
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public override void Observe(Change change)
    {
        if (change.Type == EventResource.Type && change.Kind != ChangeKind.Deleted)
        {
            At(change.New.Tree.Key(), Now + Life);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(EventResource.Type, key) is { } stored)
        {
            Store.Remove(EventResource.Type, stored);
        }
    }
}
