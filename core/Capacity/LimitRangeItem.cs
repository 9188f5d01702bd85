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
                .Containers.Select(one => Refusal(resources, $"container {one.Name}", one.Requests, one.Limits))
                .FirstOrDefault(why => why is not null);
        return Type == "Pod"
            ? Refusal(resources, "the pod", template.Requests(resources), template.Limits(resources))
            : null;
    }

    private string? Refusal(ResourceTable resources, string who, Amounts requests, Amounts limits)
    {
        string Say(int id, string expected, string what, long found) =>
            $"LimitRange {Range}: expected {resources[id]} of {who} {expected}, found "
            + (found == 0 ? $"no {what}" : $"a {what} of {Quantity.Words(resources[id], found)}");
        foreach (var (id, least) in Min.Pairs())
        {
            var expected = $"to be at least {Quantity.Words(resources[id], least)}";
            if (requests.Of(id) < least)
                return Say(id, expected, "request", requests.Of(id));
            if (limits.Of(id) is > 0 and var limit && limit < least)
                return Say(id, expected, "limit", limit);
        }

        foreach (var (id, most) in Max.Pairs())
        {
            var expected = $"to be limited to at most {Quantity.Words(resources[id], most)}";
            if (limits.Of(id) == 0 || limits.Of(id) > most)
                return Say(id, expected, "limit", limits.Of(id));
            if (requests.Of(id) > most)
                return Say(id, expected, "request", requests.Of(id));
        }

        return null;
    }
}
