using Ebb.Core.Capacity;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Settings;

namespace Ebb.Scaler.Answers;

/// <summary>
/// Spare capacity of the whole cluster, for an HPA on a custom metric: what is left by all pods but those labelled
/// <c>ebb.dev/opportunistic: "true"</c>.
/// </summary>
internal sealed class ClusterGauges(ScalerCluster cluster, ScalerSettings settings)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FreeCapacity> _rooms = [];

    /// <summary>The numbers of a resource; null: they are not known or not current.</summary>
    public CapacityFigures? Of(string resource)
    {
        if (!cluster.CapacitySynced || cluster.Contact.Reachable == false || cluster.CapacityTroubles.Count > 0)
            return null;
        lock (_lock)
        {
            if (!_rooms.TryGetValue(resource, out var room))
                _rooms[resource] = room = cluster.Open(Question(resource));
            return cluster.NumbersOf(room);
        }
    }

    private CapacityQuery Question(string resource)
    {
        var id = ScalerCluster.ResourceId(resource);
        // The setting is in cores; of another resource it can only mean a percentage.
        var reserve =
            resource == "cpu" || settings.Reserve.EndsWith('%')
                ? Reserve.Parse(settings.Reserve, Quantity.UnitsOf(resource)) ?? Reserve.None
                : Reserve.None;
        return new CapacityQuery
        {
            Resource = id,
            PerReplica = Amounts.None.With(id, Quantity.UnitsOf(resource)),
            Placement = Placement.Anywhere,
            Reserve = reserve,
            Owns = static pod => pod.Labels.TryGetValue("ebb.dev/opportunistic", out var value) && value == "true",
        };
    }
}
