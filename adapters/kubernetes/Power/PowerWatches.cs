using Ebb.Core.Planning;

namespace Ebb.Kubernetes;

/// <summary>
/// What is watched: UpsScalers, who scales (ScaledObjects, HPAs), nodes; of workloads only the kinds that UpsScalers name; pods only
/// when a workload's status does not tell how many are left. Kinds are added as they are named and stay.
/// </summary>
internal sealed class PowerWatches : IAsyncDisposable
{
    private readonly KubernetesApi _api;
    private readonly Action _changed;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string ApiVersion, string Kind), WorkloadWatch> _kinds = [];
    private readonly PodIndex _podIndex = new();
    private Watched<Pod>? _pods;

    public PowerWatches(KubernetesApi api, Action changed)
    {
        (_api, _changed) = (api, changed);
        Scalers = Begin(Kinds.UpsScalers);
        ScaledObjects = Begin(Kinds.ScaledObjects);
        Autoscalers = Begin(Kinds.HorizontalPodAutoscalers);
        Nodes = Begin(Kinds.Nodes);
    }

    public Watched<UpsScaler> Scalers { get; }

    public Watched<ScaledObject> ScaledObjects { get; }

    public Watched<HorizontalPodAutoscaler> Autoscalers { get; }

    public Watched<Node> Nodes { get; }

    /// <summary>Everything that was asked for so far has been read, or cannot be.</summary>
    public bool Settled
    {
        get
        {
            lock (_lock)
            {
                return Scalers.Synced && IsSettled(ScaledObjects) && IsSettled(Autoscalers) && IsSettled(Nodes)
                    && _kinds.Values.All(kind => kind.Settled) && (_pods is null || IsSettled(_pods));
            }
        }
    }

    /// <summary>What cannot be read, and why; in an order that stays.</summary>
    public IReadOnlyList<string> Troubles(bool scaledObjectsNamed)
    {
        lock (_lock)
        {
            // A cluster without KEDA is in good order as long as nobody names a ScaledObject.
            var keda = ScaledObjects.Trouble is { Code: 404 } && !scaledObjectsNamed ? null : ScaledObjects.Trouble;
            return
            [
                .. new[] { Scalers.Trouble, keda, Autoscalers.Trouble, Nodes.Trouble, _pods?.Trouble }
                    .Concat(_kinds.Values.Select(kind => kind.Trouble)).OfType<WatchTrouble>()
                    .Select(trouble => trouble.Sentence).Distinct().Order(StringComparer.Ordinal),
            ];
        }
    }

    public WorkloadWatch Of(string apiVersion, string kind)
    {
        lock (_lock)
        {
            if (!_kinds.TryGetValue((apiVersion, kind), out var watch)) _kinds[(apiVersion, kind)] = watch = Begin(apiVersion, kind);
            return watch;
        }
    }

    /// <summary>The watch of a kind, when there is one.</summary>
    public WorkloadWatch? Existing(string apiVersion, string kind)
    {
        lock (_lock) return _kinds.GetValueOrDefault((apiVersion, kind));
    }

    /// <summary>The pods that a selector selects; null while they are not known. The first question begins to watch them.</summary>
    public PodCount? Pods(string @namespace, LabelSelector selector)
    {
        lock (_lock)
        {
            if (_pods is null)
            {
                _pods = new Watched<Pod>(_api, Kinds.Pods) { Observer = _podIndex };
                _pods.Changed += _changed;
                _pods.Start();
            }
        }

        return _pods.Synced ? _podIndex.Count(@namespace, selector) : null;
    }

    public async ValueTask DisposeAsync()
    {
        var all = new List<IAsyncDisposable> { Scalers, ScaledObjects, Autoscalers, Nodes };
        lock (_lock)
        {
            all.AddRange(_kinds.Values);
            if (_pods is not null) all.Add(_pods);
        }

        foreach (var one in all) await one.DisposeAsync().ConfigureAwait(false);
    }

    private Watched<T> Begin<T>(Resource<T> resource)
        where T : class, IKubernetesObject
    {
        var watched = new Watched<T>(_api, resource);
        watched.Changed += _changed;
        watched.Start();
        return watched;
    }

    private WorkloadWatch Begin(string apiVersion, string kind) => (apiVersion, kind) switch
    {
        ("apps/v1", "Deployment") => Begin(Kinds.Deployments, _changed),
        ("apps/v1", "StatefulSet") => Begin(Kinds.StatefulSets, _changed),
        ("batch/v1", "CronJob") => Begin(Kinds.CronJobs, _changed),
        ("postgresql.cnpg.io/v1", "Cluster") => Begin(Kinds.CnpgClusters, _changed),
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization") => Begin(Kinds.Kustomizations, _changed),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease") => Begin(Kinds.HelmReleases, _changed),
        ("argoproj.io/v1alpha1", "Application") => Begin(Kinds.Applications, _changed),
        _ => new GenericWatch(_api, apiVersion, kind, _changed),
    };

    private WorkloadWatch<T> Begin<T>(Resource<T> resource, Action changed)
        where T : class, IKubernetesObject => new(_api, resource, changed);

    private static bool IsSettled<T>(Watched<T> watched)
        where T : class, IKubernetesObject => watched.Synced || watched.Trouble?.IsLasting == true;
}
