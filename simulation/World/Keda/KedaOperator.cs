using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>
/// KEDA: an HPA for each ScaledObject for what lies above zero, a poll for zero and one, and pauses by annotation, with the timings that
/// were observed of 2.10 and of 2.20.
/// </summary>
internal sealed class KedaOperator(SimulationOptions options, ScalerClients scalers, PollResults results) : Controller
{
    private const string Finalizer = "finalizer.keda.sh";

    // Medians of what was measured from a patch to its effect.
    private static readonly TimeSpan PauseLatency = TimeSpan.FromMilliseconds(35);
    private static readonly TimeSpan UnpauseLatency = TimeSpan.FromMilliseconds(80);

    private readonly Dictionary<string, DateTimeOffset> nextPoll = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> lastActive = new(StringComparer.Ordinal);
    private readonly HashSet<string> pausedNow = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> turning = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> told = new(StringComparer.Ordinal);
    private readonly PushStreams streams = new(options.Clock);

    protected override string Manager => "keda";

    private bool New => options.Keda == KedaGeneration.V220;

    public override void Observe(Change change)
    {
        if (change.Type.Qualified != ScaledObjects.Resource)
        {
            return;
        }

        var key = change.New.Tree.Key();
        if (change.Kind == ChangeKind.Deleted)
        {
            nextPoll.Remove(key);
            lastActive.Remove(key);
            pausedNow.Remove(key);
            turning.Remove(key);
            told.Remove(key);
            streams.Stop(key);
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
            LetGo(type, so);
            return;
        }

        so = Adopt(type, so);
        if (Target(so.Tree) is not { } target)
        {
            Conditions(type, so, ("Ready", "False", "ScaledObjectCheckFailed", "ScaledObject doesn't have correct scaleTargetRef specification"));
            At(key, Now + ScaledObjects.Polling(so.Tree));
            return;
        }

        if (New ? TurnNew(type, so, target) : TurnOld(type, so))
        {
            Poll(type, key);
        }
    }

