using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>Pauses by annotation, with the timings that were observed of 2.10 and of 2.20.</summary>
/// <param name="requeue">Queues a key to be reconciled again at a time.</param>
internal sealed class Pauses(
    ControllerClient hands,
    ScaleTargets targets,
    ScaledObjectStatus status,
    OwnedAutoscalers autoscalers,
    bool isNew,
    Action<string, DateTimeOffset> requeue
)
{
    // Medians of what was measured from a patch to its effect.
    private static readonly TimeSpan PauseLatency = TimeSpan.FromMilliseconds(35);
    private static readonly TimeSpan UnpauseLatency = TimeSpan.FromMilliseconds(80);

    private readonly HashSet<string> pausedNow = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> turning = new(StringComparer.Ordinal);

    /// <summary>Applies the annotations. True: the scale loop runs.</summary>
    public bool Turn(ApiResource type, StoredObject so, ScaledTarget target) =>
        isNew ? TurnNew(type, so, target) : TurnOld(type, so);

    /// <summary>Whether the scale loop is stopped, as it is once a pause has taken effect.</summary>
    public bool Holds(string key) => pausedNow.Contains(key);

    public void Forget(string key)
    {
        pausedNow.Remove(key);
        turning.Remove(key);
    }

    // 2.20: the reconciler does it, at once.
    private bool TurnNew(ApiResource type, StoredObject so, ScaledTarget target)
    {
        var key = so.Tree.Key();
        var paused = ScaledObjects.IsPaused(so.Tree);
        if (paused != pausedNow.Contains(key))
        {
            if (!turning.TryGetValue(key, out var due))
            {
                due = hands.Now + (paused ? PauseLatency : UnpauseLatency);
                turning[key] = due;
            }

            if (hands.Now < due)
            {
                requeue(key, due);
                return false;
            }

            turning.Remove(key);
            if (paused)
            {
                pausedNow.Add(key);
            }
            else
            {
                pausedNow.Remove(key);
            }
        }
        else
        {
            turning.Remove(key);
        }

        if (!paused)
        {
            return true;
        }

        autoscalers.Drop(so);
        if (ScaledObjects.HasBrokenPause(so.Tree))
        {
            status.Conditions(
                type,
                so,
                (
                    "Ready",
                    "False",
                    "ScaledObjectCheckFailed",
                    "error parsing annotation autoscaling.keda.sh/paused-replicas"
                )
            );
            return false;
        }

        // The count is set when the pause begins or changes; later changes of the target by others stay.
        if (ScaledObjects.PausedCount(so.Tree) is { } count && so.Tree.Whole("status", "pausedReplicaCount") != count)
        {
            targets.Scale(target, count);
            so = hands.ChangeStatus(
                type,
                hands.Find(type, key)!,
                tree => tree.Ensure("status")["pausedReplicaCount"] = count
            );
        }

        status.Conditions(
            type,
            hands.Find(type, key)!,
            ("Ready", "True", "ScaledObjectReady", "ScaledObject is paused"),
            ("Paused", "True", "ScaledObjectPaused", "ScaledObject is paused")
        );
        return false;
    }

    // 2.10: the next poll sees the pause; polling continues.
    private bool TurnOld(ApiResource type, StoredObject so)
    {
        if (ScaledObjects.HasBrokenPause(so.Tree))
        {
            status.Conditions(
                type,
                so,
                (
                    "Ready",
                    "False",
                    "ScaledObjectCheckFailed",
                    "error parsing annotation autoscaling.keda.sh/paused-replicas"
                )
            );
            return false;
        }

        return true;
    }

    /// <summary>2.10: a poll of a paused ScaledObject.</summary>
    public void Hold(ApiResource type, StoredObject so, long count)
    {
        if (targets.Of(so.Tree) is { } target && target.Replicas != count)
        {
            targets.Scale(target, count);
        }

        hands.ChangeStatus(type, so, tree => tree.Ensure("status")["pausedReplicaCount"] = count);
    }
}
