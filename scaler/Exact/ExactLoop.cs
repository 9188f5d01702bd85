using Ebb.Core.Ports;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Loops;
using Ebb.Scaler.Settings;
using NodaTime;

namespace Ebb.Scaler.Exact;

/// <summary>
/// Sets the scale of workloads whose HPA ignores a small change to the number that is answered, with which the HPA then
/// agrees, and
/// reports once a tolerance that the API server dropped. Only the leader writes.
/// </summary>
internal sealed class ExactLoop(
    ScalerCluster cluster,
    TriggerRegistry triggers,
    ChangeSignal changes,
    ILeadership leadership,
    EventRecorder events,
    ScalerSettings settings,
    TimeProvider time,
    ILogger<ExactLoop> log
) : ChangeLoop("setting exact counts", changes, time, log)
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(1);
    private static readonly Duration Renewal = Duration.FromSeconds(5);

    /// <summary>KEDA needs a moment to write an HPA after its ScaledObject changed.</summary>
    private static readonly Duration ReportAfter = Duration.FromSeconds(15);

    // By UID of the ScaledObject: since when its tolerance is missing, and whether that was reported.
    private readonly Dictionary<string, Instant> _dropped = [];
    private readonly HashSet<string> _reported = [];
    private Instant _renewed = Instant.MinValue;

    private Instant Now => Instant.FromDateTimeOffset(Time.GetUtcNow());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);

        using var timeout = new CancellationTokenSource(ReleaseTimeout);
        await leadership.ReleaseAsync(timeout.Token);
    }

    protected override async Task TurnAsync(CancellationToken stop)
    {
        var now = Now;
        if (now - _renewed >= Renewal)
        {
            _renewed = now;
            await leadership.RenewAsync(stop);
            triggers.RemoveExpired();
        }

        if (!settings.Act || leadership.HeldUntil is null || !cluster.Synced)
            return;
        triggers.Learn(cluster.ExternalTriggers);
        foreach (var (trigger, _) in triggers.Present)
        {
            if (
                trigger.At(now) is not Answer.Size size
                || cluster.ScaledObject(trigger.Namespace, trigger.Name).It is not { Target: { } reference } scaled
                // A ScaledJob has no scale: KEDA makes Jobs of the number that is answered.
                || reference == scaled.Ref
            )
                continue;
            Changes.RaiseAt(size.Until);
            var hpa = cluster.Autoscaler(trigger.Namespace, scaled.HpaName);
            if (hpa.Unknown is not null)
                continue;
            ReportDroppedTolerance(scaled, hpa.It, now);
            if (
                !trigger.Metadata.Exact
                || cluster.Target(reference).It is not { } target
                || !ExactDecision.Of(size.Replicas, scaled, target, hpa.It).Set
            )
                continue;
            var result = await cluster.ScaleAsync(target, size.Replicas, stop);
            if (result.Outcome == WriteOutcome.Done)
                Log.Scaled(target.Ref.ToString(), target.Replicas, size.Replicas);
            else if (result.Outcome != WriteOutcome.Conflict)
                Log.NotScaled(target.Ref.ToString(), size.Replicas, result.Detail);
        }
    }

    private void ReportDroppedTolerance(ScaledObjectFacts scaled, AutoscalerFacts? hpa, Instant now)
    {
        if (!ExactDecision.WasDropped(scaled, hpa))
        {
            _dropped.Remove(scaled.Uid);
            _reported.Remove(scaled.Uid);
            return;
        }

        if (!_dropped.TryGetValue(scaled.Uid, out var since))
            _dropped[scaled.Uid] = since = now;
        if (now - since < ReportAfter || !_reported.Add(scaled.Uid))
            return;
        events.Record(
            scaled.Ref.Namespace,
            scaled.Ref.Name,
            "ToleranceDropped",
            $"the API server did not keep the tolerance in HPA {scaled.HpaName} (it needs Kubernetes 1.35, and KEDA 2.18): "
                + "changes within 10 % are made through the workload's scale"
        );
    }
}
