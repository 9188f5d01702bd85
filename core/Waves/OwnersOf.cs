using Ebb.Core.GitOps;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// What applies workloads from Git takes the place in the waves that those give it: with the first of them on the way
/// down, with the last on the way up.
/// </summary>
internal static class OwnersOf
{
    /// <summary>Owners of owners; a longer chain, or one that leads back to itself, is cut.</summary>
    private const int MostLevels = 8;

    /// <param name="members">Whatever an UpsScaler names, validated.</param>
    /// <param name="implied">What applies some of it, or did.</param>
    public static IReadOnlyList<Member> With(IReadOnlyList<Member> members, IReadOnlyList<UpsScalerView> implied)
    {
        var named = members
            .Where(m => IsOwner(m) && Counts(m))
            .Select(m => (m.Type, m.Scaler.TargetNamespace, m.Scaler.TargetName))
            .ToHashSet();
        // Whoever names one wrongly, or may not name it, does not take it out of the waves.
        List<Member> owners =
        [
            .. members.Where(IsOwner),
            .. implied
                .Select(Implied)
                .Where(m => !named.Contains((m.Type, m.Scaler.TargetNamespace, m.Scaler.TargetName))),
        ];
        if (owners.Count == 0)
            return members;
        HashSet<Member> reached = [.. members.Where(m => Counts(m) && !IsOwner(m))];
        Dictionary<Member, List<Member>> owned = owners.ToDictionary(owner => owner, _ => new List<Member>());
        Dictionary<Member, List<Member>> above = [];
        List<Member> level = [.. reached];
        for (var i = 1; i < MostLevels && level.Count > 0; i++)
        {
            List<Member> next = [];
            foreach (var member in level)
            foreach (var owner in OwnersAmong(owners, member))
            {
                // An explicit owner may be refused, and one that is applied by what it applies leads back.
                if (!Counts(owner) || IsAppliedBy(owner, member, above))
                    continue;
                owned[owner].Add(member);
                (above.TryGetValue(member, out var all) ? all : above[member] = []).Add(owner);
                if (reached.Add(owner))
                    next.Add(owner);
            }
            level = next;
        }
        Dictionary<Member, Member> placed = [];
        foreach (var owner in owners)
            Place(owner);
        foreach (var (owner, of) in owned)
            Now(owner).Owned = [.. of.Select(Now)];
        foreach (var (member, of) in above)
            Now(member).Owners = [.. of.Select(Now).Where(IsHeldBack)];
        return [.. members, .. placed.Values.Where(o => o.Scaler.Implied && IsHeldBack(o))];

        Member Now(Member member) => placed.GetValueOrDefault(member, member);

        // After the owners that it applies, since those give it its place.
        void Place(Member owner)
        {
            if (placed.ContainsKey(owner))
                return;
            foreach (var below in owned[owner].Where(IsOwner))
                Place(below);
            placed[owner] = owner.Scaler.Implied ? Placed(owner, [.. owned[owner].Select(Now)], members) : owner;
        }
    }

    private static bool IsAppliedBy(Member member, Member owner, Dictionary<Member, List<Member>> above) =>
        above.TryGetValue(member, out var of) && of.Exists(one => one == owner || IsAppliedBy(one, owner, above));

    private static Member Implied(UpsScalerView view) => new(view, WorkloadType.Parse(view.Type), null);

    private static bool IsOwner(Member member) => member.Type?.IsReconciler == true;

    private static bool Counts(Member member) => member.Refusal is null || member.Scaler.Baseline is not null;

    /// <summary>
    /// One that somebody else suspended, or that syncs by hand, is not in the way; nor one of which nothing is to
    /// sleep.
    /// </summary>
    private static bool IsHeldBack(Member owner) =>
        !owner.Scaler.Implied
        || owner.Scaler.Baseline is not null
        || (
            owner is { Owned.Count: > 0, Scaler.Deleting: false }
            && !(owner is { Workload: { } workload, Sleep: { } sleep } && sleep.ToSleep(workload).Count == 0)
        );

    private static IEnumerable<Member> OwnersAmong(List<Member> owners, Member member) =>
        member.Workload is { } workload
        && (!IsOwner(member) || PutBack.IsStated(workload, member.Scaler.Baseline))
        && OwnerMark.Of(workload) is { Count: > 0 } marks
            ? owners.Where(owner =>
                owner != member && owner.Type is { } type && marks.Any(mark => Means(mark, type, owner, workload))
            )
            : [];

    /// <summary>Of one that is not seen nothing is known but its name.</summary>
    private static bool Means(OwnerMark mark, WorkloadType type, Member owner, WorkloadView workload) =>
        mark.Type == type
        && mark.Name == owner.Scaler.TargetName
        && (mark.Namespace ?? owner.Scaler.TargetNamespace) == owner.Scaler.TargetNamespace
        && (owner.Workload is not { } seen || OwnerMark.IsOwner(seen, workload));

    private static Member Placed(Member owner, IReadOnlyList<Member> owned, IReadOnlyList<Member> members)
    {
        var view = owner.Scaler;
        var staying = owned.Where(m => !m.Scaler.Deleting).ToList();
        if (staying.Count > 0)
            view = view with
            {
                ShutdownPriority = staying.Min(m => m.DownPriority),
                ScaleUpPriority = staying.Max(m => m.UpPriority),
            };
        // Where some workload that sleeps is not seen, it may be one of its own, and it goes on holding back.
        else if (
            owned.Count == 0
            && members.Any(m => m.Scaler is { Baseline: not null, Deleting: false, Target: WorkloadLookup.Unknown })
        )
            view = view with
            {
                ShutdownPriority = members.Min(m => m.DownPriority),
                ScaleUpPriority = members.Max(m => m.UpPriority),
            };
        else
            view = view with { Deleting = true };
        return new Member(view, owner.Type, null) { Owned = owned };
    }
}
