using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Tables;

/// <summary>
/// The JSONPath of printer columns: fields, <c>[index]</c>, <c>[*]</c>, <c>['quoted']</c> and
/// <c>[?(@.field=="value")]</c>.
/// </summary>
internal sealed partial class JsonPath
{
    private readonly List<Func<JsonNode, IEnumerable<JsonNode?>>> steps = [];

    public static JsonPath Parse(string text)
    {
        var path = new JsonPath();
        foreach (Match step in Step().Matches(text))
        {
            if (step.Groups["field"].Success || step.Groups["quoted"].Success)
            {
                var field = (
                    step.Groups["field"].Success ? step.Groups["field"].Value : step.Groups["quoted"].Value
                ).Replace("\\.", ".", StringComparison.Ordinal);
                path.steps.Add(n => n is JsonObject o && o.TryGetPropertyValue(field, out var value) ? [value] : []);
            }
            else if (step.Groups["index"].Success)
            {
                var index = int.Parse(step.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture);
                path.steps.Add(n => n is JsonArray a && index < a.Count ? [a[index]] : []);
            }
            else if (step.Groups["all"].Success)
            {
                path.steps.Add(n =>
                    n is JsonArray a ? a
                    : n is JsonObject o ? o.Select(p => p.Value)
                    : []
                );
            }
            else
            {
                var (name, wanted) = (step.Groups["by"].Value.Split('.'), step.Groups["value"].Value);
                path.steps.Add(n => n is JsonArray a ? a.Where(i => i.At(name)?.ToString() == wanted) : []);
            }
        }

        return path;
    }

    public IReadOnlyList<JsonNode?> Find(JsonNode root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in steps)
        {
            found = found.Where(n => n is not null).SelectMany(n => step(n!));
        }

        return [.. found];
    }

    [GeneratedRegex(
        """\.(?<field>(?:[^.\[\]\\]|\\.)+)|\[(?<index>\d+)\]|\[(?<all>\*)\]|\['(?<quoted>[^']+)'\]|\[\?\(@\.(?<by>[\w.]+)\s*==\s*["'](?<value>[^"']*)["']\s*\)\]"""
    )]
    private static partial Regex Step();
}
