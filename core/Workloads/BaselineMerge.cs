namespace Ebb.Core.Workloads;

/// <summary>
/// What an object was is one record, whoever asked first. When another source takes hold of it, what a source that
/// holds it may have changed stays as it was recorded; all else is recorded anew, since nobody has changed it since.
/// </summary>
public static class BaselineMerge
{
    /// <summary>The record once <paramref name="joining"/> holds it too.</summary>
    /// <param name="key">The object, and who takes hold of it.</param>
    /// <param name="recorded">What is recorded.</param>
    /// <param name="holders">Who holds it already.</param>
    /// <param name="joining">What the object is now, as far as the new holder may change it.</param>
    public static Baseline Of(
        BaselineKey key,
        Baseline recorded,
        IReadOnlyCollection<BaselineSource> holders,
        Baseline joining
    )
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(holders);
        ArgumentNullException.ThrowIfNull(joining);
        if (holders.Count == 0)
            return joining;
        var changed = holders.Aggregate(Part.None, (all, holder) => all | PartsOf(holder, key.Type));
        T? Keep<T>(Part part, T? was, T? now) => changed.HasFlag(part) && was is not null ? was : now;
        return new Baseline(
            joining.Uid ?? recorded.Uid,
            recorded.CapturedAt ?? joining.CapturedAt,
            Keep(Part.Size, recorded.Replicas, joining.Replicas),
            Keep(Part.Flag, recorded.Suspended, joining.Suspended),
            Keep(Part.Annotations, recorded.Annotations, joining.Annotations),
            Keep(Part.Flag, recorded.Automated, joining.Automated),
            Keep(Part.Annotations, recorded.ScaledObject, joining.ScaledObject),
            Keep(Part.Flag, recorded.SuspendStated, joining.SuspendStated),
            Keep(Part.Readiness, recorded.Ready, Ready(recorded, joining, changed)),
            Keep(Part.Bounds, recorded.Bounds, joining.Bounds),
            Keep(Part.Scales, recorded.Scales, joining.Scales),
            Keep(Part.Flag, recorded.Fields, joining.Fields)
        )
        {
            Nodes = Keep(Part.Readiness, recorded.Nodes, joining.Nodes),
        };
    }

    /// <summary>
    /// How many were ready says something of the size of now; all of them means all of any size. Of what has none and
    /// may be asleep by a holder it says nothing.
    /// </summary>
    private static int? Ready(Baseline recorded, Baseline joining, Part changed) =>
        recorded.Replicas is null && changed.HasFlag(Part.Flag) ? recorded.Ready
        : changed.HasFlag(Part.Size) && recorded.Replicas is not null && joining.Ready >= joining.Replicas ? null
        : joining.Ready;

    /// <summary>What a source may change of an object of this type.</summary>
    private static Part PartsOf(BaselineSource holder, string type) =>
        (holder, type) switch
        {
            (BaselineSource.Schedule, ScaledObject) => Part.Bounds | Part.Annotations | Part.Scales,
            (BaselineSource.Schedule, _) when WorkloadType.Named(type)?.Method == SleepMethod.Scale => Part.Size
                | Part.Flag,
            (BaselineSource.Schedule, _) => Part.Size | Part.Flag | Part.Annotations | Part.Bounds | Part.Scales,
            (BaselineSource.Override, ScaledObject) => Part.Size | Part.Annotations,
            (BaselineSource.Override, _) => Part.Size | Part.Flag | Part.Annotations | Part.Bounds,
            (BaselineSource.Power, ScaledObject) => Part.Size | Part.Annotations | Part.Readiness,
            (BaselineSource.Power, _) => Part.Size | Part.Flag | Part.Annotations | Part.Bounds | Part.Readiness,
            _ => throw new ArgumentOutOfRangeException(nameof(holder), holder, "unexpected value"),
        };

    private const string ScaledObject = "scaledobject";

    [Flags]
    private enum Part
    {
        None = 0,
        Size = 1,
        Flag = 2,
        Annotations = 4,
        Bounds = 8,
        Scales = 16,
        Readiness = 32,
    }
}
