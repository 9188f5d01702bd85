using System.Globalization;
using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// What KEDA's external scaler needs of the cluster, held in memory by watches: reading makes no request, except the
/// first read of a kind, which begins to watch it. Safe from several threads.
/// </summary>
public sealed class ScalerCluster : IAsyncDisposable
{
    private static readonly ResourceType SchedulesType = new(
        "autoscaling.d-kuro.github.io",
        "v1",
        "schedules",
        "Schedule"
    );
    private readonly KubernetesApi _api;
    private readonly CapacityWatch _capacity;
    private readonly TargetWatches _targets;
    private readonly RuntimeClasses _runtimeClasses;
    private readonly ClaimedVolumes _volumes;
    private readonly TargetAdmission _admission;
    private readonly PowerWatch _power;
    private readonly Informer<TriggeredObject> _scaledObjects;
    private readonly Informer<ToleranceObject> _autoscalers;
    private readonly Informer<ScheduleDocument> _schedules;
    private readonly EventWrites _events;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Informer<ConfigMap>> _maps = [];
    private long _version;
    private long _mapsVersion;
    private (long Version, IReadOnlyList<ExternalTrigger> All) _external = (-1, []);
    private int _capacityState;
    private Informer<BareObject>? _namespaces;

    /// <summary>Begins to watch at once.</summary>
    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="stateNamespace">Where the functions keep their state.</param>
    /// <param name="world">The clock of the answers; null: the system's.</param>
    public ScalerCluster(KubernetesApi api, string stateNamespace, TimeProvider? world = null)
    {
        ArgumentNullException.ThrowIfNull(api);
        _api = api;
        _events = new EventWrites(api);
        _volumes = new ClaimedVolumes(api);
        _capacity = new CapacityWatch(api, _volumes, NoteCapacity);
        // After what it means for pods that wait.
        _volumes.Changed += Note;
        _targets = new TargetWatches(api, Note);
        _runtimeClasses = new RuntimeClasses(api, Note);
        _admission = new TargetAdmission(api, _volumes, Note);
        _power = new PowerWatch(api, stateNamespace, world ?? TimeProvider.System, Note);
        _scaledObjects = Begin(
            CapacityKinds.ScaledObjects,
            static (one, other) => Facts(one) == Facts(other) && AreSame(one.Metadata.Labels, other.Metadata.Labels)
        );
        _autoscalers = Begin(CapacityKinds.Autoscalers, static (one, other) => Facts(one) == Facts(other));
        _schedules = Begin(
            new Resource<ScheduleDocument>(
                SchedulesType,
                () => CapacityKindsJson.Default.ScheduleDocument,
                () => CapacityKindsJson.Default.ObjectListScheduleDocument
            )
        );
        api.Contact.Changed += Note;
    }

    /// <summary>Raised after anything changed, on the thread that read it; handlers only make a note.</summary>
    public event Action? Changed;

    /// <summary>
    /// Grows with every change that an answer may depend on, except those of nodes and pods; a change of status alone
    /// does not count.
    /// </summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Whether the API server answers.</summary>
    public ApiContact Contact => _api.Contact;

    /// <summary>Everything but nodes and pods was read once, or is not served in this cluster.</summary>
    public bool Synced => _scaledObjects.Synced && _power.Synced && IsSettled(_schedules) && IsSettled(_autoscalers);

    /// <summary>Nodes and pods were read once.</summary>
    public bool CapacitySynced => _capacity.Synced;

    /// <summary>Schedules are served here and were read.</summary>
    public bool SchedulesSynced => _schedules.Synced;

    /// <summary>Pods that are known.</summary>
    public int PodCount => _capacity.PodCount;

    /// <summary>What cannot be read of nodes and pods, and why.</summary>
    public IReadOnlyList<string> CapacityTroubles => [.. _capacity.Troubles.Select(trouble => trouble.Sentence)];

    /// <summary>Why it is not known where pods that wait may go; null: it is.</summary>
    public string? DemandUnread =>
        _capacity.Unread is { } why ? $"where pods that wait may go is not known: {why}" : null;

    /// <summary>What cannot be read, and why.</summary>
    public IReadOnlyList<string> Troubles =>
        [
            .. new[]
            {
                _scaledObjects.Trouble,
                _autoscalers.Trouble,
                _schedules.Trouble is { Code: 404 } ? null : _schedules.Trouble,
            }
                .OfType<WatchTrouble>()
                .Concat(_power.Troubles)
                .Concat(_capacity.Troubles)
                .Select(trouble => trouble.Sentence)
                .Distinct(),
        ];

    /// <summary>What the power path has stored.</summary>
    public PowerFacts Power => _power.Facts;

