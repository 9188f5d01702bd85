using Ebb.Core.Ports;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Settings;
using NodaTime;

namespace Ebb.Scaler.Exact;

/// <summary>
/// Beside the answers: where a cluster's HPAs ignore small changes the workload's scale is set to the same number, which the HPA then
/// agrees with; and a tolerance that the API server dropped is told once. Only the leader writes.
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
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    // Of this machine, not of the world: in a large cluster something changes all the time, and each turn looks at every trigger.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(500);
    private static readonly Duration Renewal = Duration.FromSeconds(5);
    private static readonly Duration Doubt = Duration.FromSeconds(15);
    private readonly Dictionary<string, Instant> _dropped = [];
    private readonly HashSet<string> _told = [];
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
                await Task.WhenAny(change, Task.Delay(Beat, time, stoppingToken));
                await Task.Delay(Apart, stoppingToken);
            }
#pragma warning disable CA1031 // A turn that failed is logged, and the next one comes. What fails because all around it ends is not worth a line.
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.WorkFailed("setting exact counts", fault);
                await Task.Delay(Beat, time, stoppingToken);
            }
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await leadership.ReleaseAsync(patience.Token);
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
            Tell(scaled, hpa.It, now);
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

    // KEDA needs a moment to write an HPA after its ScaledObject changed.
    private void Tell(ScaledObjectFacts scaled, AutoscalerFacts? hpa, Instant now)
    {
        if (!ExactDecision.WasDropped(scaled, hpa))
        {
            _dropped.Remove(scaled.Uid);
            _told.Remove(scaled.Uid);
            return;
        }

        if (!_dropped.TryGetValue(scaled.Uid, out var since))
            _dropped[scaled.Uid] = since = now;
        if (now - since < Doubt || !_told.Add(scaled.Uid))
            return;
        events.Record(
            scaled.Ref.Namespace,
            scaled.Ref.Name,
            "ToleranceDropped",
            $"the API server did not keep the tolerance in HPA {scaled.HpaName} (it needs Kubernetes 1.35, and KEDA 2.18): changes within 10 % are made through the workload's scale"
        );
    }
}
