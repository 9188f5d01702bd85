namespace Ebb.Core.Capacity;

/// <summary>What of a template says what a replica takes, before its namespace fills in what is left out.</summary>
/// <param name="Containers">Init containers in their order, and the others.</param>
/// <param name="Overhead">What it takes beside them.</param>
/// <param name="Whole">Requests of the pod as a whole; null: none.</param>
/// <param name="Ports">Ports of the host.</param>
public sealed record ReplicaTemplate(
    IReadOnlyList<ContainerRequests> Containers,
    Amounts Overhead,
    Amounts? Whole,
    Amounts Ports
)
{
    /// <summary>Limits of the pod as a whole.</summary>
    public Amounts WholeLimits { get; init; } = Amounts.None;

    /// <summary>The pod as a whole says what it takes, so that its containers need not.</summary>
    public bool IsOfWhole => Whole is { Count: > 0 } || WholeLimits.Count > 0;

    /// <summary>No container.</summary>
    public static readonly ReplicaTemplate Nothing = new([], Amounts.None, null, Amounts.None);

    /// <summary>What a replica takes.</summary>
    public Amounts Requests(ResourceTable resources)
    {
        var requests = PodRequests.Of(resources, Containers, Overhead, Whole, WholeLimits);
        return Ports.Count == 0 ? requests : Amounts.Of(requests.Pairs().Concat(Ports.Pairs()));
    }

    /// <summary>What its limits add up to.</summary>
    public Amounts Limits(ResourceTable resources) =>
        PodRequests.LimitsOf(resources, Containers, Overhead, WholeLimits);

    /// <summary>The same with what LimitRanges fill in where a container says nothing.</summary>
    public ReplicaTemplate With(IReadOnlyList<LimitRangeItem> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        return ranges.Any(range => range.IsOfContainers)
            ? this with
            {
                Containers =
                [
                    .. Containers.Select(container =>
                        ranges
                            .Where(range => range.IsOfContainers)
                            .Aggregate(
                                container,
                                (one, range) =>
                                    one with
                                    {
                                        Requests = one.Requests.Or(range.DefaultRequest),
                                        Limits = one.Limits.Or(range.Default),
                                    }
                            )
                    ),
                ],
            }
            : this;
    }
}
