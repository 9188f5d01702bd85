using Ebb.Core.Time.Sizing;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Schedules;

/// <summary>One kind, watched.</summary>
internal abstract class ScheduleWatch : IAsyncDisposable
{
    public abstract ResourceType Type { get; }

    public abstract bool Synced { get; }

    public abstract WatchTrouble? Trouble { get; }

    public abstract long Version { get; }

    /// <summary>It was read once, or cannot be read.</summary>
    public bool Settled => Synced || Trouble?.IsLasting == true;

    public abstract IReadOnlyList<ObjectView> All { get; }

    public abstract ObjectView? Find(string @namespace, string name);

    public abstract void Apply(ApiAnswer answer);

    public abstract ValueTask DisposeAsync();
}

internal sealed class ScheduleWatch<T> : ScheduleWatch
    where T : class, IKubernetesObject
{
    private readonly Informer<T> _watched;
    private readonly Resource<T> _resource;
    private readonly Func<T, ResourceType, ObjectView> _view;
    private (IReadOnlyList<T> Of, IReadOnlyList<ObjectView> Views) _all = ([], []);

    public ScheduleWatch(
        KubernetesApi api,
        Resource<T> resource,
        Func<T, ResourceType, ObjectView> view,
        Action changed,
        string? @namespace = null,
        string? selector = null
    )
    {
        (_resource, _view) = (resource, view);
        _watched = new Informer<T>(api, resource, @namespace, selector);
        _watched.Changed += changed;
        _watched.Start();
    }

    public override ResourceType Type => _resource.Type;

    public override bool Synced => _watched.Synced;

    public override WatchTrouble? Trouble => _watched.Trouble;

    public override long Version => _watched.Version;

    /// <summary>In order of namespace and name; the same list until something changes. Used under one lock.</summary>
    public override IReadOnlyList<ObjectView> All
    {
        get
        {
            var items = _watched.Items;
            if (!ReferenceEquals(items, _all.Of))
            {
                _all = (
                    items,
                    [
                        .. items
                            .Select(item => _view(item, Type))
                            .OrderBy(seen => seen.Ref.Namespace, StringComparer.Ordinal)
                            .ThenBy(seen => seen.Ref.Name, StringComparer.Ordinal),
                    ]
                );
            }

            return _all.Views;
        }
    }

    public override ObjectView? Find(string @namespace, string name) =>
        _watched.TryFind(@namespace, name, out var found) ? _view(found, Type) : null;

    public override void Apply(ApiAnswer answer) => _watched.Apply(answer.Read(_resource.Item));

    /// <summary>The object after its scale was written.</summary>
    public void Apply(string @namespace, string name, Func<T, T> change)
    {
        if (_watched.TryFind(@namespace, name, out var known))
            _watched.Apply(change(known));
    }

    public override ValueTask DisposeAsync() => _watched.DisposeAsync();
}
