using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Orders;
using Ebb.Kubernetes.Overrides;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.StatusObjects;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// What is watched, each kind once in a process: UpsScalers, who scales (ScaledObjects, HPAs), nodes; of workloads only
/// the kinds that UpsScalers name; pods only when a workload's status does not tell how many are left, and when a node
/// dies in an outage. Kinds are added as they are named and
/// stay.
/// </summary>
public sealed class ClusterWatches : IAsyncDisposable
{
    private readonly KubernetesApi _api;
    private readonly Informer<BaselineObject> _baselines;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string ApiVersion, string Kind), WorkloadWatch> _kinds = [];
    private readonly HashSet<(string ApiVersion, string Kind)> _named = [];
    private readonly PodIndex _podIndex = new();
    private Informer<Pod>? _pods;

    /// <summary>At most so many further kinds are watched because a person asked about one of their objects.</summary>
    internal const int MostAsked = 8;

    /// <summary>Begins to watch at once.</summary>
    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="namespace">Ebb's own.</param>
    /// <param name="leadership">Of this replica; null: another one may lead.</param>
    public ClusterWatches(KubernetesApi api, string @namespace = "ebb-system", ILeadership? leadership = null)
    {
        ArgumentNullException.ThrowIfNull(api);
        _api = api;
        _baselines = Begin(Kinds.Baselines, @namespace);
        Baselines = new BaselineStore(api, @namespace, _baselines, () => leadership?.Term, Raise);
        Orders = Begin(Kinds.PowerOrders, @namespace);
        Overrides = Begin(Kinds.Overrides);
        Powers = Begin(Kinds.Powers, @namespace);
        Outages = Begin(Kinds.Outages, @namespace);
        Services = Begin(Kinds.Services);
        Scalers = Begin(Kinds.UpsScalers);
        ScaledObjects = Begin(Kinds.ScaledObjects);
        Autoscalers = Begin(Kinds.HorizontalPodAutoscalers);
        Nodes = Begin(Kinds.Nodes);
        DeadNodes = new DeadNodes(Nodes);
    }

    /// <summary>Raised after anything has changed, on the thread that read it.</summary>
    internal event Action? Changed;

    internal BaselineStore Baselines { get; }

    internal Informer<PowerOrderObject> Orders { get; }

    internal Informer<OverrideObject> Overrides { get; }

    internal Informer<StatusItem> Powers { get; }

    internal Informer<StatusItem> Outages { get; }

    internal Informer<Service> Services { get; }

    internal Informer<UpsScaler> Scalers { get; }

    internal Informer<SpecObject> ScaledObjects { get; }

    internal Informer<SpecObject> Autoscalers { get; }

    internal Informer<Node> Nodes { get; }

    internal DeadNodes DeadNodes { get; }

    /// <summary>What names workloads was read: UpsScalers and Baselines.</summary>
    internal bool IsNamed => Scalers.Synced && _baselines.Synced;

    /// <summary>
    /// UpsScalers and Baselines, and everything else that was asked for so far, have been read, or the rest of it
    /// cannot be.
    /// </summary>
    /// <param name="overdue">What fails has been waited for long enough, whatever the failure.</param>
    internal bool IsSettled(bool overdue)
    {
        lock (_lock)
        {
            return IsNamed
                && IsOver(Orders.Synced, Orders.Trouble)
                && IsOver(Overrides.Synced, Overrides.Trouble)
                && IsOver(Powers.Synced, Powers.Trouble)
                && IsOver(Outages.Synced, Outages.Trouble)
                && IsOver(ScaledObjects.Synced, ScaledObjects.Trouble)
                && IsOver(Services.Synced, Services.Trouble)
                && IsOver(Autoscalers.Synced, Autoscalers.Trouble)
                && IsOver(Nodes.Synced, Nodes.Trouble)
                && Named.All(kind => IsOver(kind.Synced, kind.Trouble))
                && (_pods is null || IsOver(_pods.Synced, _pods.Trouble));
        }

        // Not read yet.
        bool IsOver(bool synced, WatchTrouble? trouble) =>
            synced || (trouble is not null && (overdue || trouble.IsLasting));
    }

    /// <summary>What cannot be read, and why; in a stable order.</summary>
    internal IReadOnlyList<string> Troubles(bool scaledObjectsNamed)
    {
        lock (_lock)
        {
            // KEDA need not be installed as long as no ScaledObject is named.
            var keda = ScaledObjects.Trouble is { Code: 404 } && !scaledObjectsNamed ? null : ScaledObjects.Trouble;
            return
            [
                .. new[]
                {
                    Scalers.Trouble,
                    _baselines.Trouble,
                    Orders.Trouble,
                    Overrides.Trouble,
                    Powers.Trouble,
                    Outages.Trouble,
                    keda,
                    Services.Trouble,
                    Autoscalers.Trouble,
                    Nodes.Trouble,
                    _pods?.Trouble,
                }
                    .Concat(Named.Select(kind => kind.Trouble))
                    .OfType<WatchTrouble>()
                    .Select(trouble => trouble.Sentence)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    internal WorkloadWatch Of(string apiVersion, string kind)
    {
        lock (_lock)
        {
            _named.Add((apiVersion, kind));
            if (!_kinds.TryGetValue((apiVersion, kind), out var watch))
                _kinds[(apiVersion, kind)] = watch = Begin(apiVersion, kind);
            return watch;
        }
    }

    /// <summary>
    /// The watch of a kind that a person asks about. Nothing waits for it, and its failures are told in the answer
    /// only; null: there are <see cref="MostAsked"/> such kinds already.
    /// </summary>
    internal WorkloadWatch? Asked(string apiVersion, string kind)
    {
        lock (_lock)
        {
            if (_kinds.TryGetValue((apiVersion, kind), out var watch))
                return watch;
            if (
                !WorkloadType.Known.Any(type => type.ApiVersion == apiVersion && type.Kind == kind)
                && _kinds.Count(one => one.Value is GenericWatch && !_named.Contains(one.Key)) >= MostAsked
            )
                return null;
            return _kinds[(apiVersion, kind)] = Begin(apiVersion, kind);
        }
    }

    /// <summary>The watch of a kind, when there is one.</summary>
    internal WorkloadWatch? Existing(string apiVersion, string kind)
    {
        lock (_lock)
            return _kinds.GetValueOrDefault((apiVersion, kind));
    }

    /// <summary>
    /// The pods that a selector selects; null while they are not known. The first call begins to watch them.
    /// </summary>
    internal PodCount? Pods(string @namespace, LabelSelector selector) =>
        WatchedPods().Synced ? _podIndex.Count(@namespace, selector) : null;

    /// <summary>
    /// The pods of a workload where some of them cannot end or cannot start; null: there are none such, or none is
    /// known.
    /// </summary>
    internal PodsLeft? PodsLeft(IKubernetesObject workload, Scale? scale) =>
        DeadNodes.Any && Power.PodsLeft.Selector(workload, scale) is { } selector && WatchedPods().Synced
            ? Power.PodsLeft.Of(workload, _podIndex.Of(workload.Metadata.Namespace, selector), DeadNodes)
            : null;

    private Informer<Pod> WatchedPods()
    {
        lock (_lock)
        {
            if (_pods is null)
            {
                _pods = new Informer<Pod>(_api, Kinds.Pods) { Observer = _podIndex };
                _pods.Changed += Raise;
                _pods.Start();
            }

            return _pods;
        }
    }

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        var all = new List<IAsyncDisposable>
        {
            _baselines,
            Orders,
            Overrides,
            Powers,
            Outages,
            Services,
            Scalers,
            ScaledObjects,
            Autoscalers,
            Nodes,
        };
        lock (_lock)
        {
            all.AddRange(_kinds.Values);
            if (_pods is not null)
                all.Add(_pods);
        }

        foreach (var one in all)
            await one.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Of the kinds that UpsScalers name.</summary>
    private IEnumerable<WorkloadWatch> Named =>
        _kinds.Where(kind => _named.Contains(kind.Key)).Select(kind => kind.Value);

    private void Raise() => Changed?.Invoke();

    private Informer<T> Begin<T>(Resource<T> resource, string? @namespace = null)
        where T : class, IKubernetesObject
    {
        var watched = new Informer<T>(_api, resource, @namespace);
        watched.Changed += Raise;
        watched.Start();
        return watched;
    }

    private WorkloadWatch Begin(string apiVersion, string kind) =>
        (apiVersion, kind) switch
        {
            ("apps/v1", "Deployment") => Begin(Kinds.Deployments, Raise),
            ("apps/v1", "StatefulSet") => Begin(Kinds.StatefulSets, Raise),
            ("batch/v1", "CronJob") => Begin(Kinds.CronJobs, Raise),
            ("postgresql.cnpg.io/v1", "Cluster") => Begin(Kinds.CnpgClusters, Raise),
            ("kustomize.toolkit.fluxcd.io/v1", "Kustomization") => Begin(Kinds.Kustomizations, Raise),
            ("helm.toolkit.fluxcd.io/v2", "HelmRelease") => Begin(Kinds.HelmReleases, Raise),
            ("argoproj.io/v1alpha1", "Application") => Begin(Kinds.Applications, Raise),
            _ => new GenericWatch(_api, apiVersion, kind, Raise),
        };

    private WorkloadWatch<T> Begin<T>(Resource<T> resource, Action changed)
        where T : class, IKubernetesObject => new(_api, resource, changed);
}
