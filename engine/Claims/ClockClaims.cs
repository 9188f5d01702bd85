using Ebb.Core.Claims;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Engine.Claims;

/// <summary>
/// What the clock asks of workloads now, until when, and what then: for whoever decides and for whoever explains.
/// </summary>
internal sealed class ClockClaims : IClaims
{
    private static readonly IReadOnlyList<Claim> Nothing = [];
    private Dictionary<string, Asked> _asked = [];
    private volatile Dictionary<WorkloadName, IReadOnlyList<Claim>> _now = [];

    /// <summary>By workload, and by what scales it.</summary>
    public IReadOnlyDictionary<WorkloadName, IReadOnlyList<Claim>> Now => _now;

    /// <summary>The workloads themselves, each once.</summary>
    public IReadOnlyList<(WorkloadType Type, string Namespace, string Name)> Workloads { get; private set; } = [];

    public IReadOnlyList<Claim> On(WorkloadName workload) => _now.GetValueOrDefault(workload) ?? Nothing;

    public IEnumerable<(Member Member, Claim Claim)> On(IReadOnlyList<Member> roster, Instant now)
    {
        var all = _now;
        if (all.Count == 0)
            yield break;
        foreach (var member in roster)
        {
            // At waking the power path has asked the clock already.
            if (member is not { Type: { } type, Scaler: { TargetName: { } name, Baseline: null } })
                continue;
            var asked = all.GetValueOrDefault(new WorkloadName(type.Kind, member.Scaler.TargetNamespace, name));
            foreach (var claim in asked ?? Nothing)
                yield return (member, claim);
        }
    }

    /// <summary>Takes over what the almanac says; what stands as it did is not worked out again.</summary>
    public void Set(IReadOnlyList<IndexEntry> entries, TimetableCache almanac, IScheduleCluster cluster, Instant now)
    {
        Dictionary<string, Asked> asked = new(entries.Count);
        Dictionary<WorkloadName, IReadOnlyList<Claim>> claims = [];
        List<(WorkloadType Type, string Namespace, string Name)> workloads = [];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Pending || entry.Timetable is not { } timetable)
                continue;
            var state = almanac[i];
            var known = _asked.GetValueOrDefault(entry.Key);
            var one =
                known is not null
                && ReferenceEquals(known.Of, entry)
                && known.State == state
                && now >= known.From
                && !(now >= known.Until)
                    ? known
                    : Ask(entry, timetable, state, now);
            asked[entry.Key] = one;
            if (one.Claims.Count == 0)
                continue;
            var target = ScheduledWorkload.Of(entry, cluster);
            var workload = new WorkloadName(target.Kind, entry.Namespace, target.Name);
            if (!claims.ContainsKey(workload) && ScheduledWorkload.TypeOf(entry, target.Kind) is { } type)
                workloads.Add((type, entry.Namespace, target.Name));
            Add(workload);
            if (new WorkloadName(entry.Kind, entry.Namespace, entry.Name) is var governor && governor != workload)
                Add(governor);

            void Add(WorkloadName name) => claims[name] = [.. claims.GetValueOrDefault(name) ?? Nothing, .. one.Claims];
        }
        (_asked, Workloads, _now) = (asked, workloads, claims);
    }

    private static Asked Ask(IndexEntry entry, ITimetable timetable, ScheduleState state, Instant now)
    {
        // A change that changes nothing, such as a day off in a window that is not in force, is none; a bound keeps
        // this short.
        var until = timetable.NextChange(now);
        for (
            var i = 0;
            i < 32
                && until is { } at
                && timetable.At(at) is var same
                && same.Bounds == state.Bounds
                && same.Cause == state.Cause;
            i++
        )
            until = timetable.NextChange(at);
        var then = until is { } change ? Words(timetable.At(change).Bounds) : null;
        return new Asked(
            entry,
            state,
            now,
            until,
            Claim.Between(ClaimSource.Schedule, state.Bounds.Min, state.Bounds.Max, state.Cause, until, then)
        );
    }

    private static string Words(ScaleBounds bounds) =>
        (bounds.Min, bounds.Max) switch
        {
            (null, null) => "what it was",
            (_, 0) => "asleep",
            ({ } least, { } most) when least >= most => $"exactly {most}",
            ({ } least, { } most) => $"at least {least} and at most {most}",
            ({ } least, null) => $"at least {least}",
            (null, { } most) => $"at most {most}",
        };

    private sealed record Asked(
        IndexEntry Of,
        ScheduleState State,
        Instant From,
        Instant? Until,
        IReadOnlyList<Claim> Claims
    );
}
