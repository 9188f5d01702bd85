using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Events live for an hour, as with the API server's default.</summary>
internal sealed class EventKeeper : Controller
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public override void Observe(Change change)
    {
        if (change.Type == Event.Type && change.Kind != ChangeKind.Deleted)
        {
            At(change.New.Tree.Key(), Now + Life);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(Event.Type, key) is { } stored)
        {
            Store.Remove(Event.Type, stored);
        }
    }
}
