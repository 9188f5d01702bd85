namespace Ebb.Simulation.Rules;

/// <summary>Who writes, through which door, and how strictly.</summary>
internal sealed record WriteOptions(string Manager)
{
    public string Operation { get; init; } = "Update";

    /// <summary>What server-side apply creates an object with, as it was sent; null for any other write.</summary>
    public System.Text.Json.Nodes.JsonObject? Applied { get; init; }

    /// <summary>"", "status" or "scale".</summary>
    public string Subresource { get; init; } = "";

    public bool DryRun { get; init; }

    /// <summary>Ignore, Warn or Strict.</summary>
    public string FieldValidation { get; init; } = "Warn";

    /// <summary>Patches complain about unknown fields in another way than creates and updates do.</summary>
    public bool IsPatch { get; init; }

    /// <summary>Texts for Warning headers are added here.</summary>
    public List<string> Warnings { get; } = [];
}

/// <summary>How an object is to be deleted.</summary>
internal sealed record DeleteOptions
{
    public long? GraceSeconds { get; init; }

    /// <summary>Background, Foreground or Orphan; null is the resource's own default.</summary>
    public string? Propagation { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }
}
