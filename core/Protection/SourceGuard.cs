using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Protection;

/// <summary>
/// What must stay awake so that the UPS can be heard: the workloads that the Service of a source selects. A name alone
/// protects only where no Service is known for it.
/// </summary>
public static class SourceGuard
{
    /// <summary>
    /// A Service that is another name for one, and that for one more, is followed; longer chains are not.
    /// </summary>
    private const int MostNames = 4;

    /// <param name="sources">The sources.</param>
    /// <param name="services">All Services; null: they are not known.</param>
    /// <param name="own">The namespace of this process.</param>
    public static IReadOnlyList<Protected> Of(
        IReadOnlyList<SourcePlace> sources,
        IReadOnlyList<ServiceView>? services,
        string own
    )
    {
        ArgumentNullException.ThrowIfNull(sources);
        return [.. sources.SelectMany(source => Of(source, services, own))];
    }

    private static IEnumerable<Protected> Of(SourcePlace source, IReadOnlyList<ServiceView>? services, string own)
    {
        var behind = Behind(source, services ?? [], own);
        if (behind.Count > 0)
            return behind.Select(service => new Protected(
                service.Namespace,
                service.Name,
                $"it is the UPS source {source.Name}, behind Service {service}, without which nobody would know when to "
                    + "wake"
            )
            {
                Service = service,
            });
        return source.IsName
            ? ServiceNames
                .Of(source.Host, own)
                .Take(1)
                .Select(place => new Protected(
                    place.Namespace,
                    place.Name,
                    $"it is the UPS source {source.Name}, without which nobody would know when to wake"
                ))
            : [];
    }

    private static List<ServiceView> Behind(SourcePlace source, IReadOnlyList<ServiceView> services, string own)
    {
        var found = source
            .Addresses.Prepend(source.Host)
            .SelectMany(host => At(host, source.Port, services, own))
            .Distinct()
            .ToList();
        for (var i = 0; i < found.Count && i < MostNames; i++)
            if (found[i].ExternalName is { } other)
                found.AddRange(At(other, source.Port, services, own).Except(found));
        found.RemoveAll(s => s.Selector.Count == 0);
        return found;
    }

    private static IEnumerable<ServiceView> At(string host, int port, IReadOnlyList<ServiceView> services, string own)
    {
        var names = ServiceNames.Of(host, own);
        return services.Where(s =>
            names.Contains((s.Namespace, s.Name))
            || s.Addresses.Contains(host, StringComparer.OrdinalIgnoreCase)
            || s.NodePorts.Contains(port)
        );
    }
}
