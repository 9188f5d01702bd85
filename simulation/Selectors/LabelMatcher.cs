using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Selectors;

/// <summary>A label selector, from a query or from an object.</summary>
internal sealed partial class LabelMatcher
{
    private readonly List<Func<JsonObject?, bool>> needs = [];

    public static LabelMatcher Everything { get; } = new();

    public bool Matches(JsonObject? labels)
    {
        foreach (var need in needs)
        {
            if (!need(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="Failure">400: the text is not a selector.</exception>
    public static LabelMatcher Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var selector = new LabelMatcher();
        foreach (var part in Split(text))
        {
            var match = Requirement().Match(part);
            if (!match.Success)
            {
                var odd = part.TrimStart('!', ' ');
                throw Failure.BadRequest(
                    part.StartsWith("!!", StringComparison.Ordinal)
                        ? "unable to parse requirement: found '!', expected: identifier"
                        : $"unable to parse requirement: found '{(odd.Length == 0 ? "" : odd)}', expected: identifier"
                );
            }

            var key = match.Groups["key"].Value;
            if (match.Groups["not"].Success)
            {
                selector.needs.Add(labels => labels.Text(key) is null);
            }
            else if (match.Groups["set"].Success)
            {
                var values = match
                    .Groups["values"]
                    .Value.Split(',', StringSplitOptions.TrimEntries)
                    .ToHashSet(StringComparer.Ordinal);
                var inside = match.Groups["set"].Value == "in";
                selector.needs.Add(labels =>
                    labels.Text(key) is { } value ? values.Contains(value) == inside : !inside
                );
            }
            else if (match.Groups["op"].Success)
            {
                var value = match.Groups["value"].Value;
                selector.needs.Add(
                    match.Groups["op"].Value switch
                    {
                        "!=" => labels => labels.Text(key) != value,
                        "<" => labels => Compare(labels.Text(key), value) < 0,
                        ">" => labels => Compare(labels.Text(key), value) > 0,
                        _ => labels => labels.Text(key) == value,
                    }
                );
            }
            else
            {
                selector.needs.Add(labels => labels.Text(key) is not null);
            }
        }

        return selector;
    }

    /// <summary>matchLabels and matchExpressions.</summary>
    public static LabelMatcher OfObject(JsonObject? source)
    {
        var selector = new LabelMatcher();
        foreach (var (key, wanted) in source.Object("matchLabels") ?? [])
        {
            var value = wanted?.ToString();
            selector.needs.Add(labels => labels.Text(key) == value);
        }

        foreach (var need in source.Objects("matchExpressions"))
        {
            var key = need.Text("key") ?? "";
            var values = (need.Items("values") ?? [])
                .Select(v => v?.ToString() ?? "")
                .ToHashSet(StringComparer.Ordinal);
            selector.needs.Add(
                need.Text("operator") switch
                {
                    "In" => labels => labels.Text(key) is { } v && values.Contains(v),
                    "NotIn" => labels => labels.Text(key) is not { } v || !values.Contains(v),
                    "Exists" => labels => labels.Text(key) is not null,
                    _ => labels => labels.Text(key) is null,
                }
            );
        }

        return selector;
    }

    private static int? Compare(string? label, string value) =>
        long.TryParse(label, CultureInfo.InvariantCulture, out var a)
        && long.TryParse(value, CultureInfo.InvariantCulture, out var b)
            ? a.CompareTo(b)
            : null;

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var (depth, from) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (text[i] == ',' && depth == 0)
            {
                parts.Add(text[from..i].Trim());
                from = i + 1;
            }
        }

        parts.Add(text[from..].Trim());
        return parts;
    }

    [GeneratedRegex(
        @"^(?:(?<not>!)\s*(?<key>[\w./-]+)|(?<key>[\w./-]+)\s*(?:(?<set>in|notin)\s*\((?<values>[^)]*)\)|(?<op>==|!=|=|<|>)\s*(?<value>[\w./-]*))?)$"
    )]
    private static partial Regex Requirement();
}
