using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>The HorizontalPodAutoscaler that KEDA keeps for each ScaledObject, for sizes above zero.</summary>
/// <param name="keepsTolerance">Whether the API server knows the field; an older one drops it silently.</param>
/// <param name="isNew">KEDA 2.20; before, a pause held the autoscaler at one size.</param>
internal sealed class OwnedAutoscalers(ControllerClient hands, bool keepsTolerance, bool isNew)
{
    /// <summary>Creates it, or updates it from the spec, the one-way pauses and the metrics.</summary>
    public void Ensure(StoredObject so, IReadOnlyList<PolledMetric> metrics)
    {
        var name = ScaledObjects.HpaName(so.Tree);
        var spec = Spec(so.Tree, metrics);
        if (!keepsTolerance)
        {
            spec.Object("behavior", "scaleUp")?.Remove("tolerance");
            spec.Object("behavior", "scaleDown")?.Remove("tolerance");
        }

        if (!isNew && ScaledObjects.PausedCount(so.Tree) is { } count)
        {
            spec["minReplicas"] = Math.Max(count, 1);
            spec["maxReplicas"] = Math.Max(count, 1);
        }

        if (hands.Store.Find(HorizontalPodAutoscalerResource.Type, so.Tree.Namespace(), name) is { } hpa)
        {
            hands.Change(
                HorizontalPodAutoscalerResource.Type,
                hpa,
                tree =>
                {
                    tree["spec"] = spec;
                    HorizontalPodAutoscalerResource.Type.Prepare!(tree, tree);
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
                }
            );
            return;
        }

        hands.Create(
            HorizontalPodAutoscalerResource.Type,
            new JsonObject
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
                        ["app.kubernetes.io/version"] = isNew ? "2.20.2" : "2.10.1",
                        ["scaledobject.keda.sh/name"] = so.Tree.Name(),
                    },
                    ["ownerReferences"] = new JsonArray(so.Tree.OwnerReference()),
                },
                ["spec"] = spec,
            }
        );
        hands.Tell(so.Tree, "Normal", "ScaledObjectReady", "ScaledObject is ready for scaling", "keda-operator");
    }

    public void Drop(StoredObject so)
    {
        if (
            hands.Store.Find(
                HorizontalPodAutoscalerResource.Type,
                so.Tree.Namespace(),
                ScaledObjects.HpaName(so.Tree)
            ) is
            { } hpa
        )
        {
            hands.Delete(HorizontalPodAutoscalerResource.Type, hpa);
        }
    }

    private static JsonObject Spec(JsonObject so, IReadOnlyList<PolledMetric> metrics)
    {
        var list = new JsonArray();
        foreach (var metric in metrics)
        {
            var target = new JsonObject
            {
                ["type"] = "AverageValue",
                ["averageValue"] = ResourceQuantity.Write(metric.Target),
            };
            list.Add(
                new JsonObject
                {
                    ["type"] = "External",
                    ["external"] = new JsonObject
                    {
                        ["metric"] = new JsonObject
                        {
                            ["name"] = metric.ExternalName,
                            ["selector"] = new JsonObject
                            {
                                ["matchLabels"] = new JsonObject { ["scaledobject.keda.sh/name"] = so.Name() },
                            },
                        },
                        ["target"] = target,
                    },
                }
            );
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
}
