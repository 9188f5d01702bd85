using System.Runtime.InteropServices;
using System.Text.Json;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;
using NodaTime;

namespace Ebb.Kubernetes.Resources;

/// <summary>Who owns which field of an object, as its managedFields say; kept as they were sent.</summary>
internal sealed class FieldOwners
{
    private readonly byte[] _managedFields;

    public FieldOwners(JsonElement managedFields) =>
        _managedFields = JsonMarshal.GetRawUtf8Value(managedFields).ToArray();

    /// <summary>
    /// Who wrote one of these fields last, when that was not Ebb. Null: nobody but Ebb did, or who did has taken the
    /// field away, which leaves no owner.
    /// </summary>
    public string? LastOf(IReadOnlyList<FieldPath> paths)
    {
        using var entries = JsonDocument.Parse(_managedFields);
        if (entries.RootElement.ValueKind != JsonValueKind.Array)
            return null;
        SizeWriter? last = null;
        foreach (var entry in entries.RootElement.EnumerateArray())
            if (
                Text(entry, "manager") is { } manager and not WellKnown.FieldManager
                && string.IsNullOrEmpty(Text(entry, "subresource"))
                && Member(entry, "fieldsV1") is { } fields
                && paths.Any(path => Owns(fields, path))
                && At(entry) is var at
                && !(at < last?.At)
            )
                last = new SizeWriter(manager, at);
        return last?.Manager;
    }

    /// <summary>The field itself, one below it, or a whole around it that is written as one.</summary>
    private static bool Owns(JsonElement fields, FieldPath path)
    {
        var at = fields;
        foreach (var name in path.Members)
        {
            if (Member(at, $"f:{name}") is not { } next)
                return false;
            at = next;
            if (at.ValueKind == JsonValueKind.Object && !at.EnumerateObject().Any())
                return true;
        }
        return true;
    }

    private static Instant? At(JsonElement entry) => KubernetesTime.Parse(Text(entry, "time"));

    private static string? Text(JsonElement of, string member) =>
        Member(of, member) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var found) ? found : null;
}
