using Ebb.Core.Capacity;
using Ebb.Core.Planning;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Triggers;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>Follows how many replicas of one workload fit, at the pace that its trigger allows. Used under its trigger's lock.</summary>
internal sealed class SpareCapacity(CapacityWish wish, ScalerCluster cluster) : IDisposable
{
    private readonly int _resource = ScalerCluster.ResourceId(wish.Resource);
    private Room? _room;
    private TargetFacts? _of;
    private Growth? _growth;
    private RoomNumbers _last;
    private bool _disposed;

    /// <summary>Grows when the room's numbers may have changed.</summary>
    public long Version => _room is null ? 0 : cluster.VersionOf(_room);

    /// <summary>When the count may change although nothing else does; as of the last <see cref="At"/>.</summary>
    public Instant? NextChange { get; private set; }

    public IReadOnlyList<NodeRoom> ByNode() => _room is null ? [] : cluster.ByNode(_room);

    /// <summary>The present numbers, or why there are none.</summary>
    public (CapacityNumbers? Numbers, Answer? Refusal) At(ObjectRef target, Instant now)
    {
        NextChange = null;
        // No answer before everything was read once: a cluster half read looks emptier than it is.
        if (!cluster.CapacitySynced)
            return (
                null,
                new Answer.Unknown(
                    $"nodes and pods are not read yet{(cluster.CapacityTroubles is { Count: > 0 } troubles ? $": {string.Join("; ", troubles)}" : "")}"
                )
            );
        var known = cluster.Target(target);
        if (known.Unknown is { } why)
            return (null, new Answer.Unknown(why));
        if (known.It is not { } workload)
            return (null, new Answer.Unknown($"{target} does not exist"));
        var one = wish.PerReplica ?? workload.Requests.Of(_resource);
        if (one <= 0)
            return (
                null,
                new Answer.Invalid(
                    $"perReplica: expected a quantity, since the pods of {target} request no {wish.Resource}, found nothing"
                )
            );
        Follow(workload, one);

        var trusted = cluster.Contact.Reachable != false && cluster.CapacityTroubles.Count == 0;
        if (trusted)
            _last = cluster.NumbersOf(_room!);
        int? fits =
            cluster.Power.OnBattery ? 0
            : trusted ? _last.Fits
            : null;
        _growth = (_growth ?? Growth.From(Math.Min(workload.Replicas, _last.Fits), now)).Next(fits, wish.Growth, now);
        NextChange = _growth.NextChange(fits, wish.Growth);
        return (new CapacityNumbers(_last, _growth, trusted, one, workload.Replicas), null);
    }

    /// <summary>Begins anew, as for a workload that was not followed before.</summary>
    public void Forget() => _growth = null;

    public void Dispose()
    {
        _disposed = true;
        if (_room is not null)
            cluster.Close(_room);
        _room = null;
    }

    private void Follow(TargetFacts workload, long one)
    {
        if (
            _room is not null
            && _of is { } before
            && before.Uid == workload.Uid
            && before.Requests.Equals(workload.Requests)
            && before.Placement.Equals(workload.Placement)
        )
            return;
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_room is not null)
            cluster.Close(_room);
        // One that was made anew has nothing of what the old one had grown to.
        if (_of is not null && _of.Uid != workload.Uid)
            Forget();
        _of = workload;
        _room = cluster.Open(
            new RoomQuestion
            {
                Resource = _resource,
                PerReplica = workload.Requests.With(_resource, one),
                Placement = workload.Placement.And(wish.NodeSelector),
                Reserve = wish.Reserve,
                Owns = workload.Owns,
            }
        );
    }
}
