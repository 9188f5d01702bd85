namespace Ebb.Core.Capacity;

/// <summary>One container's requests.</summary>
/// <param name="Requests">What it requests.</param>
/// <param name="Initial">It is an init container.</param>
/// <param name="Sidecar">It is an init container that stays (<c>restartPolicy: Always</c>).</param>
public readonly record struct ContainerRequests(Amounts Requests, bool Initial, bool Sidecar)
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its limits.</summary>
    public Amounts Limits { get; init; } = Amounts.None;
}

/// <summary>
/// What a pod takes from its node, as the scheduler counts it (component-helpers' PodRequests): the larger of what runs
/// in the end and of each init container beside the sidecars that were started before it; requests of the pod as a
/// whole go before that; then the overhead; and one of <c>pods</c>.
/// </summary>
public static class PodRequests
{
    /// <summary>Adds up.</summary>
    /// <param name="resources">Numbers the resources.</param>
    /// <param name="containers">Init containers in their order, and the others.</param>
    /// <param name="overhead"><c>spec.overhead</c>.</param>
    /// <param name="whole"><c>spec.resources.requests</c>; they take the place of the containers' sum, resource by
    /// resource.</param>
    /// <param name="wholeLimits"><c>spec.resources.limits</c>; one of them is the request where nothing else says
    /// one.</param>
    public static Amounts Of(
        ResourceTable resources,
        IReadOnlyList<ContainerRequests> containers,
        Amounts overhead,
        Amounts? whole = null,
        Amounts? wholeLimits = null
    )
    {
        ArgumentNullException.ThrowIfNull(resources);
        ArgumentNullException.ThrowIfNull(containers);
        ArgumentNullException.ThrowIfNull(overhead);
        Dictionary<int, long> running = [],
            sidecars = [],
            starting = [];
        foreach (var container in containers)
        {
            if (container.Sidecar)
                Add(sidecars, container.Requests);
            if (!container.Initial || container.Sidecar)
                Add(running, container.Requests);
            if (!container.Initial)
                continue;
            var beside = new Dictionary<int, long>(sidecars);
            if (!container.Sidecar)
                Add(beside, container.Requests);
            foreach (var (id, value) in beside)
                starting[id] = Math.Max(starting.GetValueOrDefault(id), value);
        }

        foreach (var (id, value) in starting)
            running[id] = Math.Max(running.GetValueOrDefault(id), value);
        foreach (var (id, value) in (whole ?? Amounts.None).Pairs())
            running[id] = value;
        foreach (var (id, value) in (wholeLimits ?? Amounts.None).Pairs())
            running.TryAdd(id, value);
        Add(running, overhead);
        running[resources.Pods] = 1;
        return Amounts.Of(running.Select(pair => (pair.Key, pair.Value)));
    }

    /// <summary>What limits add up to, in the same way; overhead goes to what is limited.</summary>
    public static Amounts LimitsOf(
        ResourceTable resources,
        IReadOnlyList<ContainerRequests> containers,
        Amounts overhead,
        Amounts? wholeLimits = null
    )
    {
        ArgumentNullException.ThrowIfNull(containers);
        ArgumentNullException.ThrowIfNull(overhead);
        if (wholeLimits is null or { Count: 0 } && containers.All(container => container.Limits.Count == 0))
            return Amounts.None;
        var limits = Of(
                resources,
                [.. containers.Select(container => container with { Requests = container.Limits })],
                Amounts.None,
                wholeLimits
            )
            .With(resources.Pods, 0);
        return Amounts.Of(limits.Pairs().Concat(overhead.Pairs().Where(pair => limits.Of(pair.Id) > 0)));
    }

    private static void Add(Dictionary<int, long> into, Amounts amounts)
    {
        for (var i = 0; i < amounts.Count; i++)
        {
            var (id, value) = amounts[i];
            into[id] = Amounts.Plus(into.GetValueOrDefault(id), value);
        }
    }
}
