using Ebb.Core.Capacity;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Pods that wait and name PersistentVolumeClaims. What these are bound to decides where the pods may go, and may change
/// while they wait.
/// </summary>
internal sealed class WaitingClaims(ClaimedVolumes volumes)
{
    // As they were read, before their volumes were added.
    private readonly Dictionary<CapacityPod, PodFacts> _pods = [];

    // Why it is not known where some of them may go, as of when they were last looked at.
    private readonly Dictionary<CapacityPod, string> _unread = [];

    /// <summary>Why it is not known where some of them may go; null: it is.</summary>
    public string? Unread => _unread.Values.FirstOrDefault();

    /// <summary>A pod went, or is replaced by what it is now.</summary>
    public void Remove(CapacityPod? pod)
    {
        if (pod is { Claims.Count: > 0 })
            _ = _pods.Remove(pod) | _unread.Remove(pod);
    }

    /// <summary>A pod as it was read, with what its volumes add to it.</summary>
    public PodFacts? Add(CapacityPod pod)
    {
        if (pod.Claims.Count == 0 || pod.Facts is not { Node: null } facts)
            return pod.Facts;
        _pods[pod] = facts;
        return Bound(pod, facts);
    }

    /// <summary>All of them, with what their volumes add to them now.</summary>
    public IEnumerable<(CapacityPod Pod, PodFacts Facts)> Again() =>
        _pods.Select(one => (one.Key, Bound(one.Key, one.Value)));

    private PodFacts Bound(CapacityPod pod, PodFacts facts)
    {
        _unread.Remove(pod);
        // Unread is asked for as a whole; until then nobody makes room for it.
        if (volumes.Unread is { } unread)
        {
            _unread[pod] = unread;
            return facts with { NotDemand = facts.NotDemand ?? unread };
        }

        var (placement, missing) = (facts.Placement, facts.NotDemand);
        foreach (var name in pod.Claims)
        {
            var volume = volumes.Find(facts.Namespace, name);
            if (volume is { Missing: null, IsBound: false })
                volume = volumes.FindUnbound(facts.Namespace, name);
            if (volume is { IsUnread: true, Missing: { } why })
                _unread[pod] = why;
            missing ??= volume.Missing;
            placement = placement.And(volume.Nodes);
        }

        return facts with
        {
            Placement = Interned.Of(placement),
            NotDemand = missing,
        };
    }
}