    // 2.20: the reconciler does it, at once. True: the scale loop runs.
    private bool TurnNew(ResourceType type, StoredObject so, (ResourceType Type, StoredObject Object) target)
    {
        var key = so.Tree.Key();
        var paused = ScaledObjects.IsPaused(so.Tree);
        if (paused != pausedNow.Contains(key))
        {
            if (!turning.TryGetValue(key, out var due))
            {
                due = Now + (paused ? PauseLatency : UnpauseLatency);
                turning[key] = due;
            }

            if (Now < due)
            {
                At(key, due);
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
                nextPoll.Remove(key);
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

        nextPoll.Remove(key);
        told.Remove(key);
        streams.Stop(key);
        if (Store.Find(HorizontalPodAutoscaler.Type, so.Tree.Namespace(), ScaledObjects.HpaName(so.Tree)) is { } hpa)
        {
            Delete(HorizontalPodAutoscaler.Type, hpa);
        }

        if (ScaledObjects.HasBrokenPause(so.Tree))
        {
            Conditions(type, so, ("Ready", "False", "ScaledObjectCheckFailed", "error parsing annotation autoscaling.keda.sh/paused-replicas"));
            return false;
        }

        // The count is set when the pause begins or changes; what somebody does to the target afterwards stays.
        if (ScaledObjects.PausedCount(so.Tree) is { } count && so.Tree.Whole("status", "pausedReplicaCount") != count)
        {
            Scale(target, count);
            so = ChangeStatus(type, Find(type, key)!, tree => tree.Ensure("status")["pausedReplicaCount"] = count);
        }

        Conditions(
            type,
            Find(type, key)!,
            ("Ready", "True", "ScaledObjectReady", "ScaledObject is paused"),
            ("Paused", "True", "ScaledObjectPaused", "ScaledObject is paused"));
        return false;
    }

    // 2.10: a pause is seen by the next poll, which goes on.
    private bool TurnOld(ResourceType type, StoredObject so)
    {
        if (ScaledObjects.HasBrokenPause(so.Tree))
        {
            Conditions(type, so, ("Ready", "False", "ScaledObjectCheckFailed", "error parsing annotation autoscaling.keda.sh/paused-replicas"));
            return false;
        }

        return true;
    }

    private void Poll(ResourceType type, string key)
    {
        var so = Find(type, key)!;
        streams.Ensure(so.Tree, scalers, active => Told(key, active));
        if (told.Remove(key, out var pushed))
        {
            ActOnPush(so, pushed);
            so = Find(type, key)!;
        }

        if (results.Take(key) is { } answered)
        {
            Act(type, so, answered);
            return;
        }

        if (!nextPoll.TryGetValue(key, out var due))
        {
            due = Now;
        }

        if (Now < due)
        {
            EnsureHpaAsKnown(type, so);
            At(key, due);
            return;
        }

        nextPoll[key] = Now + ScaledObjects.Polling(so.Tree);
        At(key, nextPoll[key]);
        if (!New && ScaledObjects.PausedCount(so.Tree) is { } count)
        {
            PauseOld(type, so, count);
            return;
        }

        if (results.Ask(so.Tree, scalers, this, Plane) is { } now)
        {
            Act(type, so, now);
        }
    }

    private void Told(string key, bool active)
    {
        lock (Store.Gate)
        {
            told[key] = active;
            Enqueue(key);
            Plane.Run();
        }
    }

    // A push only ever wakes since 2.18; before it also put to sleep, past the cooldown.
    private void ActOnPush(StoredObject so, bool active)
    {
        if (Target(so.Tree) is not { } target)
        {
            return;
        }

        var replicas = target.Object.Tree.Whole(target.Type.Scale!.Spec) ?? 0;
        if (active)
        {
            lastActive[so.Tree.Key()] = Now;
            if (replicas == 0 && !ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleOut))
            {
                Scale(target, Math.Max(ScaledObjects.Least(so.Tree), 1));
            }
        }
        else if (!New && replicas > 0 && ScaledObjects.Least(so.Tree) == 0)
        {
            Scale(target, 0);
        }
    }

    private void PauseOld(ResourceType type, StoredObject so, long count)
    {
        if (Target(so.Tree) is { } target && target.Object.Tree.Whole(target.Type.Scale!.Spec) != count)
        {
            Scale(target, count);
        }

        ChangeStatus(type, so, tree => tree.Ensure("status")["pausedReplicaCount"] = count);
    }

    private void Act(ResourceType type, StoredObject so, PollResult result)
    {
        var key = so.Tree.Key();
        if (result.Failure is { } failure)
        {
            Tell(so.Tree, "Warning", "KEDAScalerFailed", failure, "keda-operator");
            if (result.Metrics is { Count: > 0 })
            {
                EnsureHpa(type, so, result.Metrics);
            }

            Conditions(
                type,
                Find(type, key)!,
                result.Metrics is { Count: > 0 }
                    ? ("Ready", "False", "TriggerError", "Triggers defined in ScaledObject are not working correctly")
                    : ("Ready", "False", "ScaledObjectCheckFailed", "no metric specs returned from scalers"),
                ("Active", "False", "ScalerNotActive", "Scaling is not performed because triggers are not active"));
            return;
        }

        EnsureHpa(type, so, result.Metrics!);
        var active = result.Active || ScaledObjects.Says(so.Tree, ScaledObjects.ForceActivation);
        if (active)
        {
            lastActive[key] = Now;
        }

        so = Status(type, key, result, active);
        if (Target(so.Tree) is not { } target)
        {
            return;
        }

        var replicas = target.Object.Tree.Whole(target.Type.Scale!.Spec) ?? 0;
        if (active)
        {
            var up = Math.Max(ScaledObjects.Least(so.Tree), 1);
            if (replicas < up && !ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleOut) && (replicas == 0 || replicas == ScaledObjects.Idle(so.Tree)))
            {
                Scale(target, up);
                Tell(so.Tree, "Normal", "KEDAScaleTargetActivated", $"Scaled {target.Type.Group}/{target.Type.Served[0].Version}.{target.Type.Kind} {so.Tree.Namespace()}/{target.Object.Tree.Name()} from {replicas} to {up}, triggered by {string.Join(";", so.Tree.Objects("spec", "triggers").Select(t => t.Text("type")))}", "keda-operator");
            }

            return;
        }

        if (ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleIn))
        {
            return;
        }

