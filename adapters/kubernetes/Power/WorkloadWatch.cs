using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>A kind of workload, watched.</summary>
internal abstract class WorkloadWatch : IAsyncDisposable
{
    public abstract ResourceType Type { get; }

    public abstract bool Synced { get; }

    public abstract WatchTrouble? Trouble { get; }

    /// <summary>Grows with each change of the objects.</summary>
    public abstract long Version { get; }

    /// <summary>All of them, in no order.</summary>
    public abstract IReadOnlyList<IKubernetesObject> Items { get; }

    public abstract IKubernetesObject? Find(string @namespace, string name);

    /// <summary>Takes over the server's answer to a write of the object itself.</summary>
    public abstract void Apply(ApiAnswer answer);

    /// <summary>Takes over the server's answer to a write of its scale.</summary>
    public abstract void Apply(Scale scale);

    /// <summary>Reads one object again, without waiting for the watch.</summary>
    public abstract Task RereadAsync(string @namespace, string name, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

internal sealed class WorkloadWatch<T> : WorkloadWatch
    where T : class, IKubernetesObject
{
    private readonly Informer<T> _watched;
    private readonly KubernetesApi _api;
    private readonly Resource<T> _resource;
    private readonly bool _shared;

    public WorkloadWatch(KubernetesApi api, Resource<T> resource, Action changed)
    {
        (_api, _resource) = (api, resource);
        _watched = new Informer<T>(api, resource);
        _watched.Changed += changed;
        _watched.Start();
    }

    /// <summary>Of a kind that is watched anyway; whoever began that ends it.</summary>
    public WorkloadWatch(KubernetesApi api, Resource<T> resource, Informer<T> watched) =>
        (_api, _resource, _watched, _shared) = (api, resource, watched, true);

    public override ResourceType Type => _watched.Type;

    public override bool Synced => _watched.Synced;

    public override WatchTrouble? Trouble => _watched.Trouble;

    public override long Version => _watched.Version;

    public override IReadOnlyList<IKubernetesObject> Items => _watched.Items;

    public override IKubernetesObject? Find(string @namespace, string name) =>
        _watched.TryFind(@namespace, name, out var found) ? found : null;

    public override void Apply(ApiAnswer answer) => _watched.Apply(answer.Read(_resource.Item));

    public override void Apply(Scale scale)
    {
        if (
            _watched.TryFind(scale.Metadata.Namespace, scale.Metadata.Name, out var known)
            && ScaledWorkload.Of(known, scale) is T scaled
        )
            _watched.Apply(scaled);
    }

    public override async Task RereadAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        _watched.Apply(await _api.GetAsync(_resource, @namespace, name, cancellationToken).ConfigureAwait(false));

    public override ValueTask DisposeAsync() => _shared ? ValueTask.CompletedTask : _watched.DisposeAsync();
}
