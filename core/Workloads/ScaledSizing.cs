using System.Globalization;

namespace Ebb.Core.Workloads;

/// <summary>
/// How something with replicas is brought to a size, whoever asks, so that what scales it does not move it away again.
/// What is so already needs no write.
/// </summary>
/// <remarks>
/// Where a ScaledObject scales it, that is paused at the size: KEDA undoes a bare scale at its next poll, and the pause
/// alone takes seconds on older ones. An HPA is given the size as both bounds. At 0 replicas it stands still, and may
/// not have a maximum of 0; but one with minReplicas 0 (HPAScaleToZero) goes on by its metrics there, and is given 1.
/// </remarks>
internal static class ScaledSizing
{
    private const string Paused = WellKnown.PausedReplicasAnnotation;

    /// <summary>Empty: it has the size, or how many there are is not known.</summary>
    public static IReadOnlyList<Write> To(WorkloadView workload, int size)
    {
        List<Write> writes = [];
        if (workload.ScaledObject is { } scaler)
        {
            if (!IsPausedAt(scaler, size))
                writes.Add(Pause(scaler, size.ToString(CultureInfo.InvariantCulture)));
        }
        else if (workload.Autoscaler is { } bounds)
        {
            if (size > 0 && (bounds.Least != size || bounds.Most != size))
                writes.Add(new Write.Bound(bounds.Ref, bounds.Uid, null, size, size));
            else if (size == 0 && GoesOnAtZero(workload) is not null)
                writes.Add(new Write.Bound(bounds.Ref, bounds.Uid, null, 1, null));
        }
        if (workload.Replicas is { } present && present != size)
            writes.Add(Scale(workload, size));
        return writes;
    }

    /// <summary>The HPA that would move it although it has 0 replicas; null: none.</summary>
    public static AutoscalerView? GoesOnAtZero(WorkloadView workload) =>
        workload is { ScaledObject: null, Autoscaler: { Least: 0 } autoscaler } ? autoscaler : null;

    public static bool IsPausedAt(ScaledObjectView scaler, int size) =>
        scaler.Annotations.GetValueOrDefault(Paused) == size.ToString(CultureInfo.InvariantCulture);

    /// <param name="scaler">The ScaledObject.</param>
    /// <param name="value">Null: it is not paused at a size any more.</param>
    public static Write.Annotate Pause(ScaledObjectView scaler, string? value) =>
        new(scaler.Ref, scaler.Uid, scaler.ResourceVersion, [new(Paused, value)]);

    /// <summary>
    /// For type scaledobject the baseline is bound to the ScaledObject, so the target is guarded by its version alone.
    /// </summary>
    public static Write.Scale Scale(WorkloadView workload, int replicas) =>
        new(
            workload.Ref,
            workload.ScaledObject?.Uid == workload.Uid ? null : workload.Uid,
            workload.ResourceVersion,
            replicas
        );
}
