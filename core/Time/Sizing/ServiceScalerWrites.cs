using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>What is written for a ServiceScaler: its finalizer, and the HPA that it looks after.</summary>
internal static class ServiceScalerWrites
{
    private const string NoteName = "service-scaler.kubernetes.io/note";
    private const string NoteText = "DO-NOT-EDIT-THIS--EDIT-SERVICE-SCALER-INSTEAD";

    public static ScheduleWrite.Merge Finalizers(ObjectView scaler, string[] finalizers, string what) =>
        new(
            scaler.Ref,
            what,
            scaler.Uid,
            scaler.ResourceVersion,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["finalizers"] = new JsonArray([.. finalizers.Select(one => (JsonNode)one)]),
                },
            }
        );

    public static ScheduleWrite.Delete Delete(ObjectView scaler, ObjectView hpa, string why) =>
        new(hpa.Ref, $"deleted: {why}", hpa.ResourceVersion)
        {
            Note = new EventNote(
                scaler,
                "HpaDeleted",
                "Delete",
                $"HorizontalPodAutoscaler {hpa.Ref.Name} deleted: {why}"
            ),
        };

    public static ScheduleWrite.Create Create(ObjectView scaler, ScheduleState state, int min, int max)
    {
        var annotations = new JsonObject();
        foreach (var (key, value) in scaler.Annotations)
            annotations[key] = value;
        (annotations[ServiceScalerDecision.Managed], annotations[NoteName]) = ("true", NoteText);
        var labels = new JsonObject();
        foreach (var (key, value) in scaler.Labels)
            labels[key] = value;
        var on = ServiceScalerDecision.HpaOf(scaler);
        var body = new JsonObject
        {
            ["apiVersion"] = on.ApiVersion,
            ["kind"] = on.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = on.Name,
                ["namespace"] = on.Namespace,
                ["labels"] = labels,
                ["annotations"] = annotations,
            },
            ["spec"] = new JsonObject
            {
                ["scaleTargetRef"] = new JsonObject
                {
                    ["apiVersion"] = "apps/v1",
                    ["kind"] = "Deployment",
                    ["name"] = on.Name,
                },
                ["minReplicas"] = min,
                ["maxReplicas"] = max,
                ["metrics"] = HpaFields.Metrics(null, state.Bounds.Cpu, state.Bounds.Memory),
            },
        };
        return new ScheduleWrite.Create(on, $"created with minReplicas {min}, maxReplicas {max}", body)
        {
            Note = new EventNote(
                scaler,
                "HpaCreated",
                "Create",
                $"HorizontalPodAutoscaler {on.Name} created with minReplicas {min}, maxReplicas {max} ({state.Cause})"
            ),
        };
    }

    public static ScheduleWrite.Merge? Patch(ObjectView scaler, ObjectView hpa, ScheduleState state, int min, int max)
    {
        var annotations = new JsonObject();
        if (hpa.Annotations.GetValueOrDefault(ServiceScalerDecision.Managed) is null)
            annotations[ServiceScalerDecision.Managed] = "true";
        if (hpa.Annotations.GetValueOrDefault(NoteName) != NoteText)
            annotations[NoteName] = NoteText;
        var spec = HpaFields.Difference(hpa, min, max);
        if (HpaFields.Metrics(hpa.Read("spec").Member("metrics"), state.Bounds.Cpu, state.Bounds.Memory) is { } metrics)
            spec["metrics"] = metrics;
        if (annotations.Count == 0 && spec.Count == 0)
            return null;
        var patch = new JsonObject();
        if (annotations.Count > 0)
            patch["metadata"] = new JsonObject { ["annotations"] = annotations };
        if (spec.Count > 0)
            patch["spec"] = spec;
        var words = spec.Count > 0 ? HpaFields.Words(spec) : "adopted";
        return new ScheduleWrite.Merge(hpa.Ref, words, hpa.Uid, hpa.ResourceVersion, patch)
        {
            Statement = string.Create(
                CultureInfo.InvariantCulture,
                $"{min} to {max}, cpu {state.Bounds.Cpu}, memory {state.Bounds.Memory}"
            ),
            Note = new EventNote(
                scaler,
                spec.Count > 0 ? "HpaPatched" : "HpaAdopted",
                "Patch",
                $"HorizontalPodAutoscaler {hpa.Ref.Name}: {words} ({state.Cause})"
            ),
        };
    }
}
