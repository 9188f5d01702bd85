using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Simulation.Schemas;

internal enum Shape
{
    Any,
    Object,
    List,
    Text,
    Integer,
    Number,
    Flag,
    IntOrText,
}

internal enum ListMerge
{
    Atomic,
    Set,
    ByKey,
}

/// <summary>
/// The schema of a JSON value: the part of OpenAPI that Kubernetes uses, for built-in types and custom resources.
/// Used by pruning, defaulting, validation, strategic merge and field ownership.
/// </summary>
internal sealed class Schema
{
    public Shape Shape { get; set; }

    /// <summary>The name of a shared type, for error messages and the OpenAPI document.</summary>
    public string? Name { get; set; }

    public string? Description { get; set; }

    public Dictionary<string, Schema> Properties { get; } = new(StringComparer.Ordinal);

    public List<string> Required { get; } = [];

    public Schema? Additional { get; set; }

    public Schema? Items { get; set; }

    public bool PreserveUnknown { get; set; }

    public bool Nullable { get; set; }

    /// <summary>A whole Kubernetes object inside another one (runtime.RawExtension).</summary>
    public bool Embedded { get; set; }

    public JsonNode? Default { get; set; }

    public List<JsonNode> Enum { get; } = [];

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }

    public bool ExclusiveMinimum { get; set; }

    public bool ExclusiveMaximum { get; set; }

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public Regex? Pattern { get; set; }

    public string? Format { get; set; }

    public ListMerge Merge { get; set; }

    public string[] Keys { get; set; } = [];

    /// <summary>Whether the object is atomic: a change inside it is one of the whole.</summary>
    public bool AtomicMap { get; set; }

    /// <summary>x-kubernetes-validations: CEL. Only simple rules are evaluated (see <see cref="Rules"/>).</summary>
    public List<(string Rule, string Message)> Rules { get; } = [];

    /// <summary>The schema of a field; null when the field is not known.</summary>
    public Schema? Of(string field) =>
        Properties.TryGetValue(field, out var known)
            ? known
            : Additional ?? (PreserveUnknown || Shape == Shape.Any ? Anything : null);

    public static Schema Anything { get; } = new() { Shape = Shape.Any, PreserveUnknown = true };
}
