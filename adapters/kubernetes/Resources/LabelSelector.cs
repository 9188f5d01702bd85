using System.Text.Json.Serialization;
using Ebb.Core.Selection;

namespace Ebb.Kubernetes.Resources;

/// <summary>Which pods belong to a workload. An empty one selects everything, as the API defines it.</summary>
internal sealed record LabelSelector(SmallDictionary? MatchLabels, LabelRequirement[]? MatchExpressions)
{
    /// <summary>A pair that every selected object carries, to look them up by; null when there is none.</summary>
    public KeyValuePair<string, string>? Anchor => MatchLabels is { Count: > 0 } labels ? labels.First() : null;

    /// <summary>All that it says; two with the same words select the same.</summary>
    public string Words =>
        string.Join(',', (MatchLabels ?? SmallDictionary.None).Select(pair => $"{pair.Key}={pair.Value}"))
        + ';'
        + string.Join(
            ',',
            (MatchExpressions ?? []).Select(one => $"{one.Key} {one.Operator} {string.Join('|', one.Values ?? [])}")
        );

    public bool Selects(SmallDictionary labels) =>
        (
            MatchLabels is null
            || MatchLabels.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
        ) && (MatchExpressions is null || MatchExpressions.All(requirement => requirement.Holds(labels)));

    /// <summary>
    /// The text form that <c>status.selector</c> of a Scale has: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>. Null when
    /// the text is not one.
    /// </summary>
    public static LabelSelector? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var requirements = new List<LabelRequirement>();
        var equal = new List<KeyValuePair<string, string>>();
        foreach (var part in Split(text))
        {
            if (LabelRequirement.Parse(part) is not { } requirement)
                return null;
            if (requirement is { Operator: "In", Values: [var only] })
                equal.Add(new(requirement.Key!, only));
            else
                requirements.Add(requirement);
        }

        return new LabelSelector(new SmallDictionary([.. equal]), [.. requirements]);
    }

    // Commas between requirements, not those inside parentheses.
    private static IEnumerable<string> Split(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (text[i] != ',' || depth != 0)
                continue;
            yield return text[start..i].Trim();
            start = i + 1;
        }

        yield return text[start..].Trim();
    }
}

/// <summary>One line of a selector.</summary>
internal sealed record LabelRequirement(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Key,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Operator,
    string[]? Values
)
{
    /// <summary>An operator that is not known holds for nothing.</summary>
    public bool Holds(SmallDictionary labels)
    {
        LabelOperator? how = Operator switch
        {
            "In" => LabelOperator.In,
            "NotIn" => LabelOperator.NotIn,
            "Exists" => LabelOperator.Exists,
            "DoesNotExist" => LabelOperator.DoesNotExist,
            _ => null,
        };
        return how is { } comparison
            && LabelTerm.Holds(comparison, labels.TryGetValue(Key ?? "", out var value) ? value : null, Values ?? []);
    }

    public static LabelRequirement? Parse(string text)
    {
        if (text.Length == 0)
            return null;
        if (text[0] == '!')
            return new LabelRequirement(text[1..].Trim(), "DoesNotExist", null);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open > 0 && text[^1] == ')')
        {
            var words = text[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            return words switch
            {
                [var key, "in"] => new LabelRequirement(key, "In", values),
                [var key, "notin"] => new LabelRequirement(key, "NotIn", values),
                _ => null,
            };
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return new LabelRequirement(text, "Exists", null);
        if (equals == 0)
            return null;
        var value = text[(equals + 1)..].TrimStart('=').Trim();
        return text[equals - 1] == '!'
            ? new LabelRequirement(text[..(equals - 1)].Trim(), "NotIn", [value])
            : new LabelRequirement(text[..equals].Trim(), "In", [value]);
    }
}
