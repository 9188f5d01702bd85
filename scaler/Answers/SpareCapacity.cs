using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Triggers;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// How many replicas of one trigger's workload fit, growing as fast as the trigger allows. Used under the trigger's
/// lock.
/// </summary>
internal sealed class SpareCapacity(CapacityRequest request, ScalerCluster cluster) : IDisposable
{
    private readonly int _resource = ScalerCluster.ResourceId(request.Resource);
    private FreeCapacity? _room;
    private TargetFacts? _target;
    private Growth? _growth;
    private CapacityFigures _last;
    private Prepared? _prepared;
    private bool _disposed;

    /// <summary>Grows when the room's numbers may have changed.</summary>
    public long Version => _room is null ? 0 : cluster.VersionOf(_room);

    /// <summary>When the count may change although nothing else does; as of the last <see cref="At"/>.</summary>
    public Instant? NextChange { get; private set; }

    public IReadOnlyList<NodeCapacity> ByNode() => _room is null ? [] : cluster.ByNode(_room);

    public IReadOnlyList<IReadOnlyList<ResourceOnNode>> ResourcesOn(IEnumerable<string> nodes) =>
        _room is null ? [] : cluster.ResourcesOn(_room, nodes);

    /// <summary>The present numbers, or why there are none.</summary>
    public (CapacityNumbers? Numbers, Answer? Refusal) At(ObjectRef target, Instant now)
    {
        NextChange = null;
        // No answer before everything was read once: a cluster that is half read looks emptier than it is.
        if (!cluster.CapacitySynced)
            return (
                null,
                new Answer.Unknown(Sentence.Because("nodes and pods are not read yet", cluster.CapacityTroubles))
            );
        if (cluster.DemandUnread is { } unread)
            return (null, new Answer.Unknown(unread));
        // Nothing of this depends on nodes and pods, of which there is an event many times a second.
        var version = cluster.Version;
        if (_prepared is not { } prepared || (prepared.Version, prepared.Target) != (version, target))
            _prepared = prepared = Prepare(target) with { Version = version };
        if (prepared.Workload is not { } workload)
            return (null, prepared.Refusal);
        // Its pods, where there are any, carry the overhead.
        if (prepared.Unclassed is { } unclassed && !cluster.NumbersOf(_room!).IsMeasured)
            return (null, unclassed);

        var trusted =
            cluster.Contact.Reachable != false && cluster.CapacityTroubles.Count == 0 && cluster.Power.Unknown is null;
        if (trusted)
            _last = cluster.NumbersOf(_room!);
        int? fits =
            cluster.Power.OnBattery ? 0
            : trusted ? _last.Fits
            : null;
        _growth = (_growth ?? Growth.From(Math.Min(workload.Replicas, _last.Fits), now)).Next(
            fits,
            request.Growth,
            now,
            _last.IsClearing
        );
        NextChange = _growth.NextChange(fits, request.Growth, _last.IsClearing);
        return (new CapacityNumbers(_last, _growth, trusted), null);
    }

    /// <summary>Forgets how far the count had grown.</summary>
    public void Reset() => _growth = null;

    public void Dispose()
    {
        _disposed = true;
        if (_room is not null)
            cluster.Close(_room);
        _room = null;
    }

    // Opens the room of what there is now, or says why there is none.
    private Prepared Prepare(ObjectRef target)
    {
        var known = cluster.Target(target);
        if (known.Unknown is { } why)
            return new Prepared(target, null, new Answer.Unknown(why));
        if (known.It is not { } workload)
            return new Prepared(target, null, new Answer.Unknown($"{target} does not exist"));
        // The overhead of its class is part of what a quota counts.
        var runtime = workload.RuntimeClass is { } name ? cluster.RuntimeClass(name) : default;
        if (runtime.It is { } added)
            workload = workload.With(added);
        var admitted = cluster.Admitted(workload);
        if (admitted.It is not { } filled)
            return new Prepared(target, null, new Answer.Unknown(admitted.Unknown!));
        workload = filled;
        if (workload.Refusal is { } refusal)
            return new Prepared(target, null, new Answer.Invalid(refusal));
        if (Contradiction(workload) is { } contradiction)
            return new Prepared(target, null, new Answer.Invalid(contradiction));
        if (workload.Uncountable.Count > 0)
            return new Prepared(
                target,
                null,
                new Answer.Invalid($"cannot count: {string.Join(", ", workload.Uncountable)} of {target}")
            );
        // Its pods, by the selector in its scale, and nodeSelector of the trigger are all that is known of it.
        if (!workload.HasTemplate && request.PerReplica is null)
            return new Prepared(
                target,
                null,
                new Answer.Invalid($"cannot count: {target} has no pod template, and the trigger no perReplica")
            );
        var unclassed = workload.RuntimeClass is null ? null : Unclassed(workload, runtime.Unknown);
        var perReplica = request.PerReplica ?? workload.Replica.Requests.Of(_resource);
        if (perReplica <= 0)
            return new Prepared(
                target,
                null,
                // The overhead may be all that it takes of it.
                unclassed
                    ?? new Answer.Invalid(
                        $"perReplica: expected a quantity, since the pods of {target} request no {request.Resource}, found nothing"
                    )
            );
        Open(workload, perReplica);
        return new Prepared(target, workload, null) { Unclassed = unclassed };
    }

    private void Open(TargetFacts workload, long perReplica)
    {
        if (_room is not null && _target is { } before && before.CountsLike(workload))
            return;
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_room is not null)
            cluster.Close(_room);
        // A workload that was deleted and created again starts from its own count.
        if (_target is not null && _target.Uid != workload.Uid)
            Reset();
        _target = workload;
        _room = cluster.Open(
            new CapacityQuery
            {
                Resource = _resource,
                PerReplica = workload.Replica.Requests.With(_resource, perReplica),
                IsFixed = request.PerReplica is not null,
                Placement = workload.Replica.Placement.And(request.NodeSelector),
                Reserve = request.Reserve,
                Workload = $"{workload.Ref} {workload.Uid}",
                Owns = workload.Owns,
                Replica = workload.Replica,
                Quotas = workload.Quotas,
                Spread = workload.Spread,
            }
        );
    }

    // Both hold, so that two values of one key leave no node.
    private string? Contradiction(TargetFacts workload)
    {
        foreach (var (key, value) in request.NodeSelector)
            if (workload.Replica.Placement.Selector.TryGetValue(key, out var other) && other != value)
                return $"nodeSelector: expected {key}={other}, which the template of {workload.Ref} asks for, found {key}={value}";
        return null;
    }

    private static Answer Unclassed(TargetFacts workload, string? why) =>
        why is null
            ? new Answer.Invalid(
                $"cannot count: there is no RuntimeClass {workload.RuntimeClass}, which the template of {workload.Ref} names"
            )
            : new Answer.Unknown($"the overhead of RuntimeClass {workload.RuntimeClass} is not known: {why}");

    /// <param name="Target">Which workload.</param>
    /// <param name="Workload">What there is of it; null: see <paramref name="Refusal"/>.</param>
    /// <param name="Refusal">Why nothing is counted.</param>
    private sealed record Prepared(ObjectRef Target, TargetFacts? Workload, Answer? Refusal)
    {
        /// <summary>As of when; nodes and pods do not count.</summary>
        public long Version { get; init; }

        /// <summary>The answer while its own pods do not say what the overhead is; null: it is known.</summary>
        public Answer? Unclassed { get; init; }
    }
}
