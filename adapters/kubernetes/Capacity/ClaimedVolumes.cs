using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// PersistentVolumeClaims and the volumes that they are bound to, watched from the first claim on that is asked about.
/// </summary>
internal sealed class ClaimedVolumes(KubernetesApi api) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Informer<ClaimObject>? _claims;
    private Informer<VolumeObject>? _volumes;

    /// <summary>Raised after a claim or a volume changed, or whether they can be read.</summary>
    public event Action? Changed;

    /// <summary>Why it is not known what claims are bound to; null: it is.</summary>
    public string? Unread
    {
        get
        {
            var (claims, volumes) = Watched();
            return Why(claims) ?? Why(volumes);
        }
    }

    /// <summary>A claim as far as it decides where its pods go; only once it is known.</summary>
    public ClaimedVolume Find(string space, string name)
    {
        var (claims, volumes) = Watched();
        if (!claims.TryFind(space, name, out var claim))
            return new ClaimedVolume($"PersistentVolumeClaim {name} does not exist");
        if (claim.Metadata.DeletionTimestamp is not null)
            return new ClaimedVolume($"PersistentVolumeClaim {name} is being deleted");
        var isShared = claim.Spec?.AccessModes?.Any(mode => mode is "ReadWriteMany" or "ReadOnlyMany") == true;
        if (claim.Spec?.VolumeName is not { Length: > 0 } bound)
            return new ClaimedVolume(null) { IsShared = isShared };
        return volumes.TryFind("", bound, out var volume)
            ? new ClaimedVolume(null)
            {
                IsShared = isShared,
                IsBound = true,
                Nodes = volume.Nodes,
            }
            : new ClaimedVolume($"PersistentVolume {bound} of PersistentVolumeClaim {name} does not exist");
    }

    public async ValueTask DisposeAsync()
    {
        Informer<ClaimObject>? claims;
        Informer<VolumeObject>? volumes;
        lock (_lock)
            (claims, volumes) = (_claims, _volumes);
        if (claims is not null)
            await claims.DisposeAsync().ConfigureAwait(false);
        if (volumes is not null)
            await volumes.DisposeAsync().ConfigureAwait(false);
    }

    private static string? Why<T>(Informer<T> watched)
        where T : class, IKubernetesObject =>
        watched.Synced ? null : watched.Trouble?.Sentence ?? $"{watched.Type} are not read yet";

    private (Informer<ClaimObject>, Informer<VolumeObject>) Watched()
    {
        lock (_lock)
            return (_claims ??= Begin(NamespaceResources.Claims), _volumes ??= Begin(NamespaceResources.Volumes));
    }

    private Informer<T> Begin<T>(Resource<T> resource)
        where T : class, IKubernetesObject
    {
        var filter = new ChangeFilter<T>(static (_, _) => false);
        var watched = new Informer<T>(api, resource) { Observer = filter };
        watched.Changed += () =>
        {
            if (filter.Take(watched))
                Changed?.Invoke();
        };
        watched.Start();
        return watched;
    }
}

/// <summary>What a claim says of where its pods go.</summary>
/// <param name="Missing">What there is not of it, so that no pod with it can be scheduled; null: all there is.</param>
internal readonly record struct ClaimedVolume(string? Missing)
{
    /// <summary>It has a volume.</summary>
    public bool IsBound { get; init; }

    /// <summary>Several nodes may have it at a time.</summary>
    public bool IsShared { get; init; }

    /// <summary>From where its volume can be reached; none: from anywhere.</summary>
    public IReadOnlyList<NodeTerm> Nodes { get; init; } = [];
}
