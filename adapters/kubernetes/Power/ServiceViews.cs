using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>Services as views; the same list until one of them changes. Used under one lock.</summary>
internal sealed class ServiceViews(Informer<Service> services)
{
    private IReadOnlyList<Service>? _from;
    private IReadOnlyList<ServiceView> _views = [];

    /// <summary>Null while they are not known.</summary>
    public IReadOnlyList<ServiceView>? Known
    {
        get
        {
            if (!services.Synced)
                return null;
            var items = services.Items;
            if (!ReferenceEquals(items, _from))
                (_from, _views) = (
                    items,
                    [
                        .. items
                            .Where(s => s.Spec is { Selector.Count: > 0 } or { ExternalName: not null })
                            .Select(s => View(s, s.Spec!)),
                    ]
                );
            return _views;
        }
    }

    private static ServiceView View(Service service, ServiceSpec spec)
    {
        var balancer = service.Status?.LoadBalancer?.Ingress ?? [];
        return new ServiceView(
            service.Metadata.Namespace,
            service.Metadata.Name,
            spec.Selector ?? SmallDictionary.None,
            [
                .. new[] { spec.ClusterIP }
                    .Concat(spec.ClusterIPs ?? [])
                    .Concat(spec.ExternalIPs ?? [])
                    .Concat(balancer.SelectMany(at => new[] { at?.Ip, at?.Hostname }))
                    .OfType<string>()
                    .Where(address => address is not ("" or "None"))
                    .Distinct(),
            ],
            [.. (spec.Ports ?? []).Select(p => p?.Port).OfType<int>()],
            [.. (spec.Ports ?? []).Select(p => p?.NodePort).OfType<int>()],
            spec.ExternalName
        );
    }
}
