using System.Globalization;
using System.Text.Json;

namespace Ebb.Core.Time.Specs;

/// <summary>Reads a manifest member by member and keeps every fault instead of stopping at the first.</summary>
/// <param name="element">The object that is read; anything else reads as one without members.</param>
/// <param name="path">Where it is, for faults; empty at the root.</param>
/// <param name="faults">Where faults go.</param>
internal sealed class SpecReader(JsonElement? element, string path, List<SpecFault> faults)
{
    public IReadOnlyList<SpecFault> Faults => faults;

    public string At(string member) => path.Length == 0 ? member : $"{path}.{member}";

    public void Fault(string member, string expected, string found) =>
        faults.Add(new SpecFault(At(member), expected, found));

    /// <summary>A fault at a path that is whole already.</summary>
    public void Root(string at, string expected, string found) => faults.Add(new SpecFault(at, expected, found));

    public SpecReader Object(string member, bool required)
    {
        var found = Member(member);
        if (found is null && required)
            Fault(member, "an object", "nothing");
        if (found is { ValueKind: not JsonValueKind.Object })
            Fault(member, "an object", Words(found));
        return new SpecReader(found, At(member), faults);
    }

    public IReadOnlyList<SpecReader> Objects(string member)
    {
        if (Member(member) is not { } found)
            return [];
        if (found.ValueKind == JsonValueKind.Array)
            return
            [
                .. found
                    .EnumerateArray()
                    .Select(
                        (item, i) =>
                            new SpecReader(item, $"{At(member)}[{i.ToString(CultureInfo.InvariantCulture)}]", faults)
                    ),
            ];
        Fault(member, "a list", Words(found));
        return [];
    }

    public IReadOnlyList<(string Path, string Text)> Texts(string member, bool takesNumbers = false)
    {
        if (Member(member) is not { } found)
            return [];
        if (found.ValueKind != JsonValueKind.Array)
        {
            Fault(member, "a list", Words(found));
            return [];
        }

        List<(string, string)> texts = [];
        var i = 0;
        foreach (var item in found.EnumerateArray())
        {
            var at = $"{At(member)}[{i++.ToString(CultureInfo.InvariantCulture)}]";
            if (item.ValueKind == JsonValueKind.String)
                texts.Add((at, item.GetString()!));
            else if (takesNumbers && item.ValueKind == JsonValueKind.Number)
                texts.Add((at, item.GetRawText()));
            else
                faults.Add(new SpecFault(at, "a text", Words(item)));
        }

        return texts;
    }

    public string? Text(string member, string? expectedWhenMissing = null)
    {
        var found = Member(member);
        if (found is { ValueKind: JsonValueKind.String } && found.Value.GetString() is { Length: > 0 } text)
            return text;
        if (found is not null && found.Value.ValueKind != JsonValueKind.String)
            Fault(member, expectedWhenMissing ?? "a text", Words(found));
        else if (expectedWhenMissing is not null)
            Fault(member, expectedWhenMissing, "nothing");
        return null;
    }

    public int? Whole(string member, int least, int most, bool required = false)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        if (Member(member) is not { } found)
        {
            if (required)
                Fault(member, expected, "nothing");
            return null;
        }

        if (
            found.ValueKind == JsonValueKind.Number
            && found.TryGetInt32(out var number)
            && number >= least
            && number <= most
        )
            return number;
        Fault(member, expected, Words(found));
        return null;
    }

    public bool Flag(string member)
    {
        if (Member(member) is not { } found)
            return false;
        if (found.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return found.GetBoolean();
        Fault(member, "true or false", Words(found));
        return false;
    }

    /// <summary>The members of a map of texts.</summary>
    public IReadOnlyList<(string Key, string Value)> Pairs(string member)
    {
        if (Member(member) is not { } found)
            return [];
        if (found.ValueKind != JsonValueKind.Object)
        {
            Fault(member, "an object", Words(found));
            return [];
        }
        List<(string, string)> pairs = [];
        foreach (var pair in found.EnumerateObject())
            if (pair.Value.ValueKind == JsonValueKind.String)
                pairs.Add((pair.Name, pair.Value.GetString()!));
            else
                Fault($"{member}[{SpecFault.Quoted(pair.Name)}]", "a text", Words(pair.Value));
        return pairs;
    }

    /// <summary>The names of its members.</summary>
    public IEnumerable<string> Names() =>
        element is { ValueKind: JsonValueKind.Object } self ? self.EnumerateObject().Select(one => one.Name) : [];

    /// <summary>A member as it is; null when it is absent or null, as the API treats both.</summary>
    public JsonElement? Member(string member) =>
        element is { ValueKind: JsonValueKind.Object } self
        && self.TryGetProperty(member, out var found)
        && found.ValueKind != JsonValueKind.Null
            ? found
            : null;

    private static string Words(JsonElement? found) =>
        found switch
        {
            null => "nothing",
            { ValueKind: JsonValueKind.String } text => SpecFault.Quoted(text.GetString()),
            { ValueKind: JsonValueKind.Object } => "an object",
            { ValueKind: JsonValueKind.Array } => "a list",
            { } other => other.GetRawText() is var raw && raw.Length > SpecFault.LongestFound
                ? raw[..SpecFault.LongestFound] + "…"
                : other.GetRawText(),
        };
}
