using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>Pauses by annotation, with the timings that were observed of 2.10 and of 2.20.</summary>
/// <param name="lookAgain">Called with a key and the time at which it is to be reconciled again.</param>
internal sealed class Pauses(
    Hands hands,
    ScaleTargets targets,
    ScaledObjectStatus status,
    OwnedAutoscalers autoscalers,
    bool isNew,
    Action<string, DateTimeOffset> lookAgain
)
{
    // Medians of what was measured from a patch to its effect.
    private static readonly TimeSpan PauseLatency = TimeSpan.FromMilliseconds(35);
    private static readonly TimeSpan UnpauseLatency = TimeSpan.FromMilliseconds(80);

    private readonly HashSet<string> pausedNow = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> turning = new(StringComparer.Ordinal);

    /// <summary>Follows the annotations. True: the scale loop runs.</summary>
    public bool Turn(ResourceType type, StoredObject so, ScaleTarget target) =>
        isNew ? TurnNew(type, so, target) : TurnOld(type, so);

    /// <summary>Whether the scale loop stands still, as it does from the moment that a pause has taken effect.</summary>
    public bool Holds(string key) => pausedNow.Contains(key);

    public void Forget(string key)
    {
        pausedNow.Remove(key);
        turning.Remove(key);
    }

    // 2.20: the reconciler does it, at once.
    private bool TurnNew(ResourceType type, StoredObject so, ScaleTarget target)
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
                lookAgain(key, due);
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

        // The count is set when the pause begins or changes; what somebody does to the target afterwards stays.
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

    // 2.10: a pause is seen by the next poll, which goes on.
    private bool TurnOld(ResourceType type, StoredObject so)
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

    /// <summary>2.10: what a poll does to a paused one.</summary>
    public void Hold(ResourceType type, StoredObject so, long count)
    {
        if (targets.Of(so.Tree) is { } target && target.Replicas != count)
        {
            targets.Scale(target, count);
        }

        hands.ChangeStatus(type, so, tree => tree.Ensure("status")["pausedReplicaCount"] = count);
    }
}