    /// <summary>The overrides that people asked for, the oldest first.</summary>
    public IReadOnlyList<StoredOverride> Overrides => _power.Overrides;

    /// <summary>Whether power has a workload asleep and does not wake it yet.</summary>
    public bool IsAsleep(ObjectRef workload) => _power.IsAsleep(workload);

    /// <summary>A ScaledObject by name.</summary>
    public Known<ScaledObjectFacts> ScaledObject(string @namespace, string name)
    {
        if (_scaledObjects.TryFind(@namespace, name, out var found))
            return new(Facts(found), null);
        return _scaledObjects.Synced
            ? ScaledJob(@namespace, name)
            : new(null, _scaledObjects.Trouble?.Sentence ?? "ScaledObjects are not read yet");
    }

    // KEDA asks for it in the same way; it is its own target. The first one begins to watch them.
    private Known<ScaledObjectFacts> ScaledJob(string @namespace, string name)
    {
        var job = new ObjectRef(CapacityKinds.ScaledObjects.Type.ApiVersion, "ScaledJob", @namespace, name);
        var known = _targets.Find(job);
        if (known.It is { } found)
            return new(
                new ScaledObjectFacts(job, found.Uid, job, "", 0, int.MaxValue, 1, null, false, false)
                {
                    JobStrategy = found.JobStrategy,
                },
                null
            );
        return known.Unknown is { } why
            ? new(null, $"no ScaledObject {@namespace}/{name} is known here yet, and of ScaledJobs: {why}")
            : default;
    }

    /// <summary>
    /// The triggers that ask an external scaler, of all ScaledObjects, in their order; not those with a value from an
    /// environment, which only KEDA knows. The same list until one changes.
    /// </summary>
    public IReadOnlyList<ExternalTrigger> ExternalTriggers
    {
        get
        {
            lock (_lock)
            {
                var version = _scaledObjects.Version;
                if (_external.Version != version)
                    _external = (version, [.. _scaledObjects.Items.SelectMany(External)]);
                return _external.All;
            }
        }
    }

    private static IEnumerable<ExternalTrigger> External(TriggeredObject scaled) =>
        (scaled.Spec?.Triggers ?? [])
            .Where(trigger =>
                trigger is { Type: "external" or "external-push", Metadata: { } metadata }
                && !metadata.Keys.Any(key => key.EndsWith("FromEnv", StringComparison.Ordinal))
            )
            .Select(trigger => new ExternalTrigger(
                scaled.Metadata.Namespace,
                scaled.Metadata.Name,
                trigger!.Metadata!
            ));

    /// <summary>Whether it is known that there is none of this name.</summary>
    public bool IsGone(string @namespace, string name) =>
        _scaledObjects.Synced
        && !_scaledObjects.TryFind(@namespace, name, out _)
        && ScaledJob(@namespace, name).It is null;

    /// <summary>The labels of a ScaledObject or of what one scales; absent: there is no such object.</summary>
    public Known<IReadOnlyDictionary<string, string>> LabelsOf(ObjectRef what)
    {
        ArgumentNullException.ThrowIfNull(what);
        if (what.Kind != CapacityKinds.ScaledObjects.Type.Kind)
            return _targets.LabelsOf(what);
        return _scaledObjects.TryFind(what.Namespace, what.Name, out var found) ? new(found.Metadata.Labels, null)
            : _scaledObjects.Synced ? default
            : new(null, _scaledObjects.Trouble?.Sentence ?? "ScaledObjects are not read yet");
    }

    /// <summary>The labels of a namespace; the first call begins to watch namespaces.</summary>
    public Known<IReadOnlyDictionary<string, string>> NamespaceLabels(string name)
    {
        Informer<BareObject> namespaces;
        lock (_lock)
            namespaces = _namespaces ??= Begin(
                Kinds.Bare(Kinds.Namespaces),
                static (one, other) => AreSame(one.Metadata.Labels, other.Metadata.Labels)
            );
        return namespaces.TryFind("", name, out var found) ? new(found.Metadata.Labels, null)
            : namespaces.Synced ? default
            : new(null, namespaces.Trouble?.Sentence ?? "Namespaces are not read yet");
    }

    internal static bool AreSame(SmallDictionary one, SmallDictionary other) =>
        ReferenceEquals(one, other) || (one.Count == other.Count && one.SequenceEqual(other));

    /// <summary>What a ScaledObject scales.</summary>
    public Known<TargetFacts> Target(ObjectRef target) => _targets.Find(target);

    /// <summary>
    /// A target as its namespace makes it: with defaults, quotas and volumes; the first call begins to watch those.
    /// </summary>
    public Known<TargetFacts> Admitted(TargetFacts target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return _admission.Of(target);
    }

