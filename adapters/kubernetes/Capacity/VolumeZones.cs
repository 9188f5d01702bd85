using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// The zones and regions that labels of a PersistentVolume name, as the scheduler takes them (VolumeZone). A node
/// without any such label is in a cluster of one zone.
/// </summary>
internal static class VolumeZones
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Region = "topology.kubernetes.io/region";
    private const string OldZone = "failure-domain.beta.kubernetes.io/zone";
    private const string OldRegion = "failure-domain.beta.kubernetes.io/region";

    private static readonly NodeTerm Zoneless = new([
        .. new[] { Zone, Region, OldZone, OldRegion }.Select(key => new NodeRequirement(key, "DoesNotExist", [])),
    ]);

    /// <summary>A placement with what the labels add to it.</summary>
    public static Placement Add(Placement placement, SmallDictionary labels)
    {
        foreach (var key in new[] { Zone, Region, OldZone, OldRegion })
        {
            // Several values are one label, and one that is empty says nothing.
            if (!labels.TryGetValue(key, out var value) || value.Split("__") is var values && values.Contains(""))
                continue;
            var named = new NodeRequirement(key, "In", values);
            placement = placement.And([new NodeTerm([named]), .. Renamed(named), Zoneless]);
        }

        return placement;
    }

    // A node may have the new name of an old label.
    private static IEnumerable<NodeTerm> Renamed(NodeRequirement named)
    {
        var key =
            named.Key == OldZone ? Zone
            : named.Key == OldRegion ? Region
            : null;
        return key is null
            ? []
            : [new NodeTerm([new NodeRequirement(named.Key, "DoesNotExist", []), named with { Key = key }])];
    }
}
