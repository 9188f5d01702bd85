using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>Sized to 0, and asleep when no pod is left that can end.</summary>
internal sealed class ScaledSleep : ISleepStrategy
{
    private const string Paused = WellKnown.PausedReplicasAnnotation;

    public string? Refusal(WorkloadView workload) =>
        workload.DeletesClaimsWhenScaled
            ? "its persistentVolumeClaimRetentionPolicy.whenScaled is Delete: scaling it to 0 would delete its data"
            : null;

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        workload.Replicas is not { } replicas ? null
        : workload.ScaledObject is { } scaler
            ? new Baseline(
                workload.Uid,
                now,
                replicas,
                Annotations: [new(Paused, scaler.Annotations.GetValueOrDefault(Paused))],
                ScaledObject: scaler.Ref.Name,
                Ready: Ready(workload, replicas)
            )
        : new Baseline(
            workload.Uid,
            now,
            replicas,
            Ready: Ready(workload, replicas),
            Bounds: ScaledSizing.GoesOnAtZero(workload)
        );

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) => ScaledSizing.To(workload, 0);

    public bool? IsAsleep(WorkloadView workload) =>
        workload switch
        {
            { Replicas: > 0 } => false,
            _ when ScaledSizing.GoesOnAtZero(workload) is not null => false,
            { ScaledObject: { } scaler } when !ScaledSizing.IsPausedAt(scaler, 0) => false,
            { Replicas: null } or { PodsLeft: null } => null,
            _ => workload.PodsLeft == 0 || workload.IsStranded,
        };

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline)
    {
        List<Write> writes = [];
        var ours = OurPause(workload, baseline);
        if (
            baseline.Replicas is { } replicas
            && workload.Replicas is { } size
            && NeedsScale(workload, size, replicas, ours)
        )
            writes.Add(ScaledSizing.Scale(workload, replicas));
        if (
            baseline.Bounds is { Least: 0 } before
            && workload.Autoscaler is { Least: 1 } held
            && held.Uid == before.Uid
        )
            writes.Add(new Write.Bound(held.Ref, held.Uid, null, before.Least, null));
        // Last, so that KEDA takes over a target that is there already and does not begin at 1.
        if (ours is not null)
            writes.Add(ScaledSizing.Pause(ours, IsOf(baseline, ours) ? baseline.Annotation(Paused) : null));
        return writes;
    }

    public Baseline StayingAsleep(WorkloadView workload, Baseline baseline) =>
        baseline with
        {
            Replicas = 0,
            Ready = null,
        };

    public bool? IsAwake(WorkloadView workload, Baseline baseline)
    {
        if (ToWake(workload, baseline).Count > 0)
            return false;
        if (workload.Replicas is not { } size)
            return null;
        if (workload.ReadyReplicas is not { } ready)
            return null;
        return ready >= baseline.ReadyOf(IsScaledByOthers(workload) ? size : baseline.Replicas ?? size);
    }

    /// <summary>
    /// An autoscaler goes on from the first size it is given and is then left alone; nobody else may move it from its
    /// baseline.
    /// </summary>
    private static bool NeedsScale(WorkloadView workload, int size, int replicas, ScaledObjectView? ours) =>
        workload.ScaledObject is not null ? ours is not null && size == 0 && replicas > 0
        : workload.HorizontalPodAutoscaler is not null ? size == 0 && replicas > 0
        : size != replicas;

    private static int? Ready(WorkloadView workload, int replicas) =>
        workload.ReadyReplicas is { } ready ? Math.Min(ready, replicas) : null;

    private static bool IsScaledByOthers(WorkloadView workload) =>
        workload.ScaledObject is not null || workload.HorizontalPodAutoscaler is not null;

    /// <summary>
    /// The ScaledObject, while it still has the pause that Ebb gave it. One that was made, renamed or first seen after
    /// its workload was captured is not in the Baseline; what ran before was not paused at 0 by a person.
    /// </summary>
    private static ScaledObjectView? OurPause(WorkloadView workload, Baseline baseline) =>
        workload.ScaledObject is { } scaler
        && ScaledSizing.IsPausedAt(scaler, 0)
        && (IsOf(baseline, scaler) ? baseline.Annotation(Paused) != "0" : baseline.Replicas > 0)
            ? scaler
            : null;

    private static bool IsOf(Baseline baseline, ScaledObjectView scaler) => baseline.ScaledObject == scaler.Ref.Name;
}
