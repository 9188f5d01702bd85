namespace Ebb.Simulation.Rules;

/// <summary>The manager, the subresource and the strictness of a write.</summary>
internal sealed record WriteOptions(string Manager)
{
    public string Operation { get; init; } = "Update";

    /// <summary>The applied object, when server-side apply creates one; null for any other write.</summary>
    public System.Text.Json.Nodes.JsonObject? Applied { get; init; }

    /// <summary>"", "status" or "scale".</summary>
    public string Subresource { get; init; } = "";

    public bool DryRun { get; init; }

    /// <summary>Ignore, Warn or Strict.</summary>
    public string FieldValidation { get; init; } = "Warn";

    /// <summary>The messages about unknown fields of patches differ from those of creates and updates.</summary>
    public bool IsPatch { get; init; }

    /// <summary>Whether the writer may delete the object of a name; null: nobody asks.</summary>
    public Func<string, bool>? MayDelete { get; init; }

    /// <summary>Texts for Warning headers are added here.</summary>
    public List<string> Warnings { get; } = [];
}

/// <summary>The options of a delete.</summary>
internal sealed record DeleteOptions
{
    public long? GraceSeconds { get; init; }

    /// <summary>Background, Foreground or Orphan; null is the resource's own default.</summary>
    public string? Propagation { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }
}
