using Ebb.Core.Ports;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
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
) : BackgroundService
{
    /// <summary>The longest time between two turns.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The least, in real time: in a large cluster something changes all the time, and each turn looks at every
    /// trigger.
    /// </summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(1);
    private static readonly Duration Renewal = Duration.FromSeconds(5);

    /// <summary>KEDA needs a moment to write an HPA after its ScaledObject changed.</summary>
    private static readonly Duration ReportAfter = Duration.FromSeconds(15);

    // By UID of the ScaledObject: since when its tolerance is missing, and whether that was reported.
    private readonly Dictionary<string, Instant> _dropped = [];
    private readonly HashSet<string> _reported = [];
    private Instant _renewed = Instant.MinValue;

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var change = changes.Next;
                await TurnAsync(stoppingToken);
                await Task.WhenAny(change, Task.Delay(Interval, time, stoppingToken));
                await Task.Delay(LeastInterval, stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // What fails because the process stops is not worth a line.
                break;
            }
#pragma warning disable CA1031 // A turn that failed is logged, and the next one comes.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.WorkFailed("setting exact counts", fault);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        using var timeout = new CancellationTokenSource(ReleaseTimeout);
        await leadership.ReleaseAsync(timeout.Token);
    }

    private async Task TurnAsync(CancellationToken stop)
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
            )
                continue;
            changes.RaiseAt(size.Until);
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
                log.Scaled(target.Ref.ToString(), target.Replicas, size.Replicas);
            else if (result.Outcome != WriteOutcome.Conflict)
                log.NotScaled(target.Ref.ToString(), size.Replicas, result.Detail);
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
