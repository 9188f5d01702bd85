using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Schedules;

/// <summary>
/// What schedules need of the cluster, held in memory by watches; safe from several threads. ServiceScalers,
/// ScheduledPodAutoscalers, Schedules, labelled ConfigMaps and HPAs are watched from the beginning; workloads,
/// ScaledObjects and the ConfigMaps of a namespace from when something names them.
/// </summary>
public sealed class ScheduleCluster : IScheduleCluster, IAsyncDisposable
{
    /// <summary>Makes a ConfigMap one of hpa-time-scaler.</summary>
    public const string TimeScalerLabel = "ebb.dev/hpa-time-scaler";

    private readonly KubernetesApi _api;
    private readonly EventWrites _events;
    private readonly Lock _lock = new();
    private readonly ScheduleWatch<ScheduleObject> _serviceScalers,
        _autoscalers,
        _schedules,
        _timeScalers,
        _hpas;
    private readonly Dictionary<(string Kind, string Namespace), ScheduleWatch> _named = [];
    private readonly LazyView<ScheduleObjects> _view;
    private (long, long, IReadOnlyDictionary<WorkloadName, string>) _autoscalerOf = (
        -1,
        -1,
        new Dictionary<WorkloadName, string>()
    );
    private bool _synced;

    /// <summary>Begins to watch at once.</summary>
    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="serviceScalers">
    /// A label selector that limits which ServiceScalers are looked after; null: all.
    /// </param>
    public ScheduleCluster(KubernetesApi api, string? serviceScalers = null)
    {
        ArgumentNullException.ThrowIfNull(api);
        _api = api;
        _events = new EventWrites(api);
        _view = new LazyView<ScheduleObjects>(ScheduleObjects.Nothing, _lock, _ => Compose());
        _serviceScalers = Begin(ScheduleKinds.ServiceScalers, null, serviceScalers);
        _autoscalers = Begin(ScheduleKinds.Autoscalers);
        _schedules = Begin(ScheduleKinds.Schedules);
        _timeScalers = Begin(ScheduleKinds.ConfigMaps, null, $"{TimeScalerLabel}=true");
        _hpas = Begin(ScheduleKinds.Hpas);
    }

    /// <inheritdoc/>
    public ScheduleObjects Known => _view.View;

    /// <inheritdoc/>
    public Task WaitForChangeAsync(ScheduleObjects seen, CancellationToken cancellationToken) =>
        _view.WaitForChangeAsync(seen, cancellationToken);

    /// <inheritdoc/>
    public ObjectLookup Find(string kind, string @namespace, string name)
    {
        var watch = Of(kind, @namespace);
        if (watch.Find(@namespace, name) is { } found)
            return new ObjectLookup.Found(found);
        if (watch.Synced)
            return new ObjectLookup.Absent($"{kind} {@namespace}/{name} does not exist");
        return watch.Trouble is { } trouble
            ? trouble.Code == 404
                ? new ObjectLookup.Absent($"this cluster serves no {kind}")
                : new ObjectLookup.Unknown(
                    $"{kind} {@namespace}/{name} cannot be read: {trouble.Sentence}",
                    trouble.IsLasting
                )
            : new ObjectLookup.Unknown($"{kind} {@namespace}/{name} has not been read yet");
    }

    /// <inheritdoc/>
    public bool TryGovernorOf(WorkloadName workload, out string? governor)
    {
        var scaledObjects = Of(ScheduleTarget.ScaledObject, workload.Namespace);
        governor = null;
        if (!_hpas.Settled || !scaledObjects.Settled)
            return false;
        lock (_lock)
        {
            var (hpas, scaled, found) = _autoscalerOf;
            if (hpas != _hpas.Version || scaled != scaledObjects.Version)
            {
                var built = new Dictionary<WorkloadName, string>();
                // KEDA makes an HPA for a ScaledObject; the ScaledObject is the one to name.
                foreach (var one in _hpas.All.Concat(scaledObjects.All))
                    if (TargetOf(one) is { } target)
                        built[target] = $"{one.Ref.Kind} {one.Ref.Name}";
                _autoscalerOf = (_hpas.Version, scaledObjects.Version, found = built);
            }

            governor = found.GetValueOrDefault(workload);
            return true;
        }
    }

