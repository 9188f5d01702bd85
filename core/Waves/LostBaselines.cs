using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>What a workload was, as the record of an outage has it beside its Baseline.</summary>
/// <param name="Type">The name of its type.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">What it was.</param>
public sealed record RecordedBaseline(string Type, string Namespace, string Name, Baseline Before)
{
    /// <summary>Where its Baseline is stored.</summary>
    public BaselineKey Key => new(BaselineSource.Power, Type, Namespace, Name);
}

/// <summary>Baselines that somebody deleted while nobody led who had seen them.</summary>
public static class LostBaselines
{
    /// <summary>What the record of an outage keeps of its members.</summary>
    public static IReadOnlyList<RecordedBaseline> Recorded(IEnumerable<Member> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return
        [
            .. members
                .Where(m => m is { Type: not null, Scaler: { Baseline: not null, TargetName: not null } })
                .Select(m => new RecordedBaseline(
                    m.Type!.Name,
                    m.Scaler.TargetNamespace,
                    m.Scaler.TargetName!,
                    m.Scaler.Baseline!
                )),
        ];
    }

    /// <summary>
    /// Those of the record that are not stored any more although their workload still sleeps as Ebb had left it. One
    /// that does not sleep was released by the leader before, or handed back by a person.
    /// </summary>
    public static IReadOnlyList<RecordedBaseline> Of(
        IReadOnlyList<UpsScalerView> scalers,
        IReadOnlyList<RecordedBaseline> recorded
    )
    {
        ArgumentNullException.ThrowIfNull(scalers);
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded.Count == 0)
            return [];
        var unstored = scalers
            .Where(s => s is { Baseline: null, Deleting: false })
            .ToLookup(s => (WorkloadType.Named(s.Type)?.Name, s.TargetNamespace, s.TargetName));
        return
        [
            .. recorded.Where(one =>
                WorkloadType.Named(one.Type) is { } type
                && unstored[(one.Type, one.Namespace, one.Name)].FirstOrDefault()?.Target
                    is WorkloadLookup.Found { Workload: { Deleting: false } workload }
                && workload.Uid == one.Before.Uid
                && SleepStrategies.Of(type.Method, workload) is var sleep
                && sleep.ToSleep(workload).Count == 0
                && sleep.ToWake(workload, one.Before).Count > 0
            ),
        ];
    }
}
