using Ebb.Core.Capacity;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Loops;
using Ebb.Scaler.Settings;
using NodaTime;

namespace Ebb.Scaler.Marks;

/// <summary>
/// Marks pods that are to be deleted first where a trigger chooses it, and takes the marks back when they are no longer
/// wanted. Only the replica that holds the Lease writes.
/// </summary>
internal sealed class MarkLoop(
    ScalerCluster cluster,
    TriggerRegistry triggers,
    ChangeSignal changes,
    ILeadership leadership,
    MarkStates states,
    ScalerSettings settings,
    TimeProvider time,
    ILogger<MarkLoop> log
) : ChangeLoop("marking pods", changes, time, log)
{
    private const int MostWrites = 100;

    protected override async Task TurnAsync(CancellationToken stop)
    {
        if (!settings.Act || leadership.HeldUntil is null || !cluster.Synced || !cluster.CapacitySynced)
            return;
        var chosen = triggers.Present.Where(one => one.Trigger.Metadata.Capacity?.MarksPods == true).ToList();
        states.Keep(chosen.Select(one => (one.Trigger.Namespace, one.Trigger.Name)).ToHashSet());
        if (chosen.Count == 0 && cluster.MarkedPods == 0)
            return;
        var pods = cluster.PlacedPods().ToList();
        var left = pods.Where(one => one.Mark == DeletionMark.Ours).Select(one => one.Pod).ToHashSet();
        var (writes, isComplete) = (0, true);
        var now = Instant.FromDateTimeOffset(Time.GetUtcNow());
        foreach (var (trigger, _) in chosen)
        {
            if (
                trigger.At(now) is not Answer.Size { Capacity: not null }
                || cluster.ScaledObject(trigger.Namespace, trigger.Name).It?.Target is not { } reference
                || cluster.Target(reference).It is not { } target
            )
            {
                // Whose marks those are is not known now: none is taken back.
                isComplete = false;
                continue;
            }

            if (target.Ref.Kind is "StatefulSet" or "ScaledJob")
            {
                states.Set(
                    trigger.Namespace,
                    trigger.Name,
                    $"a {target.Ref.Kind} does not look at deletion costs: none is set"
                );
                continue;
            }

            var own = pods.Where(one => target.Owns(one.Pod)).ToList();
            left.ExceptWith(own.Select(one => one.Pod));
            var given = trigger.ByNode().Where(node => node.GivenBack > 0).ToDictionary(n => n.Node, n => n.GivenBack);
            var (set, clear) = DeletionMarks.Of(
                [.. own.Select(one => new MarkedPod(one.Pod.Name, one.Pod.Node!, one.Mark))],
                given
            );
            string? refused = null;
            var marked = own.Count(one => one.Mark == DeletionMark.Ours);
            foreach (var (name, mark) in set.Select(name => (name, true)).Concat(clear.Select(name => (name, false))))
            {
                if (writes++ >= MostWrites)
                    break;
                if (await WriteAsync(target.Ref.Namespace, name, mark, stop) is { } failure)
                    refused = failure;
                else
                    marked += mark ? 1 : -1;
            }
            states.Set(
                trigger.Namespace,
                trigger.Name,
                refused is not null ? $"pods cannot be marked: {refused}"
                    : given.Count == 0 ? "no pod is to go first"
                    : $"{marked} pods on {string.Join(", ", given.Keys.Order(StringComparer.Ordinal).Take(10))} go first"
            );
        }

        if (isComplete)
            foreach (var pod in left)
                if (writes++ < MostWrites)
                    await WriteAsync(pod.Namespace, pod.Name, false, stop);
    }

    private async Task<string?> WriteAsync(string @namespace, string name, bool set, CancellationToken stop)
    {
        var result = await cluster.MarkAsync(@namespace, name, set, stop);
        // A pod that is gone needs no mark.
        return result.Outcome is WriteOutcome.Done or WriteOutcome.Conflict or WriteOutcome.Gone ? null : result.Detail;
    }
}
