using Ebb.Core.Capacity;
using Ebb.Core.Planning;
using Ebb.Core.Planning.Claims;
using Ebb.Core.Planning.Overrides;
using Ebb.Core.Schedules;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Triggers;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// One trigger of one ScaledObject and what is said to it, worked out anew only when something that it depends on changed or its time
/// has come. Safe from several threads.
/// </summary>
internal sealed class Trigger : IDisposable
{
    private readonly ScalerCluster _cluster;
    private readonly NamespaceSchedules _schedules;
    private readonly SpareCapacity? _capacity;
    private readonly Lock _lock = new();
    private (IReadOnlyList<ReadSchedule> Page, ObjectRef Target, ITimetable Timetable, string? Missing)? _timetable;
    private Answer? _answer;
    private string? _scaledUid;
    private (long Cluster, long Room) _versions;

    public Trigger(
        string @namespace,
        string name,
        TriggerMetadata metadata,
        ScalerCluster cluster,
        NamespaceSchedules schedules
    )
    {
        (Namespace, Name, Metadata, _cluster, _schedules) = (@namespace, name, metadata, cluster, schedules);
        if (metadata.Capacity is { } wish)
            _capacity = new SpareCapacity(wish, cluster);
    }

    public string Namespace { get; }

    public string Name { get; }

    public TriggerMetadata Metadata { get; }

    /// <summary>How the room that it follows looks node by node; empty when it follows none.</summary>
    public IReadOnlyList<NodeRoom> ByNode()
    {
        lock (_lock)
            return _capacity?.ByNode() ?? [];
    }

    public Answer At(Instant now)
    {
        lock (_lock)
        {
            var versions = (_cluster.Version, _capacity?.Version ?? 0);
            if (_answer is { } known && versions == _versions && !(now >= known.Until))
                return known;
            _versions = versions;
            _answer = WorkOut(now);
            if (_capacity is not null)
                _versions.Room = _capacity.Version;
            return _answer;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _capacity?.Dispose();
    }

    private Answer WorkOut(Instant now)
    {
        if (!_cluster.Synced)
            return new Answer.Unknown($"the cluster is not read yet{Because(_cluster.Troubles)}");
        var scaled = _cluster.ScaledObject(Namespace, Name);
        if (scaled.It is not { } so)
            return new Answer.Unknown(
                scaled.Unknown
                    ?? $"no ScaledObject {Namespace}/{Name} is known here yet (a ScaledJob never is: it has no replicas)"
            );
        if (_scaledUid is not null && _scaledUid != so.Uid)
            _capacity?.Forget();
        _scaledUid = so.Uid;
        if (so.Target is not { } target)
            return new Answer.Unknown($"ScaledObject {Namespace}/{Name} names nothing to scale");

        List<Claim> claims = [];
        Instant? until = null;
        if (_cluster.IsAsleep(target) || _cluster.IsAsleep(so.Ref))
            claims.Add(new Claim(ClaimSource.Power, ClaimEffect.Asleep, 0, "power has it asleep"));
        foreach (var wish in _cluster.Overrides)
        {
            if (!Names(wish, target) && !Names(wish, so.Ref))
                continue;
            if (wish.Claim(now) is not { } claim)
                continue;
            claims.Add(claim);
            until = Sooner(until, wish.Until, null);
        }

        if (Metadata.FollowsSchedule)
        {
            var (timetable, missing) = Timetable(target, so.Ref);
            if (missing is not null)
                return _cluster.SchedulesSynced
                    ? new Answer.Invalid(missing)
                    : new Answer.Unknown($"Schedules are not read yet{Because(_cluster.Troubles)}");
            var standing = timetable.At(now);
            until = Sooner(until, timetable.NextChange(now), null);
            var (knobs, cause) = (standing.Knobs, standing.Cause);
            if (knobs.AsksZero)
                claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.Exactly, 0, cause));
            else
            {
                if (knobs.Min is { } least)
                    claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.AtLeast, least, cause));
                if (knobs.Max is { } most)
                    claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.AtMost, most, cause));
            }
        }

        CapacityNumbers? numbers = null;
        var natural = Metadata.Min;
        if (_capacity is not null)
        {
            var (found, refusal) = _capacity.At(target, now);
            if (found is null)
                return refusal!;
            numbers = found;
            until = Sooner(until, _capacity.NextChange, null);
            var battery = _cluster.Power.OnBattery;
            // On battery spare capacity is none, whatever the bounds say; a schedule beside it still has its floor.
            if (battery && !Metadata.FollowsSchedule)
                natural = 0;
            claims.Add(
                new Claim(
                    ClaimSource.Capacity,
                    ClaimEffect.Exactly,
                    battery ? 0 : Math.Clamp(found.Growth.Count, Metadata.Min, Metadata.Max),
                    battery ? _cluster.Power.Reason : found.Growth.Reason
                )
            );
        }

        var decision = Arbiter.Decide(claims, now);
        return new Answer.Size(Math.Min(decision.Of(natural), Metadata.Max), decision, numbers) { Until = until };
    }

    private (ITimetable Timetable, string? Missing) Timetable(ObjectRef target, ObjectRef scaled)
    {
        var page = _schedules.Of(Namespace);
        if (_timetable is { } built && ReferenceEquals(built.Page, page) && built.Target == target)
            return (built.Timetable, built.Missing);
        List<ITimetable> parts = [];
        string? missing = null;
        if (Metadata.Window is { } inline)
            parts.Add(new OneRule(new Rule(inline.Window, new Knobs(inline.Replicas, null), inline.Words)));
        if (Metadata.Schedules is { } names)
        {
            var absent = names.Where(name => page.All(schedule => schedule.Name != name)).ToList();
            if (absent.Count > 0)
                missing =
                    $"schedules: expected names of Schedules in {Namespace}, found {string.Join(", ", absent.Select(name => $"\"{name}\""))}, which there {(absent.Count == 1 ? "is" : "are")} not";
            parts.AddRange(page.Where(schedule => names.Contains(schedule.Name)).Select(Part).OfType<ITimetable>());
        }
        else if (Metadata.Window is null)
            parts.AddRange(
                page.Where(schedule =>
                        schedule.Spec is { } spec && (Is(spec.Target, target) || Is(spec.Target, scaled))
                    )
                    .Select(Part)
                    .OfType<ITimetable>()
            );

        var timetable = new Greatest(new Standing(Knobs.None, "no window is in force", false), parts);
        _timetable = (page, target, timetable, missing);
        return (timetable, missing);
    }

    private static OneRule? Part(ReadSchedule schedule) =>
        schedule.Spec is { Suspend: false } spec ? new OneRule(spec.Rule) : null;

    private static bool Is(ScheduleTarget named, ObjectRef what) => named.Name == what.Name && named.Kind == what.Kind;

    private static bool Names(Override wish, ObjectRef what) =>
        wish.Name == what.Name && wish.Namespace == what.Namespace && WorkloadType.Parse(wish.Kind)?.Kind == what.Kind;

    private static Instant? Sooner(Instant? known, Instant? one, Instant? other)
    {
        if (one is not null && !(known <= one))
            known = one;
        return other is not null && !(known <= other) ? other : known;
    }

    private static string Because(IReadOnlyList<string> troubles) =>
        troubles.Count == 0 ? "" : $": {string.Join("; ", troubles)}";
}
