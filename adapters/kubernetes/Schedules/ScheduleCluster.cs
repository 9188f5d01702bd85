using System.Runtime.CompilerServices;
using Ebb.Core.Ports;
using Ebb.Core.Selection;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Selecting;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Schedules;

/// <summary>
/// What schedules need of the cluster, held in memory by watches; safe from several threads. ServiceScalers,
/// ScheduledPodAutoscalers, Schedules and labelled ConfigMaps are watched from the beginning, the ConfigMaps of a
/// namespace from when something names them; workloads, HPAs, ScaledObjects and Baselines are everybody's.
/// </summary>
public sealed class ScheduleCluster : IScheduleCluster, IAsyncDisposable
{
    /// <summary>Makes a ConfigMap one of hpa-time-scaler.</summary>
    public const string TimeScalerLabel = "ebb.dev/hpa-time-scaler";

    private const string Apps = "apps/v1";

    /// <summary>So many workloads that are asleep or not are remembered.</summary>
    private const int MostSleepers = 20_000;

    /// <summary>A kind that is still not served so long after the server has answered is not installed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly KubernetesApi _api;
    private readonly ClusterWatches _shared;
    private readonly ScheduleWrites _writes;
    private readonly EventWrites _events;
    private readonly Lock _lock = new();
    private readonly ScheduleWatch _serviceScalers,
        _autoscalers,
        _schedules,
        _timeScalers;
    private readonly Dictionary<string, ScheduleWatch> _maps = new(StringComparer.Ordinal);
    private readonly HashSet<(string ApiVersion, string Kind)> _kinds = [];
    private readonly ConditionalWeakTable<IKubernetesObject, ObjectView> _workloadViews = [];
    private readonly WorkloadFinder _finder;
    private readonly AskedWorkloads _sleepers;
    private long _sleepersSeen;
    private readonly Selections _selections;
    private readonly LazyView<ScheduleObjects> _view;
    private long _seen = -1;
    private bool _synced;
    private ITimer? _patience;
    private volatile bool _overdue;
    private bool _scaledObjectsNamed;

    /// <summary>Begins to watch at once.</summary>
    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="shared">What others watch too; not disposed by this.</param>
    /// <param name="serviceScalers">
    /// A label selector that limits which ServiceScalers are looked after; null: all.
    /// </param>
    /// <param name="self">The Deployment that this runs in, which no selection means; null: none.</param>
    public ScheduleCluster(
        KubernetesApi api,
        ClusterWatches shared,
        string? serviceScalers = null,
        (string Namespace, string Name)? self = null
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(shared);
        (_api, _shared) = (api, shared);
        _events = new EventWrites(api);
        _writes = new ScheduleWrites(
            api,
            shared.Baselines,
            new WorkloadWrites(api, shared),
            on => Informer(on.Kind, on.Namespace).Type,
            Apply,
            RereadAsync
        );
        _selections = new Selections(
            () => _shared.Namespaces,
            self is var (place, name) ? [("Deployment", place, name)] : []
        );
        _finder = new WorkloadFinder(shared);
        _sleepers = new AskedWorkloads(_finder, Asker.Clock, MostSleepers);
        _view = new LazyView<ScheduleObjects>(ScheduleObjects.Nothing, _lock, Compose);
        _serviceScalers = Begin(ScheduleKinds.ServiceScalers, null, serviceScalers);
        _autoscalers = Begin(ScheduleKinds.Autoscalers);
        _schedules = Begin(ScheduleKinds.Schedules);
        _timeScalers = Begin(ScheduleKinds.ConfigMaps, null, $"{TimeScalerLabel}=true");
        shared.Changed += _view.MarkChanged;
    }

    /// <inheritdoc/>
    public ScheduleObjects Known => _view.View;

    /// <inheritdoc/>
    public Task WaitForChangeAsync(ScheduleObjects seen, CancellationToken cancellationToken) =>
        _view.WaitForChangeAsync(seen, cancellationToken);

    /// <inheritdoc/>
    public ObjectLookup Find(string kind, string @namespace, string name)
    {
        if (kind is "Deployment" or "StatefulSet")
        {
            var watch = Workloads(kind);
            return watch.Find(@namespace, name) is { } workload
                ? new ObjectLookup.Found(_workloadViews.GetValue(workload, one => Views.Of(watch.Type, one)))
                : NotFound(kind, @namespace, name, watch.Synced, watch.Trouble);
        }
        var informer = Informer(kind, @namespace);
        return informer.TryFind(@namespace, name, out var found)
            ? new ObjectLookup.Found(found.View(informer.Type))
            : NotFound(kind, @namespace, name, informer.Synced, informer.Trouble);
    }

