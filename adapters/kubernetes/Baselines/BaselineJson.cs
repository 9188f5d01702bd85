using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Baselines;

/// <summary>The JSON form of a baseline. Reading what was written gives an equal baseline.</summary>
internal static class BaselineJson
{
    /// <summary>So many names of nodes are kept: as many as the definition takes.</summary>
    private const int MostNodes = 1000;

    /// <summary>The spec of a Baseline, with null for what it does not have.</summary>
    /// <param name="key">The object.</param>
    /// <param name="baseline">What it was.</param>
    /// <param name="by">Who was the first to change it.</param>
    public static JsonObject Write(BaselineKey key, Baseline baseline, BaselineSource by) =>
        new()
        {
            ["target"] = new JsonObject
            {
                ["type"] = key.Type,
                ["namespace"] = key.Namespace,
                ["name"] = key.Name,
                ["uid"] = baseline.Uid,
            },
            ["by"] = BaselineName.Word(by),
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
            ["scales"] = baseline.Scales,
            ["nodes"] = baseline.Nodes is { Count: > 0 } nodes
                ? new JsonArray([.. nodes.Take(MostNodes).Select(name => (JsonNode)name)])
                : null,
            ["fields"] = baseline.Fields is { } fields ? new JsonArray([.. fields.Select(Write)]) : null,
            ["bounds"] = baseline.Bounds is { } bounds
                ? new JsonObject
                {
                    ["name"] = bounds.Ref.Name,
                    ["uid"] = bounds.Uid,
                    ["minReplicas"] = bounds.Least,
                    ["maxReplicas"] = bounds.Most,
                }
                : null,
        };

    /// <summary>Who holds it, as its status has that.</summary>
    public static JsonArray Write(IEnumerable<BaselineSource> holders) =>
        new([.. holders.Order().Select(holder => (JsonNode)BaselineName.Word(holder))]);

    /// <summary>
    /// What one holder notes in the status, and nothing of the others; a member that is null is taken out by a merge.
    /// </summary>
    public static JsonObject Write(BaselineNotes notes, BaselineSource holder) =>
        holder switch
        {
            BaselineSource.Override => new JsonObject
            {
                ["sizes"] = notes.Sizes.Count == 0 ? null : new JsonArray([.. notes.Sizes.Select(n => (JsonNode)n)]),
            },
            BaselineSource.Schedule => new JsonObject { ["emptiedFrom"] = notes.EmptiedFrom },
            BaselineSource.Power => new JsonObject
            {
                ["hook"] = notes.Hook is { } run
                    ? new JsonObject
                    {
                        ["number"] = run.Number,
                        ["direction"] = run.Direction,
                        ["begun"] = KubernetesTime.Format(run.Begun),
                        ["deadline"] = KubernetesTime.Format(run.Deadline),
                        ["by"] = run.By,
                        ["outcome"] = run.Outcome.ToString(),
                        ["detail"] = run.Detail,
                    }
                    : null,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(holder), holder, "unexpected value"),
        };

    /// <summary>The object without the members that are null, at any depth of objects.</summary>
    public static JsonObject Stated(JsonObject it)
    {
        foreach (var name in it.Where(member => member.Value is null).Select(member => member.Key).ToList())
            it.Remove(name);
        foreach (var inner in it.Select(member => member.Value).OfType<JsonObject>())
            Stated(inner);
        return it;
    }

    /// <summary>Null: the source does not size what it belongs to.</summary>
    public static BaselineKey? Key(BaselineSpec spec, BaselineSource source) =>
        spec is { Target: { Type: { } written, Namespace: { } place, Name: { } name } }
        && (source == BaselineSource.Schedule ? ScheduleTarget.StoredType(written) : WorkloadType.Named(written)?.Name)
            is { } type
            ? new BaselineKey(source, type, place, name)
            : null;

    public static Baseline Read(BaselineSpec spec, BaselineKey key) =>
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
            spec.Ready,
            spec.Bounds is { Name: { } name, Uid: { } uid } bounds
                ? new AutoscalerView(Owner(key, name), uid, bounds.MinReplicas, bounds.MaxReplicas)
                : null,
            spec.Scales,
            // Whoever wrote it by hand, nothing else is written than what a SleepMethod may name.
            spec.Fields?.Where(field => FieldPath.Parse(field.Path) is { IsWritable: true })
                .Select(field => new FieldValue(field.Path!, field.Value, field.AbsentFrom))
                .ToList()
        )
        {
            Nodes = spec.Nodes,
        };

    /// <summary>Whose bounds they are: the object itself, when it is a ScaledObject; else an autoscaler.</summary>
    private static ObjectRef Owner(BaselineKey key, string name)
    {
        var type = key.Type == "scaledobject" ? Kinds.ScaledObjects.Type : Kinds.HorizontalPodAutoscalers.Type;
        return new ObjectRef(type.ApiVersion, type.Kind, key.Namespace, name);
    }

    private static JsonNode Write(FieldValue field) =>
        Stated(
            new JsonObject
            {
                ["path"] = field.Path,
                ["value"] = field.Json,
                ["absentFrom"] = field.AbsentFrom,
            }
        );

    private static JsonObject Write(AnnotationValue annotation)
    {
        var written = new JsonObject { ["name"] = annotation.Name };
        if (annotation.Value is not null)
            written["value"] = annotation.Value;
        return written;
    }
}