    /// <summary>What a RuntimeClass adds to pods; the first call begins to watch them.</summary>
    public Known<RuntimeClassFacts> RuntimeClass(string name) => _runtimeClasses.Find(name);

    /// <summary>The HPA that KEDA made; absent when there is none.</summary>
    public Known<AutoscalerFacts> Autoscaler(string @namespace, string name)
    {
        if (!_autoscalers.Synced)
            return new(null, _autoscalers.Trouble?.Sentence ?? "HPAs are not read yet");
        return _autoscalers.TryFind(@namespace, name, out var hpa) ? new(Facts(hpa), null) : default;
    }

    /// <summary>Grows when a Schedule changed.</summary>
    public long SchedulesVersion => _schedules.Version;

    /// <summary>The Schedules of a namespace: name, UID with version, and spec.</summary>
    public IEnumerable<(string Name, string Version, JsonElement? Spec)> Schedules(string @namespace) =>
        _schedules
            .Items.Where(schedule =>
                schedule.Metadata.Namespace == @namespace && schedule.Metadata.DeletionTimestamp is null
            )
            .Select(schedule =>
                (schedule.Metadata.Name, schedule.Metadata.Uid + schedule.Metadata.ResourceVersion, schedule.Spec)
            );

    /// <summary>Grows when a ConfigMap of a namespace that was asked about changed.</summary>
    public long ConfigMapsVersion => Volatile.Read(ref _mapsVersion);

    /// <summary>The data of a ConfigMap; the first call for a namespace begins to watch its ConfigMaps.</summary>
    public Known<IReadOnlyDictionary<string, string>> ConfigMap(string @namespace, string name)
    {
        Informer<ConfigMap>? maps;
        lock (_lock)
        {
            if (!_maps.TryGetValue(@namespace, out maps))
            {
                _maps[@namespace] = maps = new Informer<ConfigMap>(_api, Kinds.ConfigMaps, @namespace);
                maps.Changed += NoteMaps;
                maps.Start();
            }
        }

        if (!maps.Synced)
            return new(null, maps.Trouble?.Sentence ?? $"the ConfigMaps of {@namespace} are not read yet");
        return maps.TryFind(@namespace, name, out var found) ? new(found.Data ?? [], null) : default;
    }

    /// <summary>Begins to keep the number of replicas that fit up to date.</summary>
    public FreeCapacity Open(CapacityQuery question) => _capacity.Open(question);

    /// <summary>Ends keeping it up to date.</summary>
    public void Close(FreeCapacity room) => _capacity.Close(room);

    /// <summary>Grows when the numbers of a room may have changed.</summary>
    public long VersionOf(FreeCapacity room) => _capacity.VersionOf(room);

    /// <summary>The present numbers of a room.</summary>
    public CapacityFigures NumbersOf(FreeCapacity room) => _capacity.NumbersOf(room);

    /// <summary>A room node by node, in order of name.</summary>
    public IReadOnlyList<NodeCapacity> ByNode(FreeCapacity room) => _capacity.ByNode(room);

    /// <summary>Pending pods that no room is made for, and how many more there are.</summary>
    public (IReadOnlyList<UnmetDemand> First, int More) Unmet() => _capacity.Unmet();

    /// <summary>Pending pods that are demand and where each could go, and how many more there are.</summary>
    public (IReadOnlyList<WaitingPod> First, int More) Waiting() => _capacity.Waiting();

    /// <summary>What each of some nodes has, and what others than the room's own pods request of it.</summary>
    public IReadOnlyList<IReadOnlyList<ResourceOnNode>> ResourcesOn(FreeCapacity room, IEnumerable<string> nodes) =>
        _capacity.ResourcesOn(room, nodes);

    /// <summary>How many pods Ebb has marked to be deleted first.</summary>
    public int MarkedPods => _capacity.Marked;

    /// <summary>Pods on nodes that are not being deleted, with their marks. Costs a look at every pod.</summary>
    public IEnumerable<(PodFacts Pod, DeletionMark Mark)> PlacedPods() => _capacity.Placed();

    /// <summary>Marks a pod to be deleted before others of its workload, or takes that back.</summary>
    public Task<WriteResult> MarkAsync(string @namespace, string name, bool set, CancellationToken cancellationToken) =>
        PodMarks.WriteAsync(_api, @namespace, name, set, cancellationToken);

    /// <summary>What would be given back for one more pod that requests so much.</summary>
    public WhatIf WhatIf(Amounts requests) => _capacity.WhatIf(requests);

    /// <summary>The number of a resource in amounts.</summary>
    public static int ResourceId(string resource) => Interned.Resources.IdOf(resource);

    /// <summary>The resource behind a number.</summary>
    public static string ResourceName(int id) => Interned.Resources[id];

