using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>
/// KEDA: an HPA for each ScaledObject for what lies above zero, a poll for zero and one, and pauses by annotation, with
/// the timings that were observed of 2.10 and of 2.20.
/// </summary>
internal sealed class KedaOperator(SimulationOptions options, ScalerClients scalers, PollResults results) : Controller
{
    private readonly Dictionary<string, DateTimeOffset> nextPoll = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> told = new(StringComparer.Ordinal);
    private readonly PushStreams streams = new(options.Clock);

    protected override string Manager => "keda";

    private bool New => options.Keda == KedaGeneration.V220;

    private ScaleTargets Targets => field ??= new ScaleTargets(ControllerClient);

    private ScaledObjectStatus Status => field ??= new ScaledObjectStatus(ControllerClient, Targets, New);

    private OwnedAutoscalers Autoscalers =>
        field ??= new OwnedAutoscalers(ControllerClient, options.ConfigurableTolerance, New);

    private Pauses Pauses => field ??= new Pauses(ControllerClient, Targets, Status, Autoscalers, New, At);

    private Activation Activation => field ??= new Activation(ControllerClient, Targets, Status, Autoscalers, New, At);

    public override void Observe(Change change)
    {
        if (change.Type.Qualified != ScaledObjects.Resource)
        {
            return;
        }

        var key = change.New.Tree.Key();
        if (change.Kind == ChangeKind.Deleted)
        {
            Silence(key);
            Activation.Forget(key);
            Pauses.Forget(key);
        }
        else
        {
            Enqueue(key);
        }
    }

    public override void Reconcile(string key)
    {
        if (Registry.Catalogue.ByName(ScaledObjects.Resource) is not { } type || Find(type, key) is not { } so)
        {
            return;
        }

        if (so.Tree.IsTerminating())
        {
            Status.LetGo(type, so);
            return;
        }

        so = Status.Adopt(type, so);
        if (Targets.Of(so.Tree) is not { } target)
        {
            Status.Conditions(
                type,
                so,
                (
                    "Ready",
                    "False",
                    "ScaledObjectCheckFailed",
                    "ScaledObject doesn't have correct scaleTargetRef specification"
                )
            );
            At(key, Now + ScaledObjects.Polling(so.Tree));
            return;
        }

        var held = Pauses.Holds(key);
        var runs = Pauses.Turn(type, so, target);
        if (held != Pauses.Holds(key) || Pauses.Holds(key))
        {
            // While it is paused no scaler is called; afterwards the first poll is at once.
            Silence(key);
        }

        if (runs)
        {
            Poll(type, key);
        }
    }

    private void Silence(string key)
    {
        nextPoll.Remove(key);
        told.Remove(key);
        streams.Stop(key);
    }

    private void Poll(ApiResource type, string key)
    {
        var so = Find(type, key)!;
        streams.Ensure(so.Tree, scalers, active => Told(key, active));
        if (told.Remove(key, out var pushed))
        {
            Activation.OnPush(so, pushed);
            so = Find(type, key)!;
        }

        // An answer may come at the very moment of the next poll, which is due all the same.
        if (results.Take(key) is { } answered)
        {
            Activation.OnPoll(type, so, answered);
            so = Find(type, key)!;
        }

        if (!nextPoll.TryGetValue(key, out var due))
        {
            due = Now;
        }

        if (Now < due)
        {
            EnsureAsKnown(so);
            At(key, due);
            return;
        }

        nextPoll[key] = Now + ScaledObjects.Polling(so.Tree);
        At(key, nextPoll[key]);
        if (!New && ScaledObjects.PausedCount(so.Tree) is { } count)
        {
            Pauses.Hold(type, so, count);
            return;
        }

        if (results.Ask(so.Tree, scalers, this, Plane) is { } now)
        {
            Activation.OnPoll(type, so, now);
        }
    }

    // Between polls the HPA is updated from the spec and the one-way pauses, with the last metrics.
    private void EnsureAsKnown(StoredObject so)
    {
        if (results.Known(so.Tree.Key()) is { Count: > 0 } metrics)
        {
            Autoscalers.Ensure(so, metrics);
        }
    }

    private void Told(string key, bool active)
    {
        lock (Store.SyncLock)
        {
            told[key] = active;
            Enqueue(key);
            Plane.Run();
        }
    }
}
