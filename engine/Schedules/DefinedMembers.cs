using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Settings;
using Ebb.Core.Time.Specs;

namespace Ebb.Engine.Schedules;

/// <summary>
/// The members that the definitions of the kinds know. <c>kubectl apply</c> refuses any other, and the API server drops
/// it without a word: a window whose <c>timezone</c> is misspelt would be in UTC.
/// </summary>
internal static class DefinedMembers
{
    /// <summary>Told of one document at most.</summary>
    private const int Most = 20;

    private static readonly Lazy<Dictionary<string, JsonObject>> Schemas = new(() =>
        typeof(DefinedMembers)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("definitions/", StringComparison.Ordinal))
            .Select(Read)
            .ToDictionary(
                definition => (string)definition["spec"]!["names"]!["kind"]!,
                definition => definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject()
            )
    );

    /// <summary>The members of a document that its kind has not; none of a kind that is not Ebb's.</summary>
    public static IEnumerable<ScheduleError> Unknown(ManifestDocument document)
    {
        if (
            document.Json["kind"] is not JsonValue named
            || !named.TryGetValue<string>(out var kind)
            || !Schemas.Value.TryGetValue(kind, out var schema)
        )
            return [];
        return Unknown(schema["properties"]?["spec"] as JsonObject, document.Json["spec"], "spec", kind)
            .Take(Most)
            .Select(found => new ScheduleError(document.Number, found.Path, found.Expected, found.Found));
    }

    private static IEnumerable<SpecFault> Unknown(JsonObject? schema, JsonNode? value, string path, string kind)
    {
        if (schema is null)
            return [];
        if (value is JsonArray items)
            return items.SelectMany(
                (item, i) =>
                    Unknown(
                        schema["items"] as JsonObject,
                        item,
                        string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"),
                        kind
                    )
            );
        if (value is not JsonObject members || schema["properties"] is not JsonObject known)
            return [];
        return members.SelectMany(member =>
            known[member.Key] is JsonObject own ? Unknown(own, member.Value, $"{path}.{member.Key}", kind)
            : known.ContainsKey(member.Key) ? []
            : [Fault(known, $"{path}.{member.Key}", member.Key, kind)]
        );
    }

    private static SpecFault Fault(JsonObject known, string path, string name, string kind) =>
        new(
            path,
            Spelling.Nearest(name, known.Select(one => one.Key))
                ?? $"one of {string.Join(", ", known.Select(one => one.Key).Order(StringComparer.Ordinal))}",
            $"{SpecFault.Quoted(name)}, which a {kind} has not"
        );

    private static JsonObject Read(string resource)
    {
        using var stream = typeof(DefinedMembers).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return Documents.Read(reader.ReadToEnd(), yaml: true).Documents.Single().Json;
    }
}
