using System.Text.Json;

namespace Ebb.Core.Workloads.Declared;

/// <summary>What an object of any kind says of itself.</summary>
/// <param name="Annotations">Its annotations.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Spec">Null: it has none.</param>
/// <param name="Status">Null: it has none yet.</param>
public sealed record ObjectFields(
    IReadOnlyDictionary<string, string> Annotations,
    IReadOnlyDictionary<string, string> Labels,
    JsonElement? Spec,
    JsonElement? Status
)
{
    /// <summary>The value of a field as JSON; null: it is absent, or null, which the API takes for the same.</summary>
    public string? Json(FieldPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Members is ["metadata", ("annotations" or "labels") and var part, var name])
            return (part == "labels" ? Labels : Annotations).TryGetValue(name, out var text)
                ? FieldJson.Of(text)
                : null;
        return Find(path.Members, path.Members.Count)?.GetRawText();
    }

    /// <summary>Whether a field has this value; one that is no path is never so.</summary>
    public bool Has(FieldValue field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return FieldPath.Parse(field.Path) is { } path && FieldJson.Same(Json(path), field.Json);
    }

    /// <summary>The value as it is now, to be kept.</summary>
    public FieldValue Keep(FieldPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Json(path) is { } json)
            return new FieldValue(path.Text, json);
        // The server itself takes away annotations and labels that are empty.
        if (path.Members[0] == "metadata")
            return new FieldValue(path.Text, null);
        var there = path.Members.Count - 1;
        while (there > 1 && Find(path.Members, there) is null)
            there--;
        return new FieldValue(path.Text, null, there == path.Members.Count - 1 ? null : path.First(there + 1).Text);
    }

    /// <summary>Whether a condition of the status stands at this; null: the status has no such condition.</summary>
    public bool? Stands(ConditionValue condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (Find(["status", "conditions"], 2) is not { ValueKind: JsonValueKind.Array } all)
            return null;
        foreach (var one in all.EnumerateArray())
            if (Text(one, "type") == condition.Type)
                return Text(one, "status") == condition.Status;
        return null;
    }

    /// <summary>The object at the first names of a path.</summary>
    internal JsonElement? Find(IReadOnlyList<string> members, int count)
    {
        var at = members[0] switch
        {
            "spec" => Spec,
            "status" => Status,
            _ => null,
        };
        for (var i = 1; i < count && at is not null; i++)
            at =
                at is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(members[i], out var next)
                    ? next
                    : null;
        return at is { ValueKind: JsonValueKind.Null } ? null : at;
    }

    private static string? Text(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(member, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;
}

/// <summary>A condition that a status is expected to have.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Status">True, False or Unknown.</param>
public sealed record ConditionValue(string Type, string Status);
