using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>What KEDA writes into a ScaledObject: finalizer, labels and status.</summary>
/// <param name="isNew">KEDA 2.20, which reports the activity of each trigger.</param>
internal sealed class ScaledObjectStatus(ControllerClient hands, ScaleTargets targets, bool isNew)
{
    private const string Finalizer = "finalizer.keda.sh";

    /// <summary>Sets KEDA's finalizer and labels on a new ScaledObject.</summary>
    public StoredObject Adopt(ApiResource type, StoredObject so)
    {
        if (
            !(so.Tree.Items("metadata", "finalizers")?.Any(f => f?.ToString() == Finalizer) ?? false)
            || so.Tree.Label("scaledobject.keda.sh/name") is null
        )
        {
            so = hands.Change(
                type,
                so,
                tree =>
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
                }
            );
        }

        if (so.Tree.Text("status", "scaleTargetKind") is null && targets.Of(so.Tree) is { } target)
        {
            so = hands.ChangeStatus(
                type,
                so,
                tree =>
                {
                    var status = tree.Ensure("status");
                    status["originalReplicaCount"] = target.Replicas;
                    status["scaleTargetGVKR"] = new JsonObject
                    {
                        ["group"] = target.Type.Group,
                        ["kind"] = target.Type.Kind,
                        ["resource"] = target.Type.Plural,
                        ["version"] = target.Type.Storage.Version,
                    };
                    status["scaleTargetKind"] = $"{target.Type.Storage.ApiVersion}.{target.Type.Kind}";
                    status["triggersTypes"] = string.Join(
                        ",",
                        tree.Objects("spec", "triggers").Select(t => t.Text("type")).Distinct()
                    );
                    status["authenticationsTypes"] = "";
                    status["hpaName"] = ScaledObjects.HpaName(tree);
                    Set(tree, "Ready", "Unknown", null, null);
                    Set(tree, "Active", "Unknown", null, null);
                    Set(tree, "Fallback", "False", "NoFallbackFound", "No fallbacks are active on this scaled object");
                    Set(tree, "Paused", "False", null, null);
                }
            );
        }

        return so;
    }

    /// <summary>Sets the status after a successful poll.</summary>
    public StoredObject Ready(ApiResource type, string key, PollResult result, bool active) =>
        hands.ChangeStatus(
            type,
            hands.Find(type, key)!,
            tree =>
            {
                var status = tree.Ensure("status");
                status.Remove("pausedReplicaCount");
                status["externalMetricNames"] = new JsonArray([
                    .. result.Metrics!.Select(m => (JsonNode)m.ExternalName),
                ]);
                if (active)
                {
                    status["lastActiveTime"] = hands.Now.Stamp();
                }

                if (isNew)
                {
                    var activity = new JsonObject();
                    foreach (var metric in result.Metrics!)
                    {
                        activity[metric.ExternalName] = new JsonObject { ["isActive"] = active };
                    }

                    status["triggersActivity"] = activity;
                }

                var oneWay =
                    ScaledObjects.Says(tree, ScaledObjects.PausedScaleIn)
                    || ScaledObjects.Says(tree, ScaledObjects.PausedScaleOut);
                Set(
                    tree,
                    "Ready",
                    "True",
                    "ScaledObjectReady",
                    "ScaledObject is defined correctly and is ready for scaling"
                );
                Set(
                    tree,
                    "Active",
                    active ? "True" : "False",
                    active ? "ScalerActive" : "ScalerNotActive",
                    active
                        ? "Scaling is performed because triggers are active"
                        : "Scaling is not performed because triggers are not active"
                );
                Set(
                    tree,
                    "Paused",
                    oneWay ? "True" : "False",
                    oneWay ? "ScaledObjectPaused" : null,
                    oneWay ? "ScaledObject is paused" : null
                );
            }
        );

    public void Conditions(
        ApiResource type,
        StoredObject so,
        params ReadOnlySpan<(string Type, string Status, string Reason, string Message)> conditions
    )
    {
        var all = conditions.ToArray();
        hands.ChangeStatus(
            type,
            so,
            tree =>
            {
                foreach (var (name, status, reason, message) in all)
                {
                    Set(tree, name, status, reason, message);
                }
            }
        );
    }

    /// <summary>
    /// The ScaledObject is deleted: its target's size is restored where that is configured, and the finalizer is
    /// removed.
    /// </summary>
    public void LetGo(ApiResource type, StoredObject so)
    {
        if (
            so.Tree.Flag("spec", "advanced", "restoreToOriginalReplicaCount") == true
            && so.Tree.Whole("status", "originalReplicaCount") is { } original
            && targets.Of(so.Tree) is { } target
        )
        {
            targets.Scale(target, original);
        }

        hands.Change(
            type,
            so,
            tree =>
            {
                var left = (tree.Items("metadata", "finalizers") ?? [])
                    .Where(f => f?.ToString() != Finalizer)
                    .Select(f => f?.DeepClone())
                    .ToArray();
                tree.Meta().Put("finalizers", left.Length == 0 ? null : new JsonArray(left));
            }
        );
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
}
