using System.Text.Json.Nodes;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Baselines;

/// <summary>The JSON form of a baseline. Reading what was written gives an equal baseline.</summary>
internal static class BaselineJson
{
    /// <summary>The spec of a Baseline.</summary>
    public static JsonObject Write(BaselineKey key, Baseline baseline)
    {
        var spec = new JsonObject
        {
            ["target"] = new JsonObject
            {
                ["type"] = key.Type.Name,
                ["namespace"] = key.Namespace,
                ["name"] = key.Name,
                ["uid"] = baseline.Uid,
            },
            ["by"] = BaselineKey.Word(key.Source),
            ["capturedAt"] = baseline.CapturedAt is { } at ? KubernetesTime.Format(at) : null,
            ["replicas"] = baseline.Replicas,
            ["ready"] = baseline.Ready,
            ["suspended"] = baseline.Suspended,
            ["suspendStated"] = baseline.SuspendStated,
            ["annotations"] = baseline.Annotations is { } annotations
                ? new JsonArray([.. annotations.Select(Write)])
                : null,
            ["automated"] = baseline.Automated,
            ["scaledObject"] = baseline.ScaledObject,
        };
        foreach (var name in spec.Where(member => member.Value is null).Select(member => member.Key).ToList())
            spec.Remove(name);
        return spec;
    }

    public static Baseline Read(BaselineSpec spec) =>
        new(
            spec.Target?.Uid,
            spec.CapturedAt,
            spec.Replicas,
            spec.Suspended,
            spec.Annotations?.Where(one => one.Name is not null)
                .Select(one => new AnnotationValue(one.Name!, one.Value))
                .ToList(),
            spec.Automated,
            spec.ScaledObject,
            spec.SuspendStated,
            spec.Ready
        );

    /// <summary>The bounds of an autoscaler.</summary>
    public static JsonObject Write(AutoscalerView bounds)
    {
        var written = new JsonObject { ["name"] = bounds.Ref.Name, ["uid"] = bounds.Uid };
        if (bounds.Least is { } least)
            written["minReplicas"] = least;
        if (bounds.Most is { } most)
            written["maxReplicas"] = most;
        return written;
    }

    /// <summary>The bounds of the autoscaler in the namespace of the workload; null: none was there.</summary>
    public static AutoscalerView? Bounds(BaselineSpec spec, BaselineKey key) =>
        spec.Bounds is { Name: { } name, Uid: { } uid } bounds
            ? new AutoscalerView(
                new ObjectRef(
                    Kinds.HorizontalPodAutoscalers.Type.ApiVersion,
                    Kinds.HorizontalPodAutoscalers.Type.Kind,
                    key.Namespace,
                    name
                ),
                uid,
                bounds.MinReplicas,
                bounds.MaxReplicas
            )
            : null;

    private static JsonObject Write(AnnotationValue annotation)
    {
        var written = new JsonObject { ["name"] = annotation.Name };
        if (annotation.Value is not null)
            written["value"] = annotation.Value;
        return written;
    }
}
