namespace Ebb.Core.Workloads.Declared;

/// <summary>
/// Where a field of an object is: <c>spec.numberOfInstances</c>, or with brackets where a name has dots,
/// <c>metadata.annotations["strimzi.io/pause-reconciliation"]</c>. Two spellings of one place are equal.
/// </summary>
public sealed record FieldPath
{
    /// <summary>In characters.</summary>
    public const int Longest = 512;

    /// <summary>Names in one path at most.</summary>
    public const int MostMembers = 16;

    private FieldPath(IReadOnlyList<string> members)
    {
        Members = members;
        Text = string.Concat(members.Select((name, i) => IsPlain(name) ? (i > 0 ? "." : "") + name : $"[\"{name}\"]"));
    }

    /// <summary>The names from the root of the object on.</summary>
    public IReadOnlyList<string> Members { get; }

    /// <summary>In the one spelling in which Ebb writes it.</summary>
    public string Text { get; }

    /// <summary>It is below <c>spec</c>, or an annotation or a label: what Ebb may be told to write.</summary>
    public bool IsWritable => Members is ["spec", _, ..] or ["metadata", "annotations" or "labels", _];

    /// <summary>The first names of it.</summary>
    public FieldPath First(int members) => new([.. Members.Take(members)]);

    /// <summary>Null: it is not one.</summary>
    public static FieldPath? Parse(string? text)
    {
        if (text is null or { Length: > Longest })
            return null;
        var rest = text.StartsWith('.') ? text.AsSpan(1) : text.AsSpan();
        List<string> members = [];
        while (rest.Length > 0)
        {
            int end;
            if (rest[0] == '[')
            {
                if (rest.Length < 5 || rest[1] is not ('"' or '\''))
                    return null;
                var close = rest[2..].IndexOf(rest[1]);
                if (close < 1 || rest.Length <= close + 3 || rest[close + 3] != ']')
                    return null;
                members.Add(rest[2..(close + 2)].ToString());
                end = close + 4;
            }
            else
            {
                end = rest.IndexOfAny('.', '[');
                end = end < 0 ? rest.Length : end;
                members.Add(rest[..end].ToString());
                if (!IsPlain(members[^1]))
                    return null;
            }
            rest = rest[end..];
            if (rest is ['.', not '[', ..])
                rest = rest[1..];
            else if (rest is not ([] or ['[', ..]))
                return null;
        }
        return members.Count is 0 or > MostMembers || members.Any(IsOdd) ? null : new FieldPath(members);
    }

    /// <summary>An annotation of the object.</summary>
    public static FieldPath Annotation(string name) => new(["metadata", "annotations", name]);

    /// <summary>A label of the object.</summary>
    public static FieldPath Label(string name) => new(["metadata", "labels", name]);

    /// <inheritdoc/>
    public bool Equals(FieldPath? other) => Text == other?.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool IsPlain(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static bool IsOdd(string name) => name.Length > 317 || name.Any(c => char.IsControl(c) || c is '"' or '\\');
}