    /// <summary>Sets a workload's replicas, expecting the version that was decided on.</summary>
    public Task<WriteResult> ScaleAsync(TargetFacts target, int replicas, CancellationToken cancellationToken) =>
        ScaleWrites.WriteAsync(_api, target, replicas, cancellationToken);

    /// <summary>Records an Event.</summary>
    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        _events.AnnounceAsync(announcement, cancellationToken);

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        _api.Contact.Changed -= Note;
        Informer<ConfigMap>[] maps;
        lock (_lock)
            maps = [.. _maps.Values];
        if (_namespaces is not null)
            await _namespaces.DisposeAsync().ConfigureAwait(false);
        foreach (var one in maps)
            await one.DisposeAsync().ConfigureAwait(false);
        foreach (
            var one in new IAsyncDisposable[]
            {
                _capacity,
                _targets,
                _runtimeClasses,
                _admission,
                _volumes,
                _power,
                _scaledObjects,
                _autoscalers,
                _schedules,
            }
        )
            await one.DisposeAsync().ConfigureAwait(false);
    }

    private static ScaledObjectFacts Facts(TriggeredObject found)
    {
        var (meta, spec) = (found.Metadata, found.Spec);
        var target = AutoscalerIndex.Target(meta.Namespace, spec?.ScaleTargetRef) is { } key
            ? new ObjectRef(key.ApiVersion, key.Kind, key.Namespace, key.Name)
            : null;
        var config = spec?.Advanced?.HorizontalPodAutoscalerConfig;
        var pause = meta.Annotations.Keys.FirstOrDefault(name =>
            name.StartsWith("autoscaling.keda.sh/paused", StringComparison.Ordinal)
            && !meta.Annotations[name].Equals("false", StringComparison.OrdinalIgnoreCase)
        );
        return new ScaledObjectFacts(
            new ObjectRef(CapacityKinds.ScaledObjects.Type.ApiVersion, "ScaledObject", meta.Namespace, meta.Name),
            meta.Uid,
            target,
            string.IsNullOrEmpty(config?.Name) ? $"keda-hpa-{meta.Name}" : config.Name,
            Math.Max(1, spec?.MinReplicaCount ?? 0),
            spec?.MaxReplicaCount ?? 100,
            spec?.Triggers?.Length ?? 0,
            pause,
            config?.Behavior?.ScaleUp?.Tolerance is not null || config?.Behavior?.ScaleDown?.Tolerance is not null,
            !string.IsNullOrEmpty(spec?.Advanced?.ScalingModifiers?.Formula)
        )
        {
            MetricTypes = OtherMetricTypes.Of(spec),
        };
    }

    private static AutoscalerFacts Facts(ToleranceObject hpa)
    {
        var (up, down) = (hpa.Spec?.Behavior?.ScaleUp, hpa.Spec?.Behavior?.ScaleDown);
        return new AutoscalerFacts(
            Tolerance(up),
            Tolerance(down),
            hpa.Spec?.MinReplicas ?? 1,
            hpa.Spec?.MaxReplicas ?? 1,
            up?.SelectPolicy == "Disabled",
            down?.SelectPolicy == "Disabled"
        );
    }

    private static decimal? Tolerance(DirectionFields? fields)
    {
        if (fields?.Tolerance is not { } text)
            return null;
        return Quantity.TryParse(text, 1_000_000, out var millionths) ? millionths / 1_000_000m
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : null;
    }

    private static bool IsSettled<T>(Informer<T> watched)
        where T : class, IKubernetesObject => watched.Synced || watched.Trouble?.IsLasting == true;

    private Informer<T> Begin<T>(Resource<T> resource, Func<T, T, bool>? same = null)
        where T : class, IKubernetesObject
    {
        var filter = new ChangeFilter<T>(same ?? ((_, _) => false));
        var watched = new Informer<T>(_api, resource) { Observer = filter };
        watched.Changed += () =>
        {
            if (filter.Take(watched))
                Note();
        };
        watched.Start();
        return watched;
    }

    private void Note()
    {
        Interlocked.Increment(ref _version);
        Changed?.Invoke();
    }

    private void NoteMaps()
    {
        Interlocked.Increment(ref _mapsVersion);
        Note();
    }

    private void NoteCapacity()
    {
        // Whether nodes and pods can be read concerns every answer; a change of one of them does not.
        var state =
            (_capacity?.Synced == true ? 1 : 0)
            + (_capacity?.Troubles.Any() == true ? 2 : 0)
            + (_capacity?.Unread is null ? 0 : 4);
        if (Interlocked.Exchange(ref _capacityState, state) != state)
            Interlocked.Increment(ref _version);
        Changed?.Invoke();
    }
}
