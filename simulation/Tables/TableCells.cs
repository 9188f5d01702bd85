using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Tables;

/// <summary>The columns that many tables share.</summary>
internal static class TableCells
{
    private const string NameText =
        "Name must be unique within a namespace. Is required when creating resources, although some resources "
        + "may allow a client to request the generation of an appropriate name automatically. Name is "
        + "primarily intended for creation idempotence and configuration definition. Cannot be updated. More "
        + "info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

    private const string AgeText =
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
        + "guaranteed to be set in happens-before order across separate operations. Clients may not set this "
        + "value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. "
        + "Null for lists. More info: "
        + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

    public static Column Name { get; } =
        new("Name", "string", 0, (o, _) => o.Name()) { Format = "name", Description = NameText };

    public static Column Age { get; } =
        new("Age", "string", 0, (o, now) => Since(o.Time("metadata", "creationTimestamp"), now))
        {
            Description = AgeText,
        };

    public static Column Containers { get; } =
        new("Containers", "string", 1, (o, _) => Joined(o, "name"))
        {
            Description = "Names of each container in the template.",
        };

    public static Column Images { get; } =
        new("Images", "string", 1, (o, _) => Joined(o, "image"))
        {
            Description = "Images referenced by each container in the template.",
        };

    public static Column Selector { get; } =
        new("Selector", "string", 1, (o, _) => SelectorText(o.Object("spec", "selector")))
        {
            Description = "Label selector for pods.",
        };

    public static string Since(DateTimeOffset? then, DateTimeOffset now) => then is { } t ? Span(now - t) : "<unknown>";

    /// <summary>duration.HumanDuration of apimachinery.</summary>
    public static string Span(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }

        if (seconds < 0)
        {
            return "0s";
        }

        if (seconds < 120)
        {
            return $"{seconds}s";
        }

        var minutes = seconds / 60;
        if (minutes < 10)
        {
            return seconds % 60 == 0 ? $"{minutes}m" : $"{minutes}m{seconds % 60}s";
        }

        if (minutes < 180)
        {
            return $"{minutes}m";
        }

        var hours = minutes / 60;
        if (hours < 8)
        {
            return minutes % 60 == 0 ? $"{hours}h" : $"{hours}h{minutes % 60}m";
        }

        if (hours < 48)
        {
            return $"{hours}h";
        }

        if (hours < 192)
        {
            return hours % 24 == 0 ? $"{hours / 24}d" : $"{hours / 24}d{hours % 24}h";
        }

        var days = hours / 24;
        if (days < 365 * 2)
        {
            return $"{days}d";
        }

        return days < 365 * 8 && days / 365 > 0 ? $"{days / 365}y{days % 365}d" : $"{days / 365}y";
    }

    public static string SelectorText(JsonObject? selector)
    {
        if (selector is null)
        {
            return "<none>";
        }

        var parts = (selector.Object("matchLabels") ?? []).Select(p => $"{p.Key}={p.Value}").ToList();
        foreach (var need in selector.Objects("matchExpressions"))
        {
            var values = string.Join(",", (need.Items("values") ?? []).Select(v => v?.ToString()));
            parts.Add(
                need.Text("operator") switch
                {
                    "In" => $"{need.Text("key")} in ({values})",
                    "NotIn" => $"{need.Text("key")} notin ({values})",
                    "Exists" => need.Text("key") ?? "",
                    _ => "!" + need.Text("key"),
                }
            );
        }

        return parts.Count == 0 ? "<none>" : string.Join(",", parts);
    }

    private static string Joined(JsonObject o, string field)
    {
        var pod = o.Object("spec", "template", "spec") ?? o.Object("spec", "jobTemplate", "spec", "template", "spec");
        return string.Join(",", pod.Objects("containers").Select(c => c.Text(field)));
    }
}
