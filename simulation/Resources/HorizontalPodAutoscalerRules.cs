using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>Validates HorizontalPodAutoscalers.</summary>
internal static class HorizontalPodAutoscalerRules
{
    private static readonly string[] MetricTypes = ["ContainerResource", "External", "Object", "Pods", "Resource"];
    private static readonly string[] Choices = ["Disabled", "Max", "Min"];
    private static readonly string[] PolicyTypes = ["Percent", "Pods"];

    public static void Check(JsonObject o, FieldErrors errors)
    {
        Bounds(o, errors);
        Target(o, errors);
        var i = 0;
        foreach (var metric in o.Objects("spec", "metrics"))
        {
            Metric(metric, $"spec.metrics[{i++}]", errors);
        }

        foreach (var side in (string[])["scaleUp", "scaleDown"])
        {
            if (o.Object("spec", "behavior", side) is { } rules)
            {
                Rules(rules, $"spec.behavior.{side}", errors);
            }
        }

        if (
            o.Whole("spec", "minReplicas") == 0
            && o.Objects("spec", "metrics").All(m => m.Text("type") is not ("External" or "Object"))
        )
        {
            errors.Forbidden(
                "spec.metrics",
                "must specify at least one Object or External metric to support scaling to zero replicas"
            );
        }
    }

    private static void Bounds(JsonObject o, FieldErrors errors)
    {
        var (least, most) = (o.Whole("spec", "minReplicas") ?? 1, o.Whole("spec", "maxReplicas"));
        if (least < 1)
        {
            errors.Invalid("spec.minReplicas", least, "must be greater than or equal to 1");
        }

        if (most is null or < 1)
        {
            errors.Invalid("spec.maxReplicas", most ?? 0, "must be greater than 0");
        }

        if ((most ?? 0) < least)
        {
            errors.Invalid("spec.maxReplicas", most ?? 0, "must be greater than or equal to `minReplicas`");
        }
    }

    private static void Target(JsonObject o, FieldErrors errors)
    {
        foreach (var field in (string[])["kind", "name"])
        {
            if (string.IsNullOrEmpty(o.Text("spec", "scaleTargetRef", field)))
            {
                errors.Required("spec.scaleTargetRef." + field);
            }
        }
    }

    private static void Metric(JsonObject metric, string path, FieldErrors errors)
    {
        var type = metric.Text("type") ?? "";
        if (type.Length == 0)
        {
            errors.Required(path + ".type", "must specify a metric source type");
            return;
        }

        if (!MetricTypes.Contains(type))
        {
            errors.Unsupported(path + ".type", type, MetricTypes);
            return;
        }

        var source = char.ToLowerInvariant(type[0]) + type[1..];
        if (metric.Object(source) is not { } spec)
        {
            errors.Required($"{path}.{source}", "must populate information for the given metric source");
            return;
        }

        foreach (var field in (string[])["value", "averageValue"])
        {
            if (spec.At("target", field) is { } amount && ResourceQuantity.Read(amount) is <= 0)
            {
                errors.Invalid($"{path}.{source}.target.{field}", amount.ToString(), "must be positive");
            }
        }

        if (type == "Resource")
        {
            Resource(spec, $"{path}.resource", errors);
        }
        else if (
            type == "External"
            && spec.Object("target") is { } target
            && target.At("value") is null
            && target.At("averageValue") is null
        )
        {
            errors.Required(
                $"{path}.external.target.averageValue",
                "must set either a target value for metric or a per-pod target"
            );
        }
    }

    private static void Resource(JsonObject spec, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(spec.Text("name")))
        {
            errors.Required(path + ".name", "must specify a resource name");
        }

        var (percent, value) = (spec.Whole("target", "averageUtilization"), spec.At("target", "averageValue"));
        if (percent is < 1)
        {
            errors.Invalid(path + ".target.averageUtilization", percent, "must be greater than 0");
        }

        if (percent is null && value is null)
        {
            errors.Required(
                path + ".target.averageUtilization",
                "must set either a target raw value or a target utilization"
            );
        }

        if (percent is not null && value is not null)
        {
            errors.Forbidden(
                path + ".target.averageValue",
                "may not set both a target raw value and a target utilization"
            );
        }
    }

    private static void Rules(JsonObject rules, string path, FieldErrors errors)
    {
        if (rules.Whole("stabilizationWindowSeconds") is { } window and (< 0 or > 3600))
        {
            errors.Invalid(
                path + ".stabilizationWindowSeconds",
                window,
                window < 0 ? "must be greater than or equal to zero" : "must be less than or equal to 3600"
            );
        }

        if (rules.Text("selectPolicy") is { } choice && !Choices.Contains(choice))
        {
            errors.Unsupported(path + ".selectPolicy", choice, Choices);
        }

        var i = 0;
        foreach (var policy in rules.Objects("policies"))
        {
            Policy(policy, $"{path}.policies[{i++}]", errors);
        }

        if (rules.At("tolerance") is { } tolerance && ResourceQuantity.Read(tolerance) is < 0)
        {
            errors.Invalid(path + ".tolerance", tolerance.ToString(), "must be greater than or equal to 0");
        }
    }

    private static void Policy(JsonObject policy, string path, FieldErrors errors)
    {
        if (policy.Text("type") is { } type && !PolicyTypes.Contains(type))
        {
            errors.Unsupported(path + ".type", type, PolicyTypes);
        }

        if ((policy.Whole("value") ?? 0) is <= 0 and var value)
        {
            errors.Invalid(path + ".value", value, "must be greater than zero");
        }

        if ((policy.Whole("periodSeconds") ?? 0) is var period and (<= 0 or > 1800))
        {
            errors.Invalid(
                path + ".periodSeconds",
                period,
                period <= 0 ? "must be greater than zero" : "must be less than or equal to 1800"
            );
        }
    }
}
