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
        if (asked.Size is not { } size || workload.Replicas is not { } present)
            return [];
        List<Write> writes = [];
        if (workload.ScaledObject is { } scaler)
        {
            if (scaler.Annotations.GetValueOrDefault(Paused) != Text(size))
                writes.Add(Annotate(scaler, Text(size)));
        }
        // At 0 replicas an autoscaler stands still, and it may not have a maximum of 0.
        else if (size > 0 && workload.Autoscaler is { } bounds && (bounds.Least != size || bounds.Most != size))
            writes.Add(new Write.Bound(bounds.Ref, bounds.Uid, null, size, size));
        if (present != size)
            writes.Add(Scale(workload, size));
        return writes;
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
                writes.Add(Scale(workload, was));
            // Last, so that KEDA takes over a target that is there already.
            writes.Add(Annotate(scaler, pause));
            return writes;
        }
        var isSized = before.IsAsked(present) && was != present && !before.IsScheduled;
        if (workload.Autoscaler is not { } bounds)
            return isSized ? [Scale(workload, was)] : [];
        if (
            before.What.Bounds is { } old
            && bounds.Uid == old.Uid
            && bounds.Least is > 0 and var bound
            && bounds.Most == bound
            && before.IsAsked(bound)
            && (old.Least, old.Most) != (bounds.Least, bounds.Most)
        )
        {
            writes.Add(new Write.Bound(bounds.Ref, bounds.Uid, null, old.Least, old.Most));
            if (isSized)
                writes.Add(Scale(workload, was));
        }
        else if (present == 0 && isSized)
            writes.Add(Scale(workload, was));
        return writes;
    }

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

    private static Write.Annotate Annotate(ScaledObjectView scaler, string? value) =>
        new(scaler.Ref, scaler.Uid, scaler.ResourceVersion, [new(Paused, value)]);

    private static Write.Scale Scale(WorkloadView workload, int replicas) =>
        new(
            workload.Ref,
            workload.ScaledObject?.Uid == workload.Uid ? null : workload.Uid,
            workload.ResourceVersion,
            replicas
        );

    private static string Text(int number) => number.ToString(Invariant);
}
