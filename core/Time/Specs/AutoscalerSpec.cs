using System.Globalization;
using System.Text.Json;
using Ebb.Core.Time.Timetables;

namespace Ebb.Core.Time.Specs;

/// <summary>What a ScheduledPodAutoscaler (<c>autoscaling.d-kuro.github.io/v1</c>) says.</summary>
/// <param name="Hpa">The whole spec of the HPA that is generated.</param>
/// <param name="Otherwise">Its bounds and utilisations, which hold when no Schedule does.</param>
/// <param name="TargetKind">The kind of what it scales.</param>
/// <param name="TargetApiVersion">Its version; null when it is not given.</param>
/// <param name="TargetName">Its name.</param>
public sealed record AutoscalerSpec(
    JsonElement Hpa,
    ScheduleState Otherwise,
    string TargetKind,
    string? TargetApiVersion,
    string TargetName
)
{
    private const int MostReplicas = 1_000_000;

    /// <summary>Reads <c>spec</c>. What the API server checks in an HPA itself is left to it.</summary>
    public static Parsed<AutoscalerSpec> Read(JsonElement? spec)
    {
        List<SpecFault> faults = [];
        var hpa = new SpecReader(spec, "spec", faults).Object("horizontalPodAutoscalerSpec", required: true);
        var element = new SpecReader(spec, "spec", []).Member("horizontalPodAutoscalerSpec");
        var target = hpa.Object("scaleTargetRef", required: true);
        var (kind, name) = (
            target.Text("kind", "the kind of what is scaled"),
            target.Text("name", "the name of what is scaled")
        );
        var min = hpa.Whole("minReplicas", 0, MostReplicas) ?? 1;
        var max = hpa.Whole("maxReplicas", 1, MostReplicas, required: true);
        if (min > max)
            hpa.Fault(
                "minReplicas",
                $"at most maxReplicas ({max.Value.ToString(CultureInfo.InvariantCulture)})",
                min.ToString(CultureInfo.InvariantCulture)
            );
        var bounds = new ScaleBounds(min, max, Utilization(hpa, "cpu"), Utilization(hpa, "memory"));
        return Parsed<AutoscalerSpec>.Of(
            kind is null || name is null || element is null
                ? null
                : new AutoscalerSpec(
                    element.Value,
                    new ScheduleState(bounds, "spec.horizontalPodAutoscalerSpec", false),
                    kind,
                    target.Text("apiVersion"),
                    name
                ),
            faults
        );
    }

    private static int? Utilization(SpecReader hpa, string resource)
    {
        foreach (
            var metric in hpa.Member("metrics") is { ValueKind: JsonValueKind.Array } ? hpa.Objects("metrics") : []
        )
        {
            var source = metric.Member("resource");
            if (
                source is { ValueKind: JsonValueKind.Object } found
                && found.TryGetProperty("name", out var name)
                && name.ValueKind == JsonValueKind.String
                && name.GetString() == resource
                && found.TryGetProperty("target", out var target)
                && target.ValueKind == JsonValueKind.Object
                && target.TryGetProperty("averageUtilization", out var percent)
                && percent.ValueKind == JsonValueKind.Number
                && percent.TryGetInt32(out var number)
            )
                return number;
        }

        return null;
    }
}
