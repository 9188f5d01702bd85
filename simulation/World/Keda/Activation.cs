using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>Scales the target between zero and one by the activity of its triggers, at polls and pushes.</summary>
/// <param name="requeue">Queues a key to be reconciled again at a time.</param>
internal sealed class Activation(
    ControllerClient hands,
    ScaleTargets targets,
    ScaledObjectStatus status,
    OwnedAutoscalers autoscalers,
    bool isNew,
    Action<string, DateTimeOffset> requeue
)
{
    private readonly Dictionary<string, DateTimeOffset> lastActive = new(StringComparer.Ordinal);

    public void Forget(string key) => lastActive.Remove(key);

    /// <summary>Since 2.18 a push only activates; before, it also deactivated, without the cooldown.</summary>
    public void OnPush(StoredObject so, bool active)
    {
        if (targets.Of(so.Tree) is not { } target)
        {
            return;
        }

        var replicas = target.Replicas;
        if (active)
        {
            lastActive[so.Tree.Key()] = hands.Now;
            if (replicas == 0 && !ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleOut))
            {
                targets.Scale(target, Math.Max(ScaledObjects.Least(so.Tree), 1));
            }
        }
        else if (!isNew && replicas > 0 && ScaledObjects.Least(so.Tree) == 0)
        {
            targets.Scale(target, 0);
        }
    }

    /// <summary>Applies the result of a poll.</summary>
    public void OnPoll(ApiResource type, StoredObject so, PollResult result)
    {
        var key = so.Tree.Key();
        if (result.Failure is { } failure)
        {
            hands.Tell(so.Tree, "Warning", "KEDAScalerFailed", failure, "keda-operator");
            if (result.Metrics is { Count: > 0 })
            {
                autoscalers.Ensure(so, result.Metrics);
            }

            status.Conditions(
                type,
                hands.Find(type, key)!,
                result.Metrics is { Count: > 0 }
                    ? ("Ready", "False", "TriggerError", "Triggers defined in ScaledObject are not working correctly")
                    : ("Ready", "False", "ScaledObjectCheckFailed", "no metric specs returned from scalers"),
                ("Active", "False", "ScalerNotActive", "Scaling is not performed because triggers are not active")
            );
            return;
        }

        autoscalers.Ensure(so, result.Metrics!);
        var active = result.Active || ScaledObjects.Says(so.Tree, ScaledObjects.ForceActivation);
        if (active)
        {
            lastActive[key] = hands.Now;
        }

        so = status.Ready(type, key, result, active);
        if (targets.Of(so.Tree) is not { } target)
        {
            return;
        }

        var replicas = target.Replicas;
        if (active)
        {
            var up = Math.Max(ScaledObjects.Least(so.Tree), 1);
            if (
                replicas < up
                && !ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleOut)
                && (replicas == 0 || replicas == ScaledObjects.Idle(so.Tree))
            )
            {
                targets.Scale(target, up);
                hands.Tell(
                    so.Tree,
                    "Normal",
                    "KEDAScaleTargetActivated",
                    $"Scaled {target.Kind} {so.Tree.Namespace()}/{target.Object.Tree.Name()} from {replicas} to {up}, triggered by {string.Join(";", so.Tree.Objects("spec", "triggers").Select(t => t.Text("type")))}",
                    "keda-operator"
                );
            }

            return;
        }

        if (ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleIn))
        {
            return;
        }

        var floor = ScaledObjects.Idle(so.Tree) ?? ScaledObjects.Least(so.Tree);
        if (
            replicas < ScaledObjects.Least(so.Tree)
            && ScaledObjects.Idle(so.Tree) is null
            && !ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleOut)
        )
        {
            targets.Scale(target, ScaledObjects.Least(so.Tree));
        }
        else if (replicas > floor && (floor == 0 || ScaledObjects.Idle(so.Tree) is not null) && CooledDown(so.Tree))
        {
            targets.Scale(target, floor);
            hands.Tell(
                so.Tree,
                "Normal",
                "KEDAScaleTargetDeactivated",
                $"Deactivated {target.Kind} {so.Tree.Namespace()}/{target.Object.Tree.Name()} from {replicas} "
                    + $"to {floor}",
                "keda-operator"
            );
        }
    }

    private bool CooledDown(JsonObject so)
    {
        if (lastActive.TryGetValue(so.Key(), out var active))
        {
            return hands.Now >= active + ScaledObjects.Cooldown(so);
        }

        var made = so.Time("metadata", "creationTimestamp") ?? hands.Now;
        var initial = isNew ? ScaledObjects.InitialCooldown(so) : TimeSpan.Zero;
        if (hands.Now < made + initial)
        {
            requeue(so.Key(), made + initial);
            return false;
        }

        return true;
    }
}
