using Ebb.Core.Capacity;
using Ebb.Core.Claims;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Triggers;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// One trigger of one ScaledObject and its answer, computed again only when something that it depends on changed or its
/// time has come. Safe from several threads.
/// </summary>
internal sealed class Trigger : IDisposable
{
    private readonly ScalerCluster _cluster;
    private readonly TriggerTimetable _timetable;
    private readonly SpareCapacity? _capacity;
    private readonly Lock _lock = new();
    private Answer? _answer;
    private string? _scaledUid;
    private (long Cluster, long Capacity) _versions;

    public Trigger(
        string @namespace,
        string name,
        TriggerMetadata metadata,
        ScalerCluster cluster,
        NamespaceSchedules schedules
    )
    {
        (Namespace, Name, Metadata, _cluster) = (@namespace, name, metadata, cluster);
        _timetable = new TriggerTimetable(@namespace, metadata, schedules);
        _capacity = metadata.Capacity is { } request ? new SpareCapacity(request, cluster) : null;
    }

    public string Namespace { get; }

    public string Name { get; }

    public TriggerMetadata Metadata { get; }

    /// <summary>Spare capacity node by node; empty when it does not follow it.</summary>
    public IReadOnlyList<NodeCapacity> ByNode()
    {
        lock (_lock)
            return _capacity?.ByNode() ?? [];
    }

    /// <summary>What each of some nodes has, and what others than its own pods request of it.</summary>
    public IReadOnlyList<IReadOnlyList<ResourceOnNode>> ResourcesOn(IEnumerable<string> nodes)
    {
        lock (_lock)
            return _capacity?.ResourcesOn(nodes) ?? [];
    }

    public Answer At(Instant now)
    {
        lock (_lock)
        {
            var versions = (_cluster.Version, _capacity?.Version ?? 0);
            if (_answer is { } known && versions == _versions && !(now >= known.Until))
                return known;
            _versions = versions;
            _answer = Compute(now);
            if (_capacity is not null)
                _versions.Capacity = _capacity.Version;
            return _answer;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _capacity?.Dispose();
    }

    private Answer Compute(Instant now)
    {
        if (!_cluster.Synced)
            return new Answer.Unknown(Sentence.Because("the cluster is not read yet", _cluster.Troubles));
        var known = _cluster.ScaledObject(Namespace, Name);
        if (known.It is not { } scaled)
            return new Answer.Unknown(
                known.Unknown ?? $"no ScaledObject or ScaledJob {Namespace}/{Name} is known here yet"
            );
        if (_scaledUid is not null && _scaledUid != scaled.Uid)
            _capacity?.Reset();
        _scaledUid = scaled.Uid;
        if (scaled.Target is not { } target)
            return new Answer.Unknown($"ScaledObject {Namespace}/{Name} names nothing to scale");

        // The HPA would ask for the answer times its replicas; with a formula it takes the formula's type.
        if (!scaled.HasFormula && scaled.MetricTypes.Of(Metadata.Written) is { } type)
            return new Answer.Invalid(
                $"metricType: expected AverageValue, since the answer is the number of replicas, found {type}"
            );

        // The others add the answer to the Jobs that run, or to some of them.
        if (scaled.JobStrategy is { } strategy)
            return new Answer.Invalid(
                $"scalingStrategy: expected default, since the answer is the number of Jobs with those that run, found {strategy}"
            );

        List<Claim> claims = [];
        if (_cluster.IsAsleep(target) || _cluster.IsAsleep(scaled.Ref))
            claims.Add(new Claim(ClaimSource.Power, ClaimEffect.Asleep, 0, "power has it asleep"));
        var until = OverrideClaims.Add(_cluster.Overrides, claims, target, scaled.Ref, now);
        if (Metadata.FollowsSchedule)
        {
            var (refusal, next) = AddSchedule(claims, target, scaled.Ref, now);
            if (refusal is not null)
                return refusal;
            until = Earlier(until, next);
        }

        CapacityNumbers? numbers = null;
        if (_capacity is not null)
        {
            (numbers, var refusal) = _capacity.At(target, now);
            if (numbers is null)
                return refusal!;
            until = Earlier(until, _capacity.NextChange);
            claims.Add(Claim(numbers.Growth));
        }

        // On battery there is no spare capacity, whatever the bounds say; a schedule beside it still has its minimum.
        var natural = numbers is not null && _cluster.Power.OnBattery && !Metadata.FollowsSchedule ? 0 : Metadata.Min;
        var decision = Arbiter.Decide(claims, now);
        return new Answer.Size(Math.Min(decision.Of(natural), Metadata.Max), decision, numbers)
        {
            Until = until,
            InFormula = scaled.HasFormula,
        };
    }

    private (Answer? Refusal, Instant? Until) AddSchedule(
        List<Claim> claims,
        ObjectRef target,
        ObjectRef scaled,
        Instant now
    )
    {
        var (timetable, missing, unread) = _timetable.Of(target, scaled);
        if (missing is not null)
            return (
                _cluster.SchedulesSynced
                    ? new Answer.Invalid(missing)
                    : new Answer.Unknown(Sentence.Because("Schedules are not read yet", _cluster.Troubles)),
                null
            );
        if (unread is not null)
            return (new Answer.Unknown(unread), null);
        var (bounds, cause, _) = timetable.At(now);
        if (bounds.AsksZero)
            claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.Exactly, 0, cause));
        else
        {
            if (bounds.Min is { } least)
                claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.AtLeast, least, cause));
            if (bounds.Max is { } most)
                claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.AtMost, most, cause));
        }

        return (null, timetable.NextChange(now));
    }

    private Claim Claim(Growth growth) =>
        _cluster.Power.OnBattery
            ? new(ClaimSource.Capacity, ClaimEffect.Exactly, 0, _cluster.Power.Reason)
            : new(
                ClaimSource.Capacity,
                ClaimEffect.Exactly,
                Math.Clamp(growth.Count, Metadata.Min, Metadata.Max),
                growth.Reason
            );

    private static Instant? Earlier(Instant? one, Instant? other) => other is null || one <= other ? one : other;
}