    /// <inheritdoc/>
    public WorkloadLookup Find(WorkloadType type, string @namespace, string name)
    {
        lock (_lock)
            return _sleepers.Find(type, @namespace, name);
    }

    /// <inheritdoc/>
    public SelectedWorkloads Select(WorkloadSelection selection, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var kind = Selectables(selection, @namespace);
        lock (_lock)
            return _selections.Of(selection, @namespace, kind);
    }

    private Selectable Selectables(WorkloadSelection selection, string @namespace)
    {
        if (selection.Kind is not ("Deployment" or "StatefulSet") && ScheduleTarget.Kinds.ContainsKey(selection.Kind))
            return Selectable.Of(Informer(selection.Kind, @namespace));
        lock (_lock)
            _kinds.Add((selection.ApiVersion, selection.Kind));
        return Selectable.Of(selection, _shared, Asker.Clock);
    }

    /// <inheritdoc/>
    public IBaselines Baselines => _shared.Baselines;

    /// <inheritdoc/>
    public StoredBaseline? BaselineOf(BaselineKey key) => _shared.Baselines.All.GetValueOrDefault(key);

    /// <inheritdoc/>
    public bool TryGovernorOf(ObjectRef workload, out string? governor)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var scaledObjects = Informer(ScheduleTarget.ScaledObject, workload.Namespace);
        governor = null;
        if (!IsSettled(_shared.Autoscalers) || !IsSettled(scaledObjects))
            return false;
        var key = new AutoscalerIndex.Key(workload.ApiVersion, workload.Kind, workload.Namespace, workload.Name);
        lock (_lock)
        {
            _finder.Refresh();
            var governors = _finder.Autoscalers;
            // KEDA makes an HPA for a ScaledObject; the ScaledObject is the one to name.
            governor =
                governors.ScaledObjectOf(key) is { } scaled ? $"{ScheduleTarget.ScaledObject} {scaled.Metadata.Name}"
                : governors.AutoscalerOf(key) is { } hpa ? $"{ScheduleTarget.Hpa} {hpa.Ref.Name}"
                : null;
            return true;
        }
    }

    /// <inheritdoc/>
    public Task<WriteResult> WriteAsync(ScheduleWrite write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        return _writes.WriteAsync(write, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        _events.AnnounceAsync(announcement, cancellationToken);

    /// <summary>Ends its own watches.</summary>
    public async ValueTask DisposeAsync()
    {
        _shared.Changed -= _view.MarkChanged;
        if (_patience is not null)
            await _patience.DisposeAsync().ConfigureAwait(false);
        ScheduleWatch[] all;
        lock (_lock)
            all = [_serviceScalers, _autoscalers, _schedules, _timeScalers, .. _maps.Values];
        foreach (var watch in all)
            await watch.DisposeAsync().ConfigureAwait(false);
    }

    private static ObjectLookup NotFound(
        string kind,
        string @namespace,
        string name,
        bool synced,
        WatchTrouble? trouble
    ) =>
        synced ? new ObjectLookup.Absent($"{kind} {@namespace}/{name} does not exist")
        : trouble is null ? new ObjectLookup.Unknown($"{kind} {@namespace}/{name} has not been read yet")
        : trouble.Code == 404 ? new ObjectLookup.Absent($"this cluster serves no {kind}")
        : new ObjectLookup.Unknown($"{kind} {@namespace}/{name} cannot be read: {trouble.Sentence}", trouble.IsLasting);

    private void Apply(ObjectRef on, ApiAnswer answer)
    {
        var written = answer.Read(KubernetesJson.Default.SpecObject);
        foreach (var informer in Holding(on))
            informer.Apply(written);
    }

    private async Task RereadAsync(ObjectRef on, CancellationToken cancellationToken)
    {
        var kind = Kinds.Whole(Informer(on.Kind, on.Namespace).Type);
        var read = await _api.GetAsync(kind, on.Namespace, on.Name, cancellationToken).ConfigureAwait(false);
        foreach (var informer in Holding(on))
            informer.Apply(read);
    }

    /// <summary>A ConfigMap may be in two watches.</summary>
    private Informer<SpecObject>[] Holding(ObjectRef on)
    {
        if (on.Kind != "ConfigMap")
            return [Informer(on.Kind, on.Namespace)];
        lock (_lock)
            return _maps.TryGetValue(on.Namespace, out var all)
                ? [_timeScalers.Informer, all.Informer]
                : [_timeScalers.Informer];
    }

    private ScheduleObjects Compose(ScheduleObjects last)
    {
        Informer<SpecObject>[] own = [.. Own().Select(watch => watch.Informer)];
        Informer<SpecObject>[] read = _scaledObjectsNamed
            ? [.. own, _shared.Autoscalers, _shared.ScaledObjects]
            : [.. own, _shared.Autoscalers];
        var workloads = _kinds
            .SelectMany(kind => (WorkloadWatch?[])[Watch(kind, whole: false), Watch(kind, whole: true)])
            .OfType<WorkloadWatch>()
            .Distinct()
            .ToList();
        var namespaces = _shared.WatchedNamespaces;
        if (_sleepers.LookAgain())
            _sleepersSeen++;
        // Once everything was read, a kind that is named later makes only its own objects unknown.
        _synced = _synced || (own.All(IsSettled) && IsSettled(_shared.Autoscalers) && _shared.Baselines.Synced);
        // A CRD that is not installed is no trouble: nothing uses it.
        List<string> troubles =
        [
            .. read.Select(watch => watch.Trouble)
                .Concat(workloads.Select(watch => watch.Trouble))
                .Append(namespaces?.Trouble)
                .OfType<WatchTrouble>()
                .Where(trouble => trouble.Code != 404)
                .Select(trouble => trouble.Sentence)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var baselines = _shared.Baselines.Of(BaselineSource.Schedule);
        BePatient();
        // A server that starts answers 404 of kinds that it serves a moment later; a right that is missing says nothing
        // of what there is.
        var whole = own.All(watch => watch.Synced || (watch.Trouble is { Code: 404 } && _overdue));
        // Most that changes in a cluster is nothing that schedules read.
        var seen =
            read.Sum(watch => watch.Version + (watch.Synced ? 1 : 0))
            + workloads.Sum(watch => watch.Version + (watch.Synced ? 1 : 0))
            + _sleepersSeen
            + (namespaces is { } places ? places.Version + (places.Synced ? 1 : 0) : 0);
        if (
            seen == _seen
            && last.Synced == _synced
            && last.Whole == whole
            && ReferenceEquals(last.Baselines, baselines)
            && last.Troubles.SequenceEqual(troubles)
        )
            return last;
        _seen = seen;
        return new ScheduleObjects(
            _synced,
            _serviceScalers.All,
            _autoscalers.All,
            _schedules.All,
            _timeScalers.All,
            baselines,
            troubles
        )
        {
            Whole = whole,
        };
    }

    private void BePatient()
    {
        if (_patience is not null || !_shared.Baselines.Synced)
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

    private IEnumerable<ScheduleWatch> Own() =>
        [_serviceScalers, _autoscalers, _schedules, _timeScalers, .. _maps.Values];

    /// <summary>It was read once, or cannot be read.</summary>
    private static bool IsSettled(Informer<SpecObject> watch) => watch.Synced || watch.Trouble?.IsLasting == true;

    private WorkloadWatch? Watch((string ApiVersion, string Kind) kind, bool whole) =>
        _shared.Existing(kind.ApiVersion, kind.Kind, whole);

    private WorkloadWatch Workloads(string kind)
    {
        lock (_lock)
            _kinds.Add((Apps, kind));
        return _shared.Asked(Apps, kind)!;
    }

    private Informer<SpecObject> Informer(string kind, string @namespace)
    {
        switch (kind)
        {
            case ScheduleTarget.Autoscaler:
                return _autoscalers.Informer;
            case "Schedule":
                return _schedules.Informer;
            case "ServiceScaler":
                return _serviceScalers.Informer;
            case ScheduleTarget.Hpa:
                return _shared.Autoscalers;
            case ScheduleTarget.ScaledObject:
                lock (_lock)
                    _scaledObjectsNamed = true;
                return _shared.ScaledObjects;
            // They are watched namespace by namespace: a cluster has many, and few are read.
            case "ConfigMap":
                lock (_lock)
                    return (
                        _maps.TryGetValue(@namespace, out var known)
                            ? known
                            : _maps[@namespace] = Begin(ScheduleKinds.ConfigMaps, @namespace)
                    ).Informer;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind that schedules do not read");
        }
    }

    private ScheduleWatch Begin(Resource<SpecObject> resource, string? @namespace = null, string? selector = null) =>
        new(_api, resource, _view.MarkChanged, @namespace, selector);
}
