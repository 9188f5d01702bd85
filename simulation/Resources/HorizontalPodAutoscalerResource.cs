using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class HorizontalPodAutoscalerResource
{
    private const string Carried = "autoscaling.alpha.kubernetes.io/";

    private static readonly string[] SideFields = ["scaleUp", "scaleDown"];
    private static readonly string[] RuleFields =
    [
        "stabilizationWindowSeconds",
        "selectPolicy",
        "policies",
        "tolerance",
    ];
    private static readonly string[] PolicyFields = ["type", "value", "periodSeconds"];

    public static ApiResource Type { get; } =
        new()
        {
            Group = "autoscaling",
            Plural = "horizontalpodautoscalers",
            Singular = "horizontalpodautoscaler",
            Kind = "HorizontalPodAutoscaler",
            ShortNames = ["hpa"],
            Categories = ["all"],
            HasStatus = true,
            Served =
            [
                new ServedVersion("autoscaling", "v2") { Schema = BuiltInSchemas.Of("HorizontalPodAutoscaler") },
                new ServedVersion("autoscaling", "v1")
                {
                    Schema = BuiltInSchemas.Of("HorizontalPodAutoscalerV1"),
                    ToView = ToV1,
                    FromView = FromV1,
                },
            ],
            Columns =
            [
                TableCells.Name,
                new(
                    "Reference",
                    "string",
                    0,
                    (o, _) => $"{o.Text("spec", "scaleTargetRef", "kind")}/{o.Text("spec", "scaleTargetRef", "name")}"
                ),
                new("Targets", "string", 0, (o, _) => Targets(o)),
                new("MinPods", "string", 0, (o, _) => o.At("spec", "minReplicas")?.ToString() ?? "<unset>"),
                new("MaxPods", "string", 0, (o, _) => o.Whole("spec", "maxReplicas")),
                new("Replicas", "string", 0, (o, _) => o.Whole("status", "currentReplicas") ?? 0),
                TableCells.Age,
            ],
            Prepare = (o, old) =>
            {
                var spec = o.Ensure("spec");
                if (spec.Items("metrics") is null or { Count: 0 })
                {
                    spec["metrics"] = new JsonArray(CpuMetric(80));
                }

                if (spec.Object("behavior") is { } behavior)
                {
                    Rules(behavior, "scaleUp", 0, [("Pods", 4, 15), ("Percent", 100, 15)]);
                    Rules(behavior, "scaleDown", null, [("Percent", 100, 15)]);
                }

                foreach (var side in (string[])["scaleUp", "scaleDown"])
                {
                    if (ResourceQuantity.Read(spec.At("behavior", side, "tolerance")) is { } tolerance)
                    {
                        spec.Ensure("behavior", side)["tolerance"] = ResourceQuantity.Write(tolerance);
                    }
                }

                if (old is null)
                {
                    o["status"] = new JsonObject { ["desiredReplicas"] = 0, ["currentMetrics"] = null };
                }
            },
            Validate = (o, _, errors) =>
            {
                HorizontalPodAutoscalerRules.Check(o, errors);
            },
        };

    public static JsonObject CpuMetric(long percent) =>
        new()
        {
            ["type"] = "Resource",
            ["resource"] = new JsonObject
            {
                ["name"] = "cpu",
                ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = percent },
            },
        };

    // The defaults of behavior apply only where behavior is given at all.
    private static void Rules(
        JsonObject behavior,
        string side,
        long? window,
        (string Type, int Value, int Period)[] policies
    )
    {
        var rules = behavior.Ensure(side);
        if (window is { } seconds)
        {
            rules["stabilizationWindowSeconds"] ??= seconds;
        }

        rules["selectPolicy"] ??= "Max";
        if (rules.Items("policies") is null or { Count: 0 })
        {
            rules["policies"] = new JsonArray([
                .. policies.Select(p =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["type"] = p.Type,
                            ["value"] = p.Value,
                            ["periodSeconds"] = p.Period,
                        }
                ),
            ]);
        }
    }

    private static string Targets(JsonObject o)
    {
        var current = o.Objects("status", "currentMetrics").ToList();
        var shown = o.Objects("spec", "metrics")
            .Select(
                (metric, i) =>
                {
                    var now = i < current.Count ? current[i] : null;
                    if (metric.Text("type") == "Resource")
                    {
                        var name = metric.Text("resource", "name");
                        var percent = now.Whole("resource", "current", "averageUtilization");
                        return $"{name}: {(percent is { } p ? p.ToString(CultureInfo.InvariantCulture) + "%" : "<unknown>")}/{metric.Whole("resource", "target", "averageUtilization")}%";
                    }

                    var value =
                        now.Text("external", "current", "averageValue")
                        ?? now.Text("external", "current", "value")
                        ?? "<unknown>";
                    var target = metric.Object("external", "target");
                    return target.Text("averageValue") is { } average
                        ? $"{value}/{average} (avg)"
                        : $"{value}/{target.At("value")}";
                }
            );
        return string.Join(", ", shown);
    }

    private static JsonObject ToV1(JsonObject v2)
    {
        var v1 = v2.Copy();
        v1["apiVersion"] = "autoscaling/v1";
        var spec = v1.Ensure("spec");
        var rest = new JsonArray();
        foreach (var metric in v2.Objects("spec", "metrics"))
        {
            if (
                metric.Text("resource", "name") == "cpu"
                && metric.Whole("resource", "target", "averageUtilization") is { } percent
                && spec["targetCPUUtilizationPercentage"] is null
            )
            {
                spec["targetCPUUtilizationPercentage"] = percent;
            }
            else
            {
                rest.Add(metric.Copy());
            }
        }

        spec.Remove("metrics");
        Carry(v1, "metrics", rest.Count == 0 ? null : rest);
        Carry(v1, "behavior", Renamed(spec["behavior"], Capital));
        spec.Remove("behavior");
        var status = v1.Ensure("status");
        Carry(v1, "conditions", status["conditions"]?.DeepClone());
        status.Remove("conditions");
        Carry(
            v1,
            "current-metrics",
            status.Items("currentMetrics") is { Count: > 0 } current ? current.DeepClone() : null
        );
        if (
            v2.Objects("status", "currentMetrics")
                .Select(m => m.Whole("resource", "current", "averageUtilization"))
                .FirstOrDefault() is
            { } now
        )
        {
            status["currentCPUUtilizationPercentage"] = now;
        }

        status.Remove("currentMetrics");
        status["currentReplicas"] ??= 0;
        status["desiredReplicas"] ??= 0;
        return v1;
    }

    private static JsonObject FromV1(JsonObject v1)
    {
        var v2 = v1.Copy();
        v2["apiVersion"] = "autoscaling/v2";
        var spec = v2.Ensure("spec");
        var metrics = Carried_(v2, "metrics") as JsonArray ?? [];
        if (spec["targetCPUUtilizationPercentage"] is { } percent)
        {
            spec.Remove("targetCPUUtilizationPercentage");
            metrics.Insert(0, CpuMetric(percent.Whole() ?? 80));
        }

        if (metrics.Count > 0)
        {
            spec["metrics"] = metrics;
        }

        spec.Put("behavior", Renamed(Carried_(v2, "behavior"), Small));
        var (conditions, current) = (Carried_(v2, "conditions"), Carried_(v2, "current-metrics"));
        if (v2.Object("status") is { } status)
        {
            status.Put("conditions", conditions);
            status.Remove("currentCPUUtilizationPercentage");
            status["currentMetrics"] = current;
        }

        return v2;
    }

    // The older version carries the behavior under the names that the fields have inside the server.
    private static JsonNode? Renamed(JsonNode? node, Func<string, string> name) =>
        node switch
        {
            JsonObject o => new JsonObject(
                Ordered(o, name).Select(p => KeyValuePair.Create(name(p.Key), Renamed(p.Value, name)))
            ),
            JsonArray a => new JsonArray([.. a.Select(i => Renamed(i, name))]),
            _ => node?.DeepClone(),
        };

    // Towards the old version all fields of the rules, in the server's order, set or not; back only those that are set.
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Ordered(JsonObject o, Func<string, string> name) =>
        name == Small ? o.Where(p => p.Value is not null)
        : o.ContainsKey("selectPolicy") ? RuleFields.Select(f => KeyValuePair.Create(f, o[f]))
        : o.ContainsKey("periodSeconds") ? PolicyFields.Select(f => KeyValuePair.Create(f, o[f]))
        : SideFields.Select(f => KeyValuePair.Create(f, o[f]));

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static string Small(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static void Carry(JsonObject o, string name, JsonNode? value)
    {
        if (value is not null)
        {
            o.Ensure("metadata", "annotations")[Carried + name] = value.ToJsonString(Schemas.FieldErrors.Plain);
        }
    }

    private static JsonNode? Carried_(JsonObject o, string name)
    {
        if (o.Text("metadata", "annotations", Carried + name) is not { } text)
        {
            return null;
        }

        var annotations = o.Object("metadata", "annotations")!;
        annotations.Remove(Carried + name);
        if (annotations.Count == 0)
        {
            o.Meta().Remove("annotations");
        }

        return JsonNode.Parse(text);
    }
}
