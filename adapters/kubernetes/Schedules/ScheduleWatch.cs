using Ebb.Core.Time.Sizing;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Schedules;

/// <summary>One kind that says something about time, watched.</summary>
internal sealed class ScheduleWatch : IAsyncDisposable
{
    private (IReadOnlyList<SpecObject> Of, IReadOnlyList<ObjectView> Views) _all = ([], []);

    public ScheduleWatch(
        KubernetesApi api,
        Resource<SpecObject> resource,
        Action changed,
        string? @namespace = null,
        string? selector = null
    )
    {
        Informer = new Informer<SpecObject>(api, resource, @namespace, selector);
        Informer.Changed += changed;
        Informer.Start();
    }

    public Informer<SpecObject> Informer { get; }

    /// <summary>In order of namespace and name; the same list until something changes. Used under one lock.</summary>
    public IReadOnlyList<ObjectView> All
    {
        get
        {
            var items = Informer.Items;
            if (!ReferenceEquals(items, _all.Of))
                _all = (
                    items,
                    [
                        .. items
                            .Select(item => item.View(Informer.Type))
                            .OrderBy(seen => seen.Ref.Namespace, StringComparer.Ordinal)
                            .ThenBy(seen => seen.Ref.Name, StringComparer.Ordinal),
                    ]
                );
            return _all.Views;
        }
    }

    public ValueTask DisposeAsync() => Informer.DisposeAsync();
}
