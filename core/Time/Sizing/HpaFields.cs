using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// The fields of an HPA (autoscaling/v2) that Ebb owns, read and written one by one so that nobody else's are touched.
/// </summary>
internal static class HpaFields
{
    /// <summary>What the API server puts in when an HPA has no metric.</summary>
    private const int UsualCpu = 80;

    /// <summary>Absent reads as 1, as the API defines it.</summary>
    public static int Min(ObjectView hpa) => hpa.Read("spec").Whole("minReplicas", 0, int.MaxValue) ?? 1;

    public static int Max(ObjectView hpa) => hpa.Read("spec").Whole("maxReplicas", 0, int.MaxValue) ?? 1;

    /// <param name="bounds">What is asked.</param>
    /// <param name="least">0 for an HPA that may scale to 0 itself (HPAScaleToZero).</param>
    public static (int Min, int Max) Bounds(ScaleBounds bounds, int least = 1)
    {
        var min = Math.Max(bounds.Min ?? least, least);
        return (min, Math.Max(bounds.Max ?? min, Math.Max(min, 1)));
    }

    /// <summary>What must be written for these bounds; empty when they are there.</summary>
    public static JsonObject Difference(ObjectView hpa, int min, int max)
    {
        var spec = new JsonObject();
        if (Min(hpa) != min)
            spec["minReplicas"] = min;
        if (Max(hpa) != max)
            spec["maxReplicas"] = max;
        return spec;
    }

    /// <summary>
    /// The list of metrics with these utilisations of CPU and memory in it and all others as they are; null when it is
    /// so already. Neither of the two and no other metric cannot be: the API server would put in CPU 80, so Ebb says
    /// that itself.
    /// </summary>
    public static JsonArray? Metrics(JsonElement? present, int? cpu, int? memory)
    {
        List<JsonElement> others = [];
        int? presentCpu = null,
            presentMemory = null;
        if (present is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var metric in list.EnumerateArray())
            {
                if (Utilization(metric, "cpu") is { } percent)
                    presentCpu = percent;
                else if (Utilization(metric, "memory") is { } share)
                    presentMemory = share;
                else
                    others.Add(metric);
            }
        }

        if (cpu is null && memory is null && others.Count == 0)
            cpu = UsualCpu;
        if (presentCpu == cpu && presentMemory == memory)
            return null;
        var metrics = new JsonArray([.. others.Select(other => JsonNode.Parse(other.GetRawText()))]);
        if (cpu is { } wantedCpu)
            metrics.Add((JsonNode)Resource("cpu", wantedCpu));
        if (memory is { } wantedMemory)
            metrics.Add((JsonNode)Resource("memory", wantedMemory));
        return metrics;
    }

    /// <summary>The fields in words, such as <c>minReplicas 3, maxReplicas 8</c>.</summary>
    public static string Words(JsonObject spec) =>
        string.Join(
            ", ",
            spec.Select(field =>
                field.Value is JsonValue ? $"{field.Key} {field.Value.ToJsonString()}"
                : field.Key == "metrics" && field.Value is JsonArray metrics
                    ? $"metrics {string.Join(" and ", metrics.Select(Words))}"
                : field.Key
            )
        );

    private static string Words(JsonNode? metric) =>
        metric?["resource"] is { } resource
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{(string?)resource["name"]} {(int?)resource["target"]?["averageUtilization"]} %"
            )
            : (string?)metric?["type"] ?? "another";

    private static JsonObject Resource(string name, int percent) =>
        new()
        {
            ["type"] = "Resource",
            ["resource"] = new JsonObject
            {
                ["name"] = name,
                ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = percent },
            },
        };

    private static int? Utilization(JsonElement metric, string name)
    {
        var source = new SpecReader(metric, "", []).Object("resource", required: false);
        var target = source.Object("target", required: false);
        return source.Text("name") == name && target.Text("type") == "Utilization"
            ? target.Whole("averageUtilization", 0, int.MaxValue)
            : null;
    }
}