    /// <inheritdoc/>
    public Task<WriteResult> WriteAsync(ScheduleWrite write, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            ArgumentNullException.ThrowIfNull(write);
            var type = Type(write.On.Kind);
            var (place, name) = (write.On.Namespace, write.On.Name);
            switch (write)
            {
                case ScheduleWrite.Create create:
                    await _api.CreateAsync(type, place, create.Body, cancellationToken).ConfigureAwait(false);
                    return WriteResult.Done;
                case ScheduleWrite.Delete delete:
                    await _api.DeleteAsync(type, place, name, delete.ResourceVersion, cancellationToken)
                        .ConfigureAwait(false);
                    return WriteResult.Done;
                case ScheduleWrite.AddOwner add:
                    return await AddOwnerAsync(type, add, cancellationToken).ConfigureAwait(false);
                case ScheduleWrite.Merge merge:
                    return await MergeAsync(type, merge, cancellationToken).ConfigureAwait(false);
                default:
                    throw new ArgumentOutOfRangeException(
                        nameof(write),
                        write.GetType().Name,
                        "a write that is not known"
                    );
            }
        });

    /// <inheritdoc/>
    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        _events.AnnounceAsync(announcement, cancellationToken);

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        ScheduleWatch[] all;
        lock (_lock)
            all = [_serviceScalers, _autoscalers, _schedules, _timeScalers, _hpas, .. _named.Values];
        foreach (var watch in all)
            await watch.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<WriteResult> AddOwnerAsync(
        ResourceType type,
        ScheduleWrite.AddOwner add,
        CancellationToken cancellationToken
    )
    {
        try
        {
            Apply(
                type,
                add.On.Namespace,
                add.On.Name,
                await _api.PatchAsync(type, add.On.Namespace, add.On.Name, null, Operations(add), cancellationToken)
                    .ConfigureAwait(false)
            );
            return WriteResult.Done;
        }
        catch (KubernetesException fault) when (fault.Code == 422)
        {
            // The only thing that is tested is the version.
            return new WriteResult(WriteOutcome.Conflict, fault.Message);
        }
    }

    private async Task<WriteResult> MergeAsync(
        ResourceType type,
        ScheduleWrite.Merge merge,
        CancellationToken cancellationToken
    )
    {
        var patch = (JsonObject)merge.Patch.DeepClone();
        var meta = patch["metadata"] as JsonObject ?? [];
        (meta["uid"], meta["resourceVersion"]) = (merge.Uid, merge.ResourceVersion);
        if (meta.Parent is null)
            patch["metadata"] = meta;
        var (place, name) = (merge.On.Namespace, merge.On.Name);
        var answer = await _api.PatchAsync(type, place, name, merge.Subresource, patch, cancellationToken)
            .ConfigureAwait(false);
        if (merge.Subresource == "scale")
        {
            var scale = answer.Read(KubernetesJson.Default.Scale);
            (Of(type.Kind, place) as ScheduleWatch<SizedObject>)?.Apply(
                place,
                name,
                known =>
                    known with
                    {
                        Metadata = known.Metadata with
                        {
                            ResourceVersion = scale.Metadata.ResourceVersion,
                            SizedBy = null,
                        },
                        Spec = (known.Spec ?? new StatefulSetSpec(null, null)) with
                        {
                            Replicas = scale.Spec?.Replicas ?? 0,
                        },
                    }
            );
            return WriteResult.Done;
        }

        if (
            merge.KeepsBaseline
            && answer.Read(ScheduleKindsJson.Default.ScheduleObject).Status is { } status
            && !(status.TryGetProperty("baseline", out var kept) && kept.TryGetProperty("uid", out _))
        )
            return new WriteResult(
                WriteOutcome.Invalid,
                "the CRD of Schedule that is installed does not know status.baseline, so that nothing can be kept: "
                    + "apply deploy/crds"
            );
        Apply(type, place, name, answer);
        return WriteResult.Done;
    }

    private void Apply(ResourceType type, string @namespace, string name, ApiAnswer answer)
    {
        foreach (var watch in Holding(type.Kind, @namespace))
            if (watch.Find(@namespace, name) is not null)
                watch.Apply(answer);
    }

    /// <summary>A ConfigMap may be in two watches.</summary>
    private ScheduleWatch[] Holding(string kind, string @namespace)
    {
        if (kind != "ConfigMap")
            return [Of(kind, @namespace)];
        lock (_lock)
            return _named.TryGetValue((kind, @namespace), out var all) ? [_timeScalers, all] : [_timeScalers];
    }

    // Not a collection expression: that would add the nodes through a method that is not trim safe.
    private static JsonArray Operations(ScheduleWrite.AddOwner add) =>
        new(
            new JsonObject
            {
                ["op"] = "test",
                ["path"] = "/metadata/resourceVersion",
                ["value"] = add.ResourceVersion,
            },
            new JsonObject
            {
                ["op"] = "add",
                ["path"] = add.First ? "/metadata/ownerReferences" : "/metadata/ownerReferences/-",
                ["value"] = add.First ? new JsonArray(add.Owner.DeepClone()) : add.Owner.DeepClone(),
            }
        );

    private ScheduleObjects Compose()
    {
        ScheduleWatch[] said = [_serviceScalers, _autoscalers, _schedules, _timeScalers];
        // Once everything was read, a kind that is named later makes only its own objects unknown.
        _synced = _synced || (said.All(watch => watch.Settled) && _hpas.Settled);
        // A CRD that is not installed is no trouble: nothing uses it.
        var troubles = said.Append(_hpas)
            .Concat(_named.Values)
            .Select(watch => watch.Trouble)
            .OfType<WatchTrouble>()
            .Where(trouble => trouble.Code != 404)
            .Select(trouble => trouble.Sentence)
            .Distinct()
            .Order(StringComparer.Ordinal);
        return new ScheduleObjects(
            _synced,
            _serviceScalers.All,
            _autoscalers.All,
            _schedules.All,
            _timeScalers.All,
            [.. troubles]
        );
    }

    private ScheduleWatch Of(string kind, string @namespace)
    {
        switch (kind)
        {
            case ScheduleTarget.Autoscaler:
                return _autoscalers;
            case "Schedule":
                return _schedules;
            case "ServiceScaler":
                return _serviceScalers;
            case ScheduleTarget.Hpa:
                return _hpas;
        }

        // ConfigMaps are watched namespace by namespace: a cluster has many, and few are read.
        var key = (kind, kind == "ConfigMap" ? @namespace : "");
        lock (_lock)
        {
            if (_named.TryGetValue(key, out var known))
                return known;
            return _named[key] = kind switch
            {
                "Deployment" => Begin(ScheduleKinds.Deployments),
                "StatefulSet" => Begin(ScheduleKinds.StatefulSets),
                ScheduleTarget.ScaledObject => Begin(ScheduleKinds.ScaledObjects),
                "ConfigMap" => Begin(ScheduleKinds.ConfigMaps, @namespace),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind that schedules do not read"),
            };
        }
    }

    private static ResourceType Type(string kind) =>
        kind switch
        {
            ScheduleTarget.Autoscaler => ScheduleKinds.Autoscalers.Type,
            "Schedule" => ScheduleKinds.Schedules.Type,
            "ServiceScaler" => ScheduleKinds.ServiceScalers.Type,
            ScheduleTarget.Hpa => ScheduleKinds.Hpas.Type,
            ScheduleTarget.ScaledObject => ScheduleKinds.ScaledObjects.Type,
            "Deployment" => ScheduleKinds.Deployments.Type,
            "StatefulSet" => ScheduleKinds.StatefulSets.Type,
            "ConfigMap" => ScheduleKinds.ConfigMaps.Type,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind that schedules do not write"),
        };

    private static WorkloadName? TargetOf(ObjectView governor)
    {
        if (
            governor.Spec is not { ValueKind: System.Text.Json.JsonValueKind.Object } spec
            || !spec.TryGetProperty("scaleTargetRef", out var target)
            || target.ValueKind != System.Text.Json.JsonValueKind.Object
            || !target.TryGetProperty("name", out var name)
        )
            return null;
        // KEDA's default; an HPA always says.
        var kind =
            target.TryGetProperty("kind", out var said) && said.GetString() is { Length: > 0 } text
                ? text
                : "Deployment";
        return new WorkloadName(kind, governor.Ref.Namespace, name.GetString() ?? "");
    }

    private ScheduleWatch<ScheduleObject> Begin(
        Resource<ScheduleObject> resource,
        string? @namespace = null,
        string? selector = null
    ) => new(_api, resource, (item, type) => item.View(type), _view.MarkChanged, @namespace, selector);

    private ScheduleWatch<SizedObject> Begin(Resource<SizedObject> resource) =>
        new(_api, resource, (item, type) => item.View(type), _view.MarkChanged);
}
