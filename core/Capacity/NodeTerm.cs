using System.Globalization;

namespace Ebb.Core.Capacity;

/// <summary>One line of a required node affinity.</summary>
/// <param name="Key">A label, or <c>metadata.name</c> for a field.</param>
/// <param name="Operator">In, NotIn, Exists, DoesNotExist, Gt or Lt.</param>
/// <param name="Values">What it compares with.</param>
/// <param name="IsField">It looks at a field of the node and not at a label.</param>
public sealed record NodeRequirement(string Key, string Operator, IReadOnlyList<string> Values, bool IsField = false)
{
    /// <summary>Whether the node meets it; an operator that is not known meets nothing.</summary>
    public bool Holds(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var found =
            IsField && Key == "metadata.name" ? node.Name
            : IsField ? null
            : node.Labels.GetValueOrDefault(Key);
        return Operator switch
        {
            "In" => found is not null && Values.Contains(found),
            "NotIn" => found is null || !Values.Contains(found),
            "Exists" => found is not null,
            "DoesNotExist" => found is null,
            "Gt" => Number(found) > Number((Values.Count > 0 ? Values[0] : null)),
            "Lt" => Number(found) < Number((Values.Count > 0 ? Values[0] : null)),
            _ => false,
        };
    }

    /// <summary>A whole number; null: it is none.</summary>
    internal static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

/// <summary>
/// A term of a required node affinity: all of its lines must hold. One without lines matches no node, as the API
/// defines it.
/// </summary>
/// <param name="Requirements">The lines.</param>
public sealed record NodeTerm(IReadOnlyList<NodeRequirement> Requirements)
{
    /// <summary>The same, and these lines too; one that matches no node stays so.</summary>
    internal NodeTerm And(IEnumerable<NodeRequirement> further) =>
        Requirements.Count == 0 ? this : new([.. Requirements, .. further]);

    /// <summary>Whether the node meets all lines.</summary>
    public bool Holds(NodeFacts node) =>
        Requirements.Count > 0 && Requirements.All(requirement => requirement.Holds(node));
}
