using System.Globalization;
using Ebb.Core.Capacity;
using NodaTime;

namespace Ebb.Scaler.Triggers;

/// <summary>Reads how a trigger follows spare capacity.</summary>
internal static class CapacityRequestReader
{
    public static readonly string[] Keys =
    [
        "resource",
        "perReplica",
        "reserve",
        "nodeSelector",
        "growStep",
        "growPeriod",
        "trustFor",
        "deletionCost",
    ];

    /// <summary>Null: it does not follow spare capacity.</summary>
    public static CapacityRequest? Read(MetadataValues values, bool followed)
    {
        var resource = values.Text("resource") ?? "cpu";
        if (
            !resource.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            || (
                resource is not ("cpu" or "memory" or "ephemeral-storage")
                && !resource.StartsWith("hugepages-", StringComparison.Ordinal)
                && !resource.Contains('/', StringComparison.Ordinal)
            )
        )
            values.Fault(
                "resource",
                "cpu, memory or an extended resource such as nvidia.com/gpu",
                values.Quoted("resource")
            );
        var units = Quantity.UnitsOf(resource);
        long? perReplica = null;
        if (values.Text("perReplica") is { } each)
        {
            if (Quantity.TryParse(each, units, out var value) && value > 0)
                perReplica = value;
            else
                values.Fault("perReplica", "a quantity above 0 such as 500m or 2Gi", values.Quoted("perReplica"));
        }

        var reserve = Reserve.None;
        if (values.Text("reserve") is { } kept)
        {
            if (Reserve.Parse(kept, units) is { } parsed)
                reserve = parsed;
            else
                values.Fault("reserve", "a quantity or a percentage such as 30, 16Gi or 15%", values.Quoted("reserve"));
        }

        var growth = new GrowthSettings(
            Step(values, out var percent),
            percent,
            values.Duration("growPeriod", GrowthSettings.Default.Period, Duration.FromSeconds(1)),
            values.Duration("trustFor", GrowthSettings.Default.TrustFor, Duration.Zero)
        );
        var selector = Selector(values);
        var marks = values.Flag("deletionCost", false);
        if (followed)
            return new CapacityRequest(resource, perReplica, reserve, selector, growth) { MarksPods = marks };
        foreach (var key in Keys.Where(values.Has))
            values.Fault(key, "follow: capacity beside it", "a trigger that does not follow capacity");
        return null;
    }

    private static int? Step(MetadataValues values, out int percent)
    {
        percent = GrowthSettings.Default.Percent;
        if (values.Text("growStep") is not { } text)
            return null;
        if (
            text.EndsWith('%')
            && int.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var part
            )
            && part is >= 1 and <= 100
        )
        {
            percent = part;
            return null;
        }

        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && step is >= 1 and <= TriggerMetadataReader.MostReplicas
        )
            return step;
        values.Fault("growStep", "replicas or a percentage of what fits, such as 5 or 10%", values.Quoted("growStep"));
        return null;
    }

    private static Dictionary<string, string> Selector(MetadataValues values)
    {
        Dictionary<string, string> labels = [];
        foreach (var part in values.List("nodeSelector") ?? [])
        {
            if (part.Split('=') is [{ Length: > 0 } key, var value] && labels.TryAdd(key.Trim(), value.Trim()))
                continue;
            values.Fault("nodeSelector", "labels such as gpu=yes,zone=a", values.Quoted("nodeSelector"));
            break;
        }

        return labels;
    }
}
