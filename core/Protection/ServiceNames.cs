namespace Ebb.Core.Protection;

/// <summary>
/// Which Services a host name may stand for in a pod of a namespace (the cluster's DNS and its search list).
/// </summary>
public static class ServiceNames
{
    /// <summary>
    /// <c>service</c>, <c>service.namespace</c> and <c>service.namespace.svc…</c>, and each with a pod's name in front.
    /// The likeliest first; which of them exists says the cluster.
    /// </summary>
    /// <param name="host">The host, with a dot at its end or without.</param>
    /// <param name="own">The namespace of the pod that asks.</param>
    public static IReadOnlyList<(string Namespace, string Name)> Of(string host, string own)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.TrimEnd('.').ToLowerInvariant().Split('.') switch
        {
            [var name] => [(own, name)],
            [var name, var space] => [(space, name), (own, space)],
            [var name, var space, "svc", ..] => [(space, name)],
            [_, var name, var space, "svc", ..] => [(space, name)],
            [_, var name, var space] => [(space, name)],
            _ => [],
        };
    }
}
