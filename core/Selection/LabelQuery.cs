using Ebb.Core.Time.Specs;

namespace Ebb.Core.Selection;

/// <summary>How a line of <c>matchExpressions</c> compares.</summary>
public enum LabelOperator
{
    /// <summary>The label has one of the values.</summary>
    In,

    /// <summary>It has none of them, or is not there.</summary>
    NotIn,

    /// <summary>It is there.</summary>
    Exists,

    /// <summary>It is not there.</summary>
    DoesNotExist,
}

/// <summary>One condition on labels.</summary>
/// <param name="Key">The label.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Values">For In and NotIn at least one, else none.</param>
public sealed record LabelTerm(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>Whether an object with these labels meets it.</summary>
    public bool Holds(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Holds(Operator, labels.TryGetValue(Key, out var value) ? value : null, Values);
    }

    /// <summary>Whether a label meets a condition.</summary>
    /// <param name="how">How it compares.</param>
    /// <param name="value">Of the label; null: it is not there.</param>
    /// <param name="values">With which.</param>
    public static bool Holds(LabelOperator how, string? value, IReadOnlyList<string> values) =>
        how switch
        {
            LabelOperator.In => value is not null && values.Contains(value),
            LabelOperator.NotIn => value is null || !values.Contains(value),
            LabelOperator.Exists => value is not null,
            LabelOperator.DoesNotExist => value is null,
            _ => throw new InvalidOperationException($"unexpected operator {how}"),
        };
}

/// <summary>A label selector of the API. One without terms selects everything, as the API defines it.</summary>
/// <param name="Terms">All of them must hold.</param>
public sealed record LabelQuery(IReadOnlyList<LabelTerm> Terms)
{
    private const int MostTerms = 64;
    private const int MostValues = 256;
    private const int LongestKey = 317;
    private const int LongestValue = 63;

    /// <summary>Whether an object with these labels is selected.</summary>
    public bool Selects(IReadOnlyDictionary<string, string> labels) => Terms.All(term => term.Holds(labels));

    /// <summary><c>matchLabels</c> and <c>matchExpressions</c>.</summary>
    internal static LabelQuery Read(SpecReader selector)
    {
        List<LabelTerm> terms = [];
        foreach (var (key, value) in selector.Pairs("matchLabels"))
            if (IsKey(key) && value.Length <= LongestValue)
                terms.Add(new LabelTerm(key, LabelOperator.In, [value]));
            else
                selector.Fault($"matchLabels[{SpecFault.Quoted(key)}]", "a label", SpecFault.Quoted(value));
        foreach (var line in selector.Objects("matchExpressions"))
            if (Term(line) is { } term)
                terms.Add(term);
        foreach (var other in selector.Names().Except(["matchLabels", "matchExpressions"]))
            selector.Fault(other, "matchLabels or matchExpressions", SpecFault.Quoted(other));
        if (terms.Count > MostTerms)
            selector.Fault("matchExpressions", $"at most {MostTerms} conditions", $"{terms.Count}");
        return new LabelQuery(terms);
    }

    private static LabelTerm? Term(SpecReader line)
    {
        var words = string.Join(", ", Enum.GetNames<LabelOperator>());
        var (key, name) = (line.Text("key", "a label"), line.Text("operator", words));
        List<string> values = [.. line.Texts("values").Select(value => value.Text)];
        if (key is null || name is null)
            return null;
        if (!IsKey(key))
            line.Fault("key", "a label", SpecFault.Quoted(key));
        if (!Enum.TryParse<LabelOperator>(name, out var how) || how.ToString() != name)
        {
            line.Fault("operator", words, SpecFault.Quoted(name));
            return null;
        }
        var needed = how is LabelOperator.In or LabelOperator.NotIn;
        if (needed != values.Count > 0 || values.Count > MostValues)
            line.Fault("values", needed ? $"1 to {MostValues} values" : $"none with {name}", $"{values.Count}");
        return new LabelTerm(key, how, values);
    }

    private static bool IsKey(string key) => key.Length is > 0 and <= LongestKey;
}
