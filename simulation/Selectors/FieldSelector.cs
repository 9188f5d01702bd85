using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Selectors;

/// <summary>A field selector: name and namespace for all, and what the resource declares.</summary>
internal sealed class FieldSelector
{
    private static readonly string[] NamePath = ["metadata", "name"];
    private static readonly string[] NamespacePath = ["metadata", "namespace"];

    private readonly List<(string[] Path, string Value, bool Equal)> needs = [];

    /// <exception cref="Failure">400: a field that cannot be selected by.</exception>
    public static FieldSelector Parse(string? text, ApiResource type, ServedVersion version)
    {
        var selector = new FieldSelector();
        foreach (
            var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
        {
            var unequal = part.IndexOf("!=", StringComparison.Ordinal);
            var at = unequal >= 0 ? unequal : part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
            {
                throw Failure.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            }

            var field = part[..at];
            var value = part[(at + (unequal >= 0 ? 2 : 1))..].TrimStart('=');
            selector.needs.Add((Path(field, type, version), value, unequal < 0));
        }

        return selector;
    }

    public bool IsEmpty => needs.Count == 0;

    public bool Matches(JsonObject tree)
    {
        foreach (var (path, value, equal) in needs)
        {
            var actual =
                tree.At(path)?.ToString() ?? (path is ["spec", "unschedulable" or "hostNetwork"] ? "false" : "");
            if (string.Equals(actual, value, StringComparison.Ordinal) != equal)
            {
                return false;
            }
        }

        return true;
    }

    private static string[] Path(string field, ApiResource type, ServedVersion version)
    {
        if (field == "metadata.name")
        {
            return NamePath;
        }

        if (field == "metadata.namespace")
        {
            return NamespacePath;
        }

        if (version.Selectable.TryGetValue(field, out var path))
        {
            return path;
        }

        throw Failure.BadRequest(
            type.IsCustom || version.Selectable.Count > 0
                ? $"field label not supported: {field}"
                : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        );
    }
}
