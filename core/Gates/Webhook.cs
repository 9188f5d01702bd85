using Ebb.Core.Selection;

namespace Ebb.Core.Gates;

/// <summary>A fail-closed admission webhook that a Service serves.</summary>
/// <param name="Name">Its name, which the API server's refusals give.</param>
/// <param name="Namespace">Of the Service.</param>
/// <param name="Service">The name of the Service.</param>
/// <param name="Rules">What it guards; any of them.</param>
/// <param name="Places">The namespaces in which.</param>
/// <param name="Objects">The objects.</param>
public sealed record Webhook(
    string Name,
    string Namespace,
    string Service,
    IReadOnlyList<WebhookRule> Rules,
    LabelQuery Places,
    LabelQuery Objects
)
{
    /// <summary>
    /// It has <c>matchConditions</c>, which only the API server evaluates: they may leave out what it guards.
    /// </summary>
    public bool IsConditional { get; init; }

    /// <summary>
    /// Whether it is asked about a write. What is not known of the write counts as if it were: a webhook is then waited
    /// for that nobody asks, and not one forgotten.
    /// </summary>
    /// <param name="write">The write.</param>
    /// <param name="place">Labels of its namespace; null: it has none, or they are not known.</param>
    public bool Guards(GuardedWrite write, IReadOnlyDictionary<string, string>? place)
    {
        ArgumentNullException.ThrowIfNull(write);
        return Rules.Any(rule => rule.Matches(write))
            && (place is null || Places.Selects(place))
            && (write.Labels is null || Objects.Selects(write.Labels));
    }
}

/// <summary>A rule of a webhook.</summary>
/// <param name="Groups">API groups; <c>*</c>: all.</param>
/// <param name="Resources">Plurals, with the subresource after a slash; <c>*</c> in either place: all.</param>
/// <param name="Operations">CREATE, UPDATE and their like; <c>*</c>: all.</param>
/// <param name="Scope">Namespaced, Cluster or <c>*</c>.</param>
public sealed record WebhookRule(
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Operations,
    string Scope
)
{
    private const string All = "*";

    /// <summary>
    /// API versions; <c>*</c>: all, which is the same where <c>matchPolicy</c> is not Exact, since the API server asks
    /// about a kind in whatever version.
    /// </summary>
    public IReadOnlyList<string> Versions { get; init; } = [All];

    /// <summary>Whether a write is one of those.</summary>
    public bool Matches(GuardedWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return Has(Groups, write.Group)
            && Has(Versions, write.Version)
            && Has(Operations, write.Operation)
            && (Scope == All || Scope == "Namespaced" == write.Namespace is not null)
            && Resources.Any(resource =>
                resource.Split('/') is var parts
                && parts[0] is var plural
                && (plural == All || plural == write.Resource)
                && (parts.Length == 1 ? write.Subresource is null : parts[1] == All || parts[1] == write.Subresource)
            );
    }

    private static bool Has(IReadOnlyList<string> of, string one) => of.Contains(All) || of.Contains(one);
}

/// <summary>A write that a webhook may be asked about.</summary>
/// <param name="Group">The API group; empty: the core group.</param>
/// <param name="Version">Of the object, also where a subresource is written.</param>
/// <param name="Resource">The plural.</param>
/// <param name="Subresource">Null: the object itself.</param>
/// <param name="Operation">CREATE or UPDATE.</param>
/// <param name="Namespace">Null: it lives in none.</param>
/// <param name="Labels">Of the object; null: not known.</param>
public sealed record GuardedWrite(
    string Group,
    string Version,
    string Resource,
    string? Subresource,
    string Operation,
    string? Namespace,
    IReadOnlyDictionary<string, string>? Labels
)
{
    /// <summary>As the generators of definitions make it: ingresses, policies, gateways, elasticsearches.</summary>
    public static string PluralOf(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return kind.ToLowerInvariant() switch
        {
            ([.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h']) and var name => name + "es",
            [.. var stem, not ('a' or 'e' or 'i' or 'o' or 'u') and var last, 'y'] => $"{stem}{last}ies",
            var name => name + "s",
        };
    }
}

/// <summary>What was read of the webhooks of a cluster.</summary>
/// <param name="All">Those whose refusal counts and that a Service serves.</param>
/// <param name="Conversions">Those that convert between versions of a kind.</param>
/// <param name="Places">The labels of each namespace.</param>
public sealed record WebhookReadings(
    IReadOnlyList<Webhook> All,
    IReadOnlyList<ConversionWebhook> Conversions,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Places
);