        var floor = ScaledObjects.Idle(so.Tree) ?? ScaledObjects.Least(so.Tree);
        if (replicas < ScaledObjects.Least(so.Tree) && ScaledObjects.Idle(so.Tree) is null && !ScaledObjects.Says(so.Tree, ScaledObjects.PausedScaleOut))
        {
            Scale(target, ScaledObjects.Least(so.Tree));
        }
        else if (replicas > floor && (floor == 0 || ScaledObjects.Idle(so.Tree) is not null) && CooledDown(so.Tree))
        {
            Scale(target, floor);
            Tell(so.Tree, "Normal", "KEDAScaleTargetDeactivated", $"Deactivated {target.Type.Group}/{target.Type.Served[0].Version}.{target.Type.Kind} {so.Tree.Namespace()}/{target.Object.Tree.Name()} from {replicas} to {floor}", "keda-operator");
        }
    }

    private bool CooledDown(JsonObject so)
    {
        if (lastActive.TryGetValue(so.Key(), out var active))
        {
            return Now >= active + ScaledObjects.Cooldown(so);
        }

        var made = so.Time("metadata", "creationTimestamp") ?? Now;
        var initial = New ? ScaledObjects.InitialCooldown(so) : TimeSpan.Zero;
        if (Now < made + initial)
        {
            At(so.Key(), made + initial);
            return false;
        }

        return true;
    }

    private StoredObject Adopt(ResourceType type, StoredObject so)
    {
        if (!(so.Tree.Items("metadata", "finalizers")?.Any(f => f?.ToString() == Finalizer) ?? false) || so.Tree.Label("scaledobject.keda.sh/name") is null)
        {
            so = Change(type, so, tree =>
            {
                var finalizers = tree.Items("metadata", "finalizers");
                if (finalizers is null)
                {
                    tree.Meta()["finalizers"] = new JsonArray(Finalizer);
                }
                else if (!finalizers.Any(f => f?.ToString() == Finalizer))
                {
                    finalizers.Add(Finalizer);
                }

                tree.Ensure("metadata", "labels")["scaledobject.keda.sh/name"] = tree.Name();
            });
        }

        if (so.Tree.Text("status", "scaleTargetKind") is null && Target(so.Tree) is { } target)
        {
            so = ChangeStatus(type, so, tree =>
            {
                var status = tree.Ensure("status");
                status["originalReplicaCount"] = target.Object.Tree.Whole(target.Type.Scale!.Spec) ?? 0;
                status["scaleTargetGVKR"] = new JsonObject
                {
                    ["group"] = target.Type.Group,
                    ["kind"] = target.Type.Kind,
                    ["resource"] = target.Type.Plural,
                    ["version"] = target.Type.Storage.Version,
                };
                status["scaleTargetKind"] = $"{target.Type.Storage.ApiVersion}.{target.Type.Kind}";
                status["triggersTypes"] = string.Join(",", tree.Objects("spec", "triggers").Select(t => t.Text("type")).Distinct());
                status["authenticationsTypes"] = "";
                status["hpaName"] = ScaledObjects.HpaName(tree);
                Set(tree, "Ready", "Unknown", null, null);
                Set(tree, "Active", "Unknown", null, null);
                Set(tree, "Fallback", "False", "NoFallbackFound", "No fallbacks are active on this scaled object");
                Set(tree, "Paused", "False", null, null);
            });
        }

        return so;
    }

    private StoredObject Status(ResourceType type, string key, PollResult result, bool active) => ChangeStatus(type, Find(type, key)!, tree =>
    {
        var status = tree.Ensure("status");
        status.Remove("pausedReplicaCount");
        status["externalMetricNames"] = new JsonArray([.. result.Metrics!.Select(m => (JsonNode)m.ExternalName)]);
        if (active)
        {
            status["lastActiveTime"] = Now.Stamp();
        }

        if (New)
        {
            var activity = new JsonObject();
            foreach (var metric in result.Metrics!)
            {
                activity[metric.ExternalName] = new JsonObject { ["isActive"] = active };
            }

            status["triggersActivity"] = activity;
        }

        var oneWay = ScaledObjects.Says(tree, ScaledObjects.PausedScaleIn) || ScaledObjects.Says(tree, ScaledObjects.PausedScaleOut);
        Set(tree, "Ready", "True", "ScaledObjectReady", "ScaledObject is defined correctly and is ready for scaling");
        Set(tree, "Active", active ? "True" : "False", active ? "ScalerActive" : "ScalerNotActive", active ? "Scaling is performed because triggers are active" : "Scaling is not performed because triggers are not active");
        Set(tree, "Paused", oneWay ? "True" : "False", oneWay ? "ScaledObjectPaused" : null, oneWay ? "ScaledObject is paused" : null);
    });

    private void Conditions(ResourceType type, StoredObject so, params ReadOnlySpan<(string Type, string Status, string Reason, string Message)> conditions)
    {
        var all = conditions.ToArray();
        ChangeStatus(type, so, tree =>
        {
            foreach (var (name, status, reason, message) in all)
            {
                Set(tree, name, status, reason, message);
            }
        });
    }

    // KEDA's conditions carry no times.
    private static void Set(JsonObject tree, string type, string status, string? reason, string? message)
    {
        var made = new JsonObject { ["type"] = type, ["status"] = status };
        made.Put("reason", reason);
        made.Put("message", message);
        var conditions = tree.Ensure("status")["conditions"] as JsonArray;
        if (conditions is null)
        {
            tree.Ensure("status")["conditions"] = new JsonArray(made);
        }
        else if (tree.Condition(type) is { } old)
        {
            conditions[conditions.IndexOf(old)] = made;
        }
        else
        {
            conditions.Add(made);
        }
    }

    // Between polls the HPA follows the spec and the one-way pauses, with the metrics that are known.
    private void EnsureHpaAsKnown(ResourceType type, StoredObject so)
    {
        if (results.Known(so.Tree.Key()) is { Count: > 0 } metrics)
        {
            EnsureHpa(type, so, metrics);
        }
    }

    private void EnsureHpa(ResourceType type, StoredObject so, IReadOnlyList<PolledMetric> metrics)
    {
        _ = type;
        var name = ScaledObjects.HpaName(so.Tree);
        var spec = HpaSpec(so.Tree, metrics);
        if (!options.ConfigurableTolerance)
        {
            // A server whose gate is off drops the field without a word.
            spec.Object("behavior", "scaleUp")?.Remove("tolerance");
            spec.Object("behavior", "scaleDown")?.Remove("tolerance");
        }

        if (!New && ScaledObjects.PausedCount(so.Tree) is { } count)
        {
            spec["minReplicas"] = Math.Max(count, 1);
            spec["maxReplicas"] = Math.Max(count, 1);
        }

        if (Store.Find(HorizontalPodAutoscaler.Type, so.Tree.Namespace(), name) is { } hpa)
        {
            Change(HorizontalPodAutoscaler.Type, hpa, tree =>
            {
                tree["spec"] = spec;
                HorizontalPodAutoscaler.Type.Prepare!(tree, tree);
                foreach (var oneWay in (string[])[ScaledObjects.PausedScaleIn, ScaledObjects.PausedScaleOut])
                {
                    if (so.Tree.Annotation(oneWay) is { } word)
                    {
                        tree.Ensure("metadata", "annotations")[oneWay] = word;
                    }
                    else if (tree.Object("metadata", "annotations") is { } annotations)
                    {
                        annotations.Remove(oneWay);
                        if (annotations.Count == 0)
                        {
                            tree.Meta().Remove("annotations");
                        }
                    }
                }
            });
            return;
        }

        Create(HorizontalPodAutoscaler.Type, new JsonObject
        {
            ["kind"] = "HorizontalPodAutoscaler",
            ["apiVersion"] = "autoscaling/v2",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = so.Tree.Namespace(),
                ["labels"] = new JsonObject
                {
                    ["app.kubernetes.io/managed-by"] = "keda-operator",
                    ["app.kubernetes.io/name"] = name,
                    ["app.kubernetes.io/part-of"] = so.Tree.Name(),
                    ["app.kubernetes.io/version"] = New ? "2.20.2" : "2.10.1",
                    ["scaledobject.keda.sh/name"] = so.Tree.Name(),
                },
                ["ownerReferences"] = new JsonArray(so.Tree.OwnerReference()),
            },
            ["spec"] = spec,
        });
        Tell(so.Tree, "Normal", "ScaledObjectReady", "ScaledObject is ready for scaling", "keda-operator");
    }

    private static JsonObject HpaSpec(JsonObject so, IReadOnlyList<PolledMetric> metrics)
    {
        var list = new JsonArray();
        foreach (var metric in metrics)
        {
            var target = new JsonObject { ["type"] = "AverageValue", ["averageValue"] = Quantity.Write(metric.Target) };
            list.Add(new JsonObject
            {
                ["type"] = "External",
                ["external"] = new JsonObject
                {
                    ["metric"] = new JsonObject
                    {
                        ["name"] = metric.ExternalName,
                        ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["scaledobject.keda.sh/name"] = so.Name() } },
                    },
                    ["target"] = target,
                },
            });
        }

        var reference = so.Object("spec", "scaleTargetRef");
        var spec = new JsonObject
        {
            ["scaleTargetRef"] = new JsonObject
            {
                ["kind"] = reference.Text("kind") ?? "Deployment",
                ["name"] = reference.Text("name"),
                ["apiVersion"] = reference.Text("apiVersion") ?? "apps/v1",
            },
            ["minReplicas"] = Math.Max(ScaledObjects.Least(so), 1),
            ["maxReplicas"] = ScaledObjects.Most(so),
            ["metrics"] = list,
        };
        spec.Put("behavior", so.At("spec", "advanced", "horizontalPodAutoscalerConfig", "behavior")?.DeepClone());
        if (ScaledObjects.Says(so, ScaledObjects.PausedScaleIn))
        {
            spec.Ensure("behavior", "scaleDown")["selectPolicy"] = "Disabled";
        }

        if (ScaledObjects.Says(so, ScaledObjects.PausedScaleOut))
        {
            spec.Ensure("behavior", "scaleUp")["selectPolicy"] = "Disabled";
        }

        return spec;
    }

    private (ResourceType Type, StoredObject Object)? Target(JsonObject so)
    {
        var reference = so.Object("spec", "scaleTargetRef");
        var type = Registry.Catalogue.ByGroupKind(reference.Text("apiVersion") ?? "apps/v1", reference.Text("kind") ?? "Deployment");
        return type?.Scale is not null && Store.Find(type, so.Namespace(), reference.Text("name") ?? "") is { } found ? (type, found) : null;
    }

    private void Scale((ResourceType Type, StoredObject Object) target, long replicas)
    {
        var paths = target.Type.Scale!;
        Registry.Change(target.Type, target.Object, new WriteOptions(Manager) { Subresource = "scale" }, tree =>
            tree.Ensure(paths.Spec.AsSpan()[..^1])[paths.Spec[^1]] = replicas);
    }

    private void LetGo(ResourceType type, StoredObject so)
    {
        if (so.Tree.Flag("spec", "advanced", "restoreToOriginalReplicaCount") == true
            && so.Tree.Whole("status", "originalReplicaCount") is { } original && Target(so.Tree) is { } target)
        {
            Scale(target, original);
        }

        Change(type, so, tree =>
        {
            var left = (tree.Items("metadata", "finalizers") ?? []).Where(f => f?.ToString() != Finalizer).Select(f => f?.DeepClone()).ToArray();
            tree.Meta().Put("finalizers", left.Length == 0 ? null : new JsonArray(left));
        });
    }
}
