using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// PersistentVolumeClaims and the volumes that they are bound to, watched from the first claim on that is asked about;
/// StorageClasses from the first one on that has none yet.
/// </summary>
internal sealed class ClaimedVolumes(KubernetesApi api) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Informer<ClaimObject>? _claims;
    private Informer<VolumeObject>? _volumes;
    private Informer<StorageClassObject>? _classes;
    private (long Version, HashSet<string> Classes) _free = (-1, []);

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

    /// <summary>
    /// Where a claim without a volume may get one, as the scheduler takes it (VolumeBinding): of a class that waits for
    /// the first consumer, where it makes volumes; any other binds without looking at pods, which wait for that.
    /// </summary>
    public ClaimedVolume FindUnbound(string space, string name)
    {
        var (claims, volumes) = Watched();
        var claim = claims.TryFind(space, name, out var found) ? found : new ClaimObject();
        if (claim.StorageClass.Length == 0)
            return new ClaimedVolume($"PersistentVolumeClaim {name} has no volume and names no StorageClass");
        var classes = Classes();
        if (Why(classes) is { } unread)
            return new ClaimedVolume(unread) { IsUnread = true };
        if (!classes.TryFind("", claim.StorageClass, out var by))
            return new ClaimedVolume(
                $"StorageClass {claim.StorageClass} of PersistentVolumeClaim {name} does not exist"
            );
        if (!by.Waits)
            return new ClaimedVolume(
                $"PersistentVolumeClaim {name} has no volume yet, which StorageClass {claim.StorageClass} gives it at once"
            );
        if (claim.SelectedNode is { Length: > 0 } chosen)
            return new ClaimedVolume(null)
            {
                Nodes = [new NodeTerm([new NodeRequirement("metadata.name", "In", [chosen], IsField: true)])],
            };
        // Which of them fit, and whose they become, depends on all that wait for one.
        if (HasFree(volumes, claim.StorageClass) && (!by.Provisions || by.Nodes.Count > 0))
            return new ClaimedVolume(
                $"cannot count: PersistentVolumeClaim {name}, for which volumes of StorageClass {claim.StorageClass} are free"
            );
        return by.Provisions
            ? new ClaimedVolume(null) { Nodes = by.Nodes }
            : new ClaimedVolume(
                $"no volume of StorageClass {claim.StorageClass} is free for PersistentVolumeClaim {name}"
            );
    }

    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable?[] all;
        lock (_lock)
            all = [_claims, _volumes, _classes];
        foreach (var one in all)
            if (one is not null)
                await one.DisposeAsync().ConfigureAwait(false);
    }

    private bool HasFree(Informer<VolumeObject> volumes, string storageClass)
    {
        lock (_lock)
        {
            if (_free.Version != volumes.Version)
                _free = (
                    volumes.Version,
                    [
                        .. volumes
                            .Items.Where(one => one.Spec is { ClaimRef: null, StorageClassName.Length: > 0 })
                            .Select(one => one.Spec!.StorageClassName!),
                    ]
                );
            return _free.Classes.Contains(storageClass);
        }
    }

    private Informer<StorageClassObject> Classes()
    {
        lock (_lock)
            return _classes ??= Begin(NamespaceResources.StorageClasses);
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
    /// <summary>What is missing is a kind that cannot be read.</summary>
    public bool IsUnread { get; init; }

    /// <summary>It has a volume.</summary>
    public bool IsBound { get; init; }

    /// <summary>Several nodes may have it at a time.</summary>
    public bool IsShared { get; init; }

    /// <summary>From where its volume can be reached; none: from anywhere.</summary>
    public IReadOnlyList<NodeTerm> Nodes { get; init; } = [];
}
