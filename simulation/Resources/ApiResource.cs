using System.Text.Json.Nodes;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>The paths, without a leading dot, of the fields that a scale subresource shows.</summary>
internal sealed record ScalePaths(string[] Spec, string[] Status, string[]? Selector);

/// <summary>One API version of a resource. Objects are stored in one version; the two functions convert.</summary>
internal sealed record ServedVersion(string Group, string Version)
{
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    public Schema? Schema { get; init; }

    public Func<JsonObject, JsonObject>? ToView { get; init; }

    public Func<JsonObject, JsonObject>? FromView { get; init; }

    public IReadOnlyList<Column>? Columns { get; init; }

    /// <summary>Field selectors of this version besides name and namespace, with the path each one reads.</summary>
    public IReadOnlyDictionary<string, string[]> Selectable { get; init; } = new Dictionary<string, string[]>();
}

/// <summary>
/// A resource that the API serves: its names, its versions, and the rules that differ from resource to resource.
/// </summary>
internal sealed class ApiResource
{
    public static readonly string[] AllVerbs =
    [
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    ];

    /// <summary>As the API server for custom resources lists them.</summary>
    public static readonly string[] CustomVerbs =
    [
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "create",
        "update",
        "watch",
    ];

    public required string Group { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public required string Kind { get; init; }

    public string ListKind => Kind + "List";

    public bool Namespaced { get; init; } = true;

    public string[] ShortNames { get; init; } = [];

    public string[] Categories { get; init; } = [];

    public string[] Verbs { get; init; } = AllVerbs;

    /// <summary>The first is the form in which objects are stored.</summary>
    public required IReadOnlyList<ServedVersion> Served { get; init; }

    public bool HasStatus { get; init; }

    public ScalePaths? Scale { get; init; }

    public string[] OtherSubresources { get; init; } = [];

    public bool HasGeneration { get; init; }

    /// <summary>Deployments count a change of annotations as a new generation.</summary>
    public bool AnnotationsAreSpec { get; init; }

    /// <summary>Whether PUT without a resourceVersion is allowed.</summary>
    public bool UnconditionalUpdate { get; init; } = true;

    /// <summary>Whether PUT creates a missing object.</summary>
    public bool CreatesOnUpdate { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>Pods: a delete first sets a time by which the object will go.</summary>
    public bool DiesGracefully { get; init; }

    /// <summary>Not in the watch cache, like Events; the message of an expired watch differs.</summary>
    public bool Uncached { get; init; }

    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>Defaults that a schema cannot express; gets the new object and the old one.</summary>
    public Action<JsonObject, JsonObject?>? Prepare { get; init; }

    /// <summary>Validation that a schema cannot express.</summary>
    public Action<JsonObject, JsonObject?, FieldErrors>? Validate { get; init; }

    public ServedVersion Storage => Served[0];

    /// <summary>"deployments.apps", or "pods" for the core group: how messages and details name it.</summary>
    public string Qualified => Group.Length == 0 ? Plural : Plural + "." + Group;

    public override string ToString() => Qualified;
}
