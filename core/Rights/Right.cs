namespace Ebb.Core.Rights;

/// <summary>What Ebb must be allowed to do with one kind of object.</summary>
/// <param name="Group">The API group; empty: the core group.</param>
/// <param name="Version">The version that Ebb speaks.</param>
/// <param name="Resource">The plural, with the subresource after a slash.</param>
/// <param name="Verbs">As RBAC has them.</param>
public sealed record Right(string Group, string Version, string Resource, params string[] Verbs)
{
    /// <summary>In Ebb's own namespace only; false: in all.</summary>
    public bool Own { get; init; }

    /// <summary>
    /// The type of UpsScalers and Schedules that alone needs it, such as <c>cronjob</c>; null: it is always needed.
    /// </summary>
    public string? Only { get; init; }

    /// <summary>It is granted by choice: what comes of it where it is not; null: it is no choice.</summary>
    public string? Without { get; init; }

    /// <summary>The plural without a subresource.</summary>
    public string Plural => Resource.Split('/')[0];

    /// <summary>The subresource; null: the object itself.</summary>
    public string? Subresource => Resource.Split('/') is [_, var part] ? part : null;

    /// <summary>As RBAC's refusals name it: <c>deployments.apps/scale</c>.</summary>
    public override string ToString() =>
        (Group.Length == 0 ? Plural : $"{Plural}.{Group}") + (Subresource is { } part ? $"/{part}" : "");
}
