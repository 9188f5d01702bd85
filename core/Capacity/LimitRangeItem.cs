namespace Ebb.Core.Capacity;

/// <summary>One item of a LimitRange.</summary>
/// <param name="Range">The name of the LimitRange.</param>
/// <param name="Type">Container, Pod or PersistentVolumeClaim.</param>
public sealed record LimitRangeItem(string Range, string Type)
{
    /// <summary>Requests of a container that says none.</summary>
    public Amounts DefaultRequest { get; init; } = Amounts.None;

    /// <summary>Limits of a container that says none.</summary>
    public Amounts Default { get; init; } = Amounts.None;

    /// <summary>The least that may be requested.</summary>
    public Amounts Min { get; init; } = Amounts.None;

    /// <summary>The greatest limit.</summary>
    public Amounts Max { get; init; } = Amounts.None;

    /// <summary>It bounds how many times its request a limit may be, which is not read.</summary>
    public bool HasRatio { get; init; }

    /// <summary>It is about each container.</summary>
    public bool IsOfContainers => Type == "Container";

    /// <summary>Why the API server would refuse a pod of the template; null: it would not.</summary>
    /// <param name="resources">Numbers the resources.</param>
    /// <param name="template">With the defaults of all LimitRanges filled in.</param>
    public string? Refusal(ResourceTable resources, ReplicaTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (IsOfContainers)
            return template
                .Containers.Select(one =>
                    Refusal(resources, $"container {one.Name}", one.Requests, one.Limits)
                    ?? BelowRequest(resources, one)
                )
                .FirstOrDefault(why => why is not null);
        return Type == "Pod"
            ? Refusal(resources, "the pod", template.Requests(resources), template.Limits(resources))
            : null;
    }

    // The default limit is filled in whatever is requested, and no request may be above its limit.
    private string? BelowRequest(ResourceTable resources, ContainerRequests container)
    {
        foreach (var (id, limit) in Default.Pairs())
            if (container.Limits.Of(id) == limit && container.Requests.Of(id) > limit)
                return Say(
                    resources[id],
                    $"container {container.Name}",
                    $"to be requested within the default limit of {Quantity.Words(resources[id], limit)}",
                    "request",
                    container.Requests.Of(id)
                );
        return null;
    }

    private string Say(string resource, string who, string expected, string what, long found) =>
        $"LimitRange {Range}: expected {resource} of {who} {expected}, found "
        + (found == 0 ? $"no {what}" : $"a {what} of {Quantity.Words(resource, found)}");

    private string? Refusal(ResourceTable resources, string who, Amounts requests, Amounts limits)
    {
        string Told(int id, string expected, string what, long found) => Say(resources[id], who, expected, what, found);
        foreach (var (id, least) in Min.Pairs())
        {
            var expected = $"to be at least {Quantity.Words(resources[id], least)}";
            if (requests.Of(id) < least)
                return Told(id, expected, "request", requests.Of(id));
            if (limits.Of(id) is > 0 and var limit && limit < least)
                return Told(id, expected, "limit", limit);
        }

        foreach (var (id, most) in Max.Pairs())
        {
            var expected = $"to be limited to at most {Quantity.Words(resources[id], most)}";
            if (limits.Of(id) == 0 || limits.Of(id) > most)
                return Told(id, expected, "limit", limits.Of(id));
            if (requests.Of(id) > most)
                return Told(id, expected, "request", requests.Of(id));
        }

        return null;
    }
}
