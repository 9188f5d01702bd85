using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Orders;
using Ebb.Kubernetes.Overrides;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.SleepMethods;
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
    private readonly Informer<SleepMethodObject> _methods;
    private readonly Dictionary<WatchedKind, WorkloadWatch> _kinds = [];
    private readonly HashSet<WatchedKind> _named = [];
    private readonly HashSet<WatchedKind> _expected = [];
    private readonly PodIndex _podIndex = new();
    private Informer<Pod>? _pods;
    private Informer<BareObject>? _namespaces;

    /// <summary>At most so many further kinds are watched because a person asked about one of their objects.</summary>
    internal const int MostAsked = 8;

    /// <summary>The same for kinds that Schedules name.</summary>
    internal const int MostScheduled = 64;

    /// <summary>Begins to watch at once.</summary>
    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="namespace">Ebb's own.</param>
    /// <param name="leadership">Of this replica; null: another one may lead.</param>
    /// <param name="domains">What feeds nodes that do not say so themselves; null: nothing is known of that.</param>
    public ClusterWatches(
        KubernetesApi api,
        string @namespace = "ebb-system",
        ILeadership? leadership = null,
        IReadOnlyList<NodeSupplies>? domains = null
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        _api = api;
        _baselines = Begin(Kinds.Baselines, @namespace);
        Baselines = new BaselineStore(api, @namespace, _baselines, () => leadership?.Term, Raise);
        Orders = Begin(Kinds.PowerOrders, @namespace);
        Overrides = Begin(Kinds.Overrides);
        Powers = Begin(Kinds.Powers, @namespace);
        Outages = Begin(Kinds.Outages, @namespace);
        _methods = Begin(Kinds.SleepMethods);
        SleepMethods = new SleepMethodStore(api, _methods);
        Services = Begin(Kinds.Services);
        Scalers = Begin(Kinds.UpsScalers);
        ScaledObjects = Begin(Kinds.ScaledObjects);
        Autoscalers = Begin(Kinds.HorizontalPodAutoscalers);
        Nodes = Begin(Kinds.Nodes);
        DeadNodes = new DeadNodes(Nodes);
        FedNodes = new FedNodes(Nodes, domains ?? []);
    }

    /// <summary>Raised after anything has changed, on the thread that read it.</summary>
    internal event Action? Changed;

    internal BaselineStore Baselines { get; }

    internal SleepMethodStore SleepMethods { get; }

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

    internal FedNodes FedNodes { get; }

    /// <summary>The first question begins to watch them.</summary>
    internal Informer<BareObject> Namespaces
    {
        get
        {
            lock (_lock)
                return _namespaces ??= Begin(Kinds.Bare(Kinds.Namespaces));
        }
    }

    /// <summary>Null: nobody has asked for them yet.</summary>
    internal Informer<BareObject>? WatchedNamespaces
    {
        get
        {
            lock (_lock)
                return _namespaces;
        }
    }

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
                && IsOver(_methods.Synced, _methods.Trouble)
                && IsOver(Powers.Synced, Powers.Trouble)
                && IsOver(Outages.Synced, Outages.Trouble)
                && IsOver(ScaledObjects.Synced, ScaledObjects.Trouble)
                && IsOver(Services.Synced, Services.Trouble)
                && IsOver(Autoscalers.Synced, Autoscalers.Trouble)
                && IsOver(Nodes.Synced, Nodes.Trouble)
                && Named.Concat(Expected).All(kind => IsOver(kind.Synced, kind.Trouble))
                && (_namespaces is null || IsOver(_namespaces.Synced, _namespaces.Trouble))
                && (_pods is null || IsOver(_pods.Synced, _pods.Trouble));
        }

        // Not read yet.
        bool IsOver(bool synced, WatchTrouble? trouble) =>
            synced || (trouble is not null && (overdue || trouble.IsLasting));
    }

    /// <summary>
    /// Lists what Ebb remembers and what people ask again; complete when each was listed or cannot be read.
    /// </summary>
    internal async Task ReadMemoryAgainAsync(CancellationToken cancellationToken)
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Changed += Look;
        try
        {
            _baselines.ListAgain();
            Orders.ListAgain();
            Overrides.ListAgain();
            Powers.ListAgain();
            Outages.ListAgain();
            Look();
            await read.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Changed -= Look;
        }

        void Look()
        {
            if (
                IsOver(_baselines.IsCurrent, _baselines.Trouble)
                && IsOver(Orders.IsCurrent, Orders.Trouble)
                && IsOver(Overrides.IsCurrent, Overrides.Trouble)
                && IsOver(Powers.IsCurrent, Powers.Trouble)
                && IsOver(Outages.IsCurrent, Outages.Trouble)
            )
                read.TrySetResult();
        }

        static bool IsOver(bool current, WatchTrouble? trouble) => current || trouble is { IsLasting: true };
    }

    /// <summary>What cannot be read, and why; in a stable order.</summary>
    internal IReadOnlyList<string> Troubles(bool scaledObjectsNamed)
    {
        lock (_lock)
        {
            // KEDA need not be installed as long as no ScaledObject is named.
            var keda = ScaledObjects.Trouble is { Code: 404 } && !scaledObjectsNamed ? null : ScaledObjects.Trouble;
            // They need not be described as long as nobody describes any.
            var methods = _methods.Trouble is { Code: 404 } ? null : _methods.Trouble;
            return
            [
                .. new[]
                {
                    Scalers.Trouble,
                    _baselines.Trouble,
                    Orders.Trouble,
                    Overrides.Trouble,
                    methods,
                    Powers.Trouble,
                    Outages.Trouble,
                    keda,
                    Services.Trouble,
                    Autoscalers.Trouble,
                    Nodes.Trouble,
                    _pods?.Trouble,
                    _namespaces?.Trouble,
                }
                    .Concat(Named.Select(kind => kind.Trouble))
                    .OfType<WatchTrouble>()
                    .Select(trouble => trouble.Sentence)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>The watch of a kind that an UpsScaler names.</summary>
    /// <param name="apiVersion">Its group and version.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="whole">It sleeps by its fields.</param>
    internal WorkloadWatch Of(string apiVersion, string kind, bool whole = false)
    {
        lock (_lock)
        {
            var key = new WatchedKind(apiVersion, kind, whole);
            _named.Add(key);
            // How a kind sleeps may change; the failures of the other way are then nobody's.
            _named.Remove(key with { Whole = !whole });
            if (!_kinds.TryGetValue(key, out var watch))
                _kinds[key] = watch = Begin(key);
            return watch;
        }
    }

    /// <summary>
    /// The watch of a kind that a person or a Schedule asks about. Nothing waits for it, and its failures are told in
    /// the answer only; null: there are so many such kinds already.
    /// </summary>
    internal WorkloadWatch? Asked(string apiVersion, string kind, bool whole = false, int most = MostAsked)
    {
        lock (_lock)
        {
            var key = new WatchedKind(apiVersion, kind, whole);
            if (_kinds.TryGetValue(key, out var watch))
                return watch;
            if (
                !WorkloadType.IsKnown(apiVersion, kind)
                && _kinds.Count(one => one.Value is GenericWatch or WholeWatch && !_named.Contains(one.Key)) >= most
            )
                return null;
            return _kinds[key] = Begin(key);
        }
    }

    /// <summary>
    /// Begins to watch a kind that workloads say they belong to. It is waited for at the start, so that nothing sleeps
    /// before its owner is known; that it cannot be read is told with those owners.
    /// </summary>
    internal void Expect(WorkloadType type)
    {
        lock (_lock)
        {
            if (_expected.Add(new WatchedKind(type.ApiVersion, type.Kind, false)))
                Asked(type.ApiVersion, type.Kind);
        }
    }

    /// <summary>The watch of a kind, when there is one.</summary>
    internal WorkloadWatch? Existing(string apiVersion, string kind, bool whole = false)
    {
        lock (_lock)
            return _kinds.GetValueOrDefault(new WatchedKind(apiVersion, kind, whole))
                // Whoever named it may have spelled it in another way than the server does.
                ?? _kinds
                    .Where(one => one.Key.Whole == whole)
                    .Select(one => one.Value)
                    .FirstOrDefault(one => one.Type.ApiVersion == apiVersion && one.Type.Kind == kind);
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
    internal PodsLeft? PodsLeft(IKubernetesObject workload, Scale? scale, OwnPods? own = null) =>
        DeadNodes.Any && Power.PodsLeft.Selector(workload, scale, own) is { } selector && WatchedPods().Synced
            ? Power.PodsLeft.Of(workload, _podIndex.Of(workload.Metadata.Namespace, selector), DeadNodes)
            : null;

    /// <summary>
    /// The nodes that a workload's pods are on, without those that end; null: not known, or no node names a supply.
    /// </summary>
    internal PodPlaces? Places(IKubernetesObject workload, Scale? scale, OwnPods? own = null) =>
        !FedNodes.Any || workload is Node ? null
        : Power.PodsLeft.Selector(workload, scale, own) is not { } selector
            ? workload is CronJob ? PodPlaces.None
                : null
        : WatchedPods().Synced ? PodPlaces.Of(_podIndex.Of(workload.Metadata.Namespace, selector))
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
            _methods,
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
            if (_namespaces is not null)
                all.Add(_namespaces);
        }

        foreach (var one in all)
            await one.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Of the kinds that UpsScalers name.</summary>
    private IEnumerable<WorkloadWatch> Named =>
        _kinds.Where(kind => _named.Contains(kind.Key)).Select(kind => kind.Value);

    private IEnumerable<WorkloadWatch> Expected =>
        _kinds.Where(kind => _expected.Contains(kind.Key)).Select(kind => kind.Value);

    private void Raise() => Changed?.Invoke();

    private Informer<T> Begin<T>(Resource<T> resource, string? @namespace = null)
        where T : class, IKubernetesObject
    {
        var watched = new Informer<T>(_api, resource, @namespace);
        watched.Changed += Raise;
        watched.Start();
        return watched;
    }

    private WorkloadWatch Begin(WatchedKind key) =>
        key.Whole ? new WholeWatch(_api, key.ApiVersion, key.Kind, Raise) : Begin(key.ApiVersion, key.Kind);

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
            ("v1", "Node") => new WorkloadWatch<Node>(_api, Kinds.Nodes, Nodes),
            _ => new GenericWatch(_api, apiVersion, kind, Raise),
        };

    private WorkloadWatch<T> Begin<T>(Resource<T> resource, Action changed)
        where T : class, IKubernetesObject => new(_api, resource, changed);
}
