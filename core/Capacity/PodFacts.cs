namespace Ebb.Core.Capacity;

/// <summary>What of a pod that is not done decides about capacity.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Node">Where it runs; null: it is pending, which is demand.</param>
/// <param name="Requests">What it takes, <see cref="PodRequests"/>.</param>
/// <param name="Placement">Where it may go.</param>
public sealed record PodFacts(
    string Namespace,
    IReadOnlyDictionary<string, string> Labels,
    string? Node,
    Amounts Requests,
    Placement Placement
)
{
    /// <summary>Its name; of a pending pod no other one's in its namespace.</summary>
    public string Name { get; init; } = "";

    /// <summary>What its limits add up to.</summary>
    public Amounts Limits { get; init; } = Amounts.None;

    /// <summary>The controller that made it; null: none.</summary>
    public PodOwner? Owner { get; init; }

    /// <summary><c>spec.priority</c>.</summary>
    public int Priority { get; init; }

    /// <summary>It has <c>spec.activeDeadlineSeconds</c>, which is what a ResourceQuota calls terminating.</summary>
    public bool HasDeadline { get; init; }

    /// <summary>It is being deleted: it holds its room until it is gone.</summary>
    public bool Ending { get; init; }

    /// <summary>The pods that it does not share a node with.</summary>
    public IReadOnlyList<PodTerm> Repels { get; init; } = [];

    /// <summary>The pods that it does not share a domain of nodes with that is larger than a host.</summary>
    public IReadOnlyList<DomainTerm> RepelsInDomain { get; init; } = [];

    /// <summary>Of a pod that waits: each selects some pod of the node that it goes to.</summary>
    public IReadOnlyList<PodTerm> Attracts { get; init; } = [];

    /// <summary>Of a pod that waits: why no room is made for it, whatever is given back; null: it is.</summary>
    public string? NotDemand { get; init; }

    /// <summary>Whether all that decides is the same.</summary>
    internal bool SaysTheSame(PodFacts other) =>
        Node == other.Node
        && Ending == other.Ending
        && Priority == other.Priority
        && HasDeadline == other.HasDeadline
        && Namespace == other.Namespace
        && Requests.Equals(other.Requests)
        && Limits.Equals(other.Limits)
        && (
            Node is not null
            || (
                Placement.Equals(other.Placement)
                && NotDemand == other.NotDemand
                && Attracts.SequenceEqual(other.Attracts)
            )
        )
        && Equals(Owner, other.Owner)
        && Repels.SequenceEqual(other.Repels)
        && RepelsInDomain.SequenceEqual(other.RepelsInDomain)
        && (
            ReferenceEquals(Labels, other.Labels)
            || (
                Labels.Count == other.Labels.Count
                && Labels.All(pair => other.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value)
            )
        );
}

/// <summary>The controller among a pod's ownerReferences.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID.</param>
public sealed record PodOwner(string Kind, string Name, string Uid);

/// <summary>A required anti-affinity by another label than that of a host.</summary>
/// <param name="Key">The label of nodes that names a domain; a node without it is in none.</param>
/// <param name="Pods">Whom it keeps out of its own.</param>
public sealed record DomainTerm(string Key, PodTerm Pods);

/// <summary>Pods that a term of an affinity, an anti-affinity or a spread speaks of.</summary>
/// <param name="text">What it says; two with the same text select the same pods.</param>
/// <param name="selects">Whether a pod of this namespace with these labels is meant.</param>
public sealed class PodTerm(string text, Func<string, IReadOnlyDictionary<string, string>, bool> selects)
    : IEquatable<PodTerm>
{
    private readonly string _text = text;

    /// <summary>What it says.</summary>
    internal string Words => _text;

    /// <summary>Whether it speaks of a pod.</summary>
    public bool Selects(PodFacts pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return selects(pod.Namespace, pod.Labels);
    }

    /// <inheritdoc/>
    public bool Equals(PodTerm? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PodTerm);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);
}
