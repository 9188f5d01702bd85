using Ebb.Core.GitOps;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Orders;
using Ebb.Kubernetes.Overrides;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Selecting;
using Ebb.Kubernetes.StatusObjects;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// What the power path needs of the cluster, held in memory by watches; safe from several threads. <see
/// cref="ClusterView.LastContact"/> is as of when the view was made: contact alone makes no new view, losing it does.
/// </summary>
public sealed class KubernetesCluster : ICluster, IAsyncDisposable
{
    private readonly KubernetesApi _api;
    private readonly ClusterWatches _watches;
    private readonly ScalerViews _views;
    private readonly AskedWorkloads _asked;
    private readonly ServiceViews _services;
    private readonly ScalerWrites _scalers;
    private readonly WorkloadWrites _workloads;
    private readonly EventWrites _events;
    private readonly PowerOrders _orders;
    private readonly OverrideStore _overrides;
    private readonly Lock _composing = new();
    private readonly LazyView<ClusterView> _view;
    private bool _synced;
    private ITimer? _patience;
    private volatile bool _overdue;

    // One kind whose webhook is broken must not delay all others until the battery is empty.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>So many names that people asked about are remembered.</summary>
    private const int MostAsked = 2000;

    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="watches">What is watched; not disposed by this.</param>
    /// <param name="namespace">Ebb's own, where its orders are.</param>
    /// <param name="gitOps">Whether what applies workloads from Git is known beside them.</param>
    /// <param name="self">The Deployment that this runs in, which no selection means; null: none.</param>
    public KubernetesCluster(
        KubernetesApi api,
        ClusterWatches watches,
        string @namespace = "ebb-system",
        GitOpsMode gitOps = GitOpsMode.Auto,
        (string Namespace, string Name)? self = null
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(watches);
        (_api, _watches) = (api, watches);
        _view = new LazyView<ClusterView>(ClusterView.Nothing, _composing, Compose);
        _orders = new PowerOrders(api, @namespace, _watches.Orders);
        Powers = new StatusObjectStore(api, Kinds.Powers, @namespace, _watches.Powers);
        Outages = new StatusObjectStore(api, Kinds.Outages, @namespace, _watches.Outages);
        _overrides = new OverrideStore(api, _watches.Overrides);
        var finder = new WorkloadFinder(_watches);
        (_views, _asked) = (
            new ScalerViews(_watches, finder, Selecting(self), gitOps == GitOpsMode.Auto),
            new AskedWorkloads(finder, Asker.Person, MostAsked)
        );
        _services = new ServiceViews(_watches.Services);
        _scalers = new ScalerWrites(api, _watches.Scalers);
        _workloads = new WorkloadWrites(api, _watches);
        _events = new EventWrites(api);
        watches.Changed += _view.MarkChanged;
        api.Contact.Changed += _view.MarkChanged;
    }

    /// <inheritdoc/>
    public IStatusObjects Powers { get; }

    /// <inheritdoc/>
    public IStatusObjects Outages { get; }

    /// <inheritdoc/>
    public IPowerOrders Orders => _orders;

    /// <inheritdoc/>
    public IOverrides Overrides => _overrides;

    /// <inheritdoc/>
    public ISleepMethods SleepMethods => _watches.SleepMethods;

    /// <inheritdoc/>
    public IBaselines Baselines => _watches.Baselines;

    /// <inheritdoc/>
    public ClusterView Known => _view.View;

    /// <inheritdoc/>
    public Task ReadMemoryAgainAsync(CancellationToken cancellationToken) =>
        _watches.ReadMemoryAgainAsync(cancellationToken);

    /// <inheritdoc/>
    public Task WaitForChangeAsync(ClusterView seen, CancellationToken cancellationToken) =>
        _view.WaitForChangeAsync(seen, cancellationToken);

    /// <inheritdoc/>
    public WorkloadLookup Find(WorkloadType type, string @namespace, string name)
    {
        lock (_composing)
            return _asked.Find(type, @namespace, name);
    }

    /// <inheritdoc/>
    public Task<WriteResult> MirrorAsync(
        UpsScalerView scaler,
        int? specReplicas,
        CancellationToken cancellationToken
    ) => _scalers.MirrorAsync(scaler, specReplicas, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> SetStatusAsync(
        UpsScalerView scaler,
        UpsScalerStatus status,
        CancellationToken cancellationToken
    ) => _scalers.SetStatusAsync(scaler, status, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken) =>
        _workloads.WriteAsync(write, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        _events.AnnounceAsync(announcement, cancellationToken);

    /// <summary>Ends listening.</summary>
    public async ValueTask DisposeAsync()
    {
        _api.Contact.Changed -= _view.MarkChanged;
        _watches.Changed -= _view.MarkChanged;
        if (_patience is not null)
            await _patience.DisposeAsync().ConfigureAwait(false);
    }

    private Selections Selecting((string Namespace, string Name)? self) =>
        new(() => _watches.Namespaces, self is var (place, name) ? [("Deployment", place, name)] : []);

    private ClusterView Compose(ClusterView last)
    {
        // Before the views name the kinds of their workloads: those of an UpsScaler that comes meanwhile are not asked
        // for.
        var named = _watches.IsNamed;
        var (scalers, same) = _views.Compose(last.Scalers);
        same &= !_asked.LookAgain();
        var nodes = _watches.FedNodes.Refresh();
        var orders = _orders.Known;
        var (overrides, before) = (_overrides.Known, _watches.Baselines.Known(BaselineSource.Override));
        var services = _services.Known;
        var methods = _watches.SleepMethods.Known;
        var troubles = _watches.Troubles(_views.ScaledObjectsNamed);
        // Once everything was read, a kind that is named later makes only its own workloads unknown.
        BePatient();
        _synced = _synced || (named && _watches.IsSettled(_overdue));
        var reachable = _api.Contact.Reachable;
        if (
            same
            && ReferenceEquals(_views.Selections, last.Selections)
            && ReferenceEquals(nodes, last.Nodes)
            && ReferenceEquals(services, last.Services)
            && ReferenceEquals(orders, last.Orders)
            && ReferenceEquals(methods, last.SleepMethods)
            && ReferenceEquals(overrides, last.Overrides)
            && ReferenceEquals(before, last.OverrideBaselines)
            && last.Synced == _synced
            && last.Reachable == reachable
            && troubles.SequenceEqual(last.Troubles)
        )
            return last;
        return new ClusterView(_synced, _api.Contact.Last, reachable, scalers, nodes, orders, troubles)
        {
            Services = services,
            Selections = _views.Selections,
            SleepMethods = methods,
            Overrides = overrides,
            OverrideBaselines = before,
        };
    }

    /// <summary>
    /// UpsScalers were read, so the server answers: kinds that still cannot be read are given this long.
    /// </summary>
    private void BePatient()
    {
        if (_patience is not null || !_watches.Scalers.Synced)
            return;
        _patience = _api.Time.CreateTimer(
            _ =>
            {
                _overdue = true;
                _view.MarkChanged();
            },
            null,
            Patience,
            Timeout.InfiniteTimeSpan
        );
    }
}
