using System.Globalization;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Overrides;

/// <summary>
/// The writes that make a workload what an override asks, and those that make it what it was, each in the way of its
/// kind. What is so already needs none; what somebody else has changed meanwhile is kept.
/// </summary>
internal static class OverrideWrites
{
    private const string Paused = WellKnown.PausedReplicasAnnotation;
    private const string Hibernation = WellKnown.HibernationAnnotation;
    private const NumberStyles Digits = NumberStyles.None;
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <param name="workload">As it is now.</param>
    /// <param name="type">Its kind.</param>
    /// <param name="recorded">What is recorded of it because power has it asleep; null: power has it not.</param>
    /// <param name="now">The instant.</param>
    public static OverrideBaseline? Capture(
        WorkloadView workload,
        WorkloadType type,
        Baseline? recorded,
        Instant now
    ) =>
        (recorded ?? SleepStrategies.Of(type.Method, workload).Capture(workload, now)) is { } what
            ? new OverrideBaseline(
                what with
                {
                    Bounds = type.Method == SleepMethod.PauseScaling ? null : what.Bounds ?? workload.Autoscaler,
                },
                []
            )
            : null;

    /// <summary>Why it cannot hold; null: it can.</summary>
    public static string? Obstacle(int size, OverrideBaseline before, WorkloadView workload, WorkloadType type) =>
        IsScaled(type, workload)
        && size > 0
        && workload is { ScaledObject: null, Autoscaler: { } bounds }
        && before.What.Bounds?.Uid != bounds.Uid
            ? $"HorizontalPodAutoscaler {bounds.Ref.Name} came after it was overridden: its bounds are left alone"
            : null;

    public static IReadOnlyList<Write> ToHold(Override asked, WorkloadView workload, WorkloadType type)
    {
        if (!IsScaled(type, workload))
            return asked.Size switch
            {
                0 => SleepStrategies.Of(type.Method, workload).ToSleep(workload),
                null => [],
                _ => ToRun(workload),
            };
        return asked.Size is { } size && workload.Replicas is not null ? ScaledSizing.To(workload, size) : [];
    }

    public static IReadOnlyList<Write> ToReturn(OverrideBaseline before, WorkloadView workload, WorkloadType type)
    {
        if (!IsScaled(type, workload))
            return before.IsScheduled ? [] : SleepStrategies.Of(type.Method, workload).ToWake(workload, before.What);
        if (workload.Replicas is not { } present || before.What.Replicas is not { } was)
            return [];
        List<Write> writes = [];
        if (workload.ScaledObject is { } scaler)
        {
            var pause = before.IsEmptied ? "0" : before.What.Annotation(Paused);
            if (
                !int.TryParse(scaler.Annotations.GetValueOrDefault(Paused), Digits, Invariant, out var paused)
                || !before.IsAsked(paused)
                || pause == Text(paused)
            )
                return [];
            if (present == 0 && was > 0 && !before.IsEmptied)
                writes.Add(ScaledSizing.Scale(workload, was));
            // Last, so that KEDA takes over a target that is there already.
            writes.Add(ScaledSizing.Pause(scaler, pause));
            return writes;
        }
        var isSized = before.IsAsked(present) && was != present && !before.IsScheduled;
        if (workload.Autoscaler is not { } bounds)
            return isSized ? [ScaledSizing.Scale(workload, was)] : [];
        if (before.What.Bounds is { } old && bounds.Uid == old.Uid && IsHeld(before, bounds, old))
        {
            writes.Add(new Write.Bound(bounds.Ref, bounds.Uid, null, old.Least, old.Most));
            if (isSized)
                writes.Add(ScaledSizing.Scale(workload, was));
            return writes;
        }
        if (present == 0 && isSized)
            writes.Add(ScaledSizing.Scale(workload, was));
        // It was given 1, so that it stood still at 0 replicas.
        if (before.What.Bounds is { Least: 0 } zero && bounds is { Least: 1 } && bounds.Uid == zero.Uid)
            writes.Add(new Write.Bound(bounds.Ref, bounds.Uid, null, zero.Least, null));
        return writes;
    }

    /// <summary>
    /// An override has given it a size as both bounds; power, which wakes it, may have given a minimum of 0 back already.
    /// </summary>
    private static bool IsHeld(OverrideBaseline before, AutoscalerView bounds, AutoscalerView old) =>
        bounds.Most is > 0 and var size
        && before.IsAsked(size)
        && (bounds.Least == size || (bounds.Least == 0 && old.Least == 0))
        && (old.Least, old.Most) != (bounds.Least, bounds.Most);

    public static bool IsScaled(WorkloadType type, WorkloadView? workload) =>
        type.Method is SleepMethod.Scale or SleepMethod.PauseScaling && workload?.Declared is null;

    private static IReadOnlyList<Write> ToRun(WorkloadView workload)
    {
        if (workload.Suspended == true)
            return [new Write.Suspend(workload.Ref, workload.Uid, workload.ResourceVersion, false)];
        return workload.Annotations.GetValueOrDefault(Hibernation) == "on"
            ? [new Write.Annotate(workload.Ref, workload.Uid, workload.ResourceVersion, [new(Hibernation, null)])]
            : [];
    }

    private static string Text(int number) => number.ToString(Invariant);
}
