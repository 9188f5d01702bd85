namespace Ebb.Core.Capacity;

/// <summary>How many replicas of what fit where.</summary>
public sealed record CapacityQuery
{
    /// <summary>The resource that is spoken of.</summary>
    public required int Resource { get; init; }

    /// <summary>What one replica takes, of all resources, as its template says.</summary>
    public required Amounts PerReplica { get; init; }

    /// <summary>
    /// It takes that much whatever its pods request. Otherwise what its pods really request goes before the template.
    /// </summary>
    public bool IsFixed { get; init; }

    /// <summary>Where replicas may go.</summary>
    public required Placement Placement { get; init; }

    /// <summary>What is to stay free of the resource.</summary>
    public required Reserve Reserve { get; init; }

    /// <summary>Names the workload that gives back for pending pods; empty: it is only looked at.</summary>
    public string Workload { get; init; } = "";

    /// <summary>Whether a pod is one of the workload's own; those do not count.</summary>
    public required Func<PodFacts, bool> Owns { get; init; }

    /// <summary>A replica as a pod, with what it repels; null: it repels nothing and nothing repels it.</summary>
    public PodFacts? Replica { get; init; }

    /// <summary>What ResourceQuotas of its namespace allow.</summary>
    public IReadOnlyList<QuotaRule> Quotas { get; init; } = [];

    /// <summary>How its replicas are spread; null: as they come.</summary>
    public SpreadRule? Spread { get; init; }
}
