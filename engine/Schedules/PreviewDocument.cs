using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Schedules;

namespace Ebb.Engine.Schedules;

/// <summary>A document of a manifest as the object that it would be.</summary>
internal static class PreviewDocument
{
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["ServiceScaler"] = "scaler.udaan.io/v1",
        ["Schedule"] = "autoscaling.d-kuro.github.io/v1",
        [ScheduleTarget.Autoscaler] = "autoscaling.d-kuro.github.io/v1",
        ["ConfigMap"] = "v1",
    };

    public static ObjectView? Read(ManifestDocument document, List<ScheduleError> errors)
    {
        var (number, json) = (document.Number, document.Json);
        string? Text(JsonNode? node, string path, string? expected)
        {
            if (node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0)
                return text;
            if (expected is not null || node is not null)
                errors.Add(
                    new ScheduleError(
                        number,
                        path,
                        expected ?? "a text",
                        node is null ? "nothing" : node.ToJsonString()
                    )
                );
            return null;
        }

        var (kind, version) = (
            Text(json["kind"], "kind", "a kind"),
            Text(json["apiVersion"], "apiVersion", "a group and version")
        );
        var metadata = json["metadata"] as JsonObject;
        var (name, place) = (
            Text(metadata?["name"], "metadata.name", "a name"),
            Text(metadata?["namespace"], "metadata.namespace", null) ?? "default"
        );
        if (kind is null || name is null || version is null)
            return null;
        if (Kinds.TryGetValue(kind, out var right) && right != version)
        {
            errors.Add(new ScheduleError(number, "apiVersion", right, $"\"{version}\""));
            return null;
        }

        var data = (json["data"] as JsonObject)
            ?.Where(entry => entry.Value is JsonValue)
            .ToDictionary(
                entry => entry.Key,
                entry =>
                    entry.Value!.GetValueKind() == JsonValueKind.String
                        ? (string)entry.Value!
                        : entry.Value!.ToJsonString()
            );
        return new ObjectView
        {
            Ref = new ObjectRef(version, kind, place, name),
            Uid = $"document {number.ToString(CultureInfo.InvariantCulture)} {kind} {place}/{name}",
            ResourceVersion = "",
            Labels =
                (metadata?["labels"] as JsonObject)
                    ?.Where(entry => entry.Value is JsonValue)
                    .ToDictionary(entry => entry.Key, entry => entry.Value!.ToString())
                ?? [],
            Spec = json["spec"] is { } spec ? JsonDocument.Parse(spec.ToJsonString()).RootElement.Clone() : null,
            Data = data,
        };
    }

    /// <summary>With the label it is followed; by its keys it is meant to be.</summary>
    public static bool IsTimeScaler(ObjectView map) =>
        map.Labels.GetValueOrDefault(ScheduleCluster.TimeScalerLabel) == "true"
        || map.Data?.ContainsKey("HPA_NAME") == true
        || map.Data?.ContainsKey("SCALE_UP_TIME") == true;

    /// <summary>Nobody is left alone with an empty answer: what says nothing of times is told what it is.</summary>
    public static void Name(IReadOnlyList<ManifestDocument> documents, bool all, List<ScheduleError> errors)
    {
        foreach (var document in documents)
        {
            if (document.Json["kind"] is not JsonValue named || !named.TryGetValue<string>(out var kind))
                continue;
            var version =
                document.Json["apiVersion"] is JsonValue of && of.TryGetValue<string>(out var text) ? text : "";
            var found = OtherKinds.Found(version, kind) ?? (all ? $"{kind}, which says nothing of times" : null);
            if (found is not null)
                errors.Add(new ScheduleError(document.Number, "kind", OtherKinds.Expected, found));
        }
        if (documents.Count == 0 && errors.Count == 0)
            errors.Add(new ScheduleError(1, "", OtherKinds.Expected, "no document"));
    }
}
