using System.Text.Json;
using Ebb.Core.Overrides;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Leases;
using Ebb.Kubernetes.Overrides;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.StatusObjects;
using Ebb.Kubernetes.Watching;
using NodaTime;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// What the power path and people stored: the Power, the Baselines, the UpsScalers' status, and the Overrides.
/// </summary>
internal sealed class PowerWatch : IAsyncDisposable
{
    private readonly Informer<OverrideObject> _overrides;
    private readonly Informer<UpsScaler> _scalers;
    private readonly Informer<BaselineObject> _baselines;
    private readonly Informer<StatusItem> _powers;
    private readonly LeaderAge _leader;
    private readonly Lock _lock = new();
    private (long Version, IReadOnlyList<StoredOverride> Overrides) _told = (-1, []);
    private (long Version, PowerFacts Facts) _power = (-1, PowerFacts.Quiet);
    private (long Scalers, long Baselines, HashSet<(string Kind, string Namespace, string Name)> Asleep) _asleep = (
        -1,
        -1,
        []
    );

    public PowerWatch(KubernetesApi api, string @namespace, TimeProvider time, Action changed)
    {
        _overrides = new Informer<OverrideObject>(api, Kinds.Overrides);
        _scalers = new Informer<UpsScaler>(api, Kinds.UpsScalers);
        _baselines = new Informer<BaselineObject>(api, Kinds.Baselines, @namespace);
        _powers = new Informer<StatusItem>(api, Kinds.Powers, @namespace);
        _leader = new LeaderAge(api, @namespace, time, () => _powers.Count > 0, changed);
        _powers.Changed += changed;
        _overrides.Changed += changed;
        _scalers.Changed += changed;
        _baselines.Changed += changed;
        _overrides.Start();
        _powers.Start();
        _scalers.Start();
        _baselines.Start();
    }

    /// <summary>Everything was read; in a cluster without these kinds nothing can be put to sleep.</summary>
    public bool Synced => IsRead(_overrides) && IsRead(_powers) && IsRead(_scalers) && IsRead(_baselines);

    public IEnumerable<WatchTrouble> Troubles =>
        new[]
        {
            TroubleOf(_overrides),
            TroubleOf(_powers),
            TroubleOf(_scalers),
            TroubleOf(_baselines),
        }.OfType<WatchTrouble>();

    public PowerFacts Facts
    {
        get
        {
            lock (_lock)
            {
                var version = _powers.Version;
                if (_power.Version != version)
                    _power = (
                        version,
                        ReadPower(_powers.Items.FirstOrDefault(one => one.Metadata.Name == "cluster")?.Status)
                    );
                return _powers.Count > 0 && _leader.IsOld && !_power.Facts.OnBattery
                    ? _power.Facts with
                    {
                        Unknown =
                            $"nobody has renewed the Lease ebb for {LeaderAge.Oldest.TotalMinutes:0} min: what the Power says is old",
                    }
                    : _power.Facts;
            }
        }
    }

    /// <summary>
    /// Those that count, the oldest on a workload only. Whether one may speak of another namespace is Ebb's to judge,
    /// and stands in its status.
    /// </summary>
    public IReadOnlyList<StoredOverride> Overrides
    {
        get
        {
            lock (_lock)
            {
                var version = _overrides.Version;
                if (_told.Version != version)
                    _told = (
                        version,
                        [
                            .. _overrides
                                .Items.Select(item => item.View())
                                .OfType<StoredOverride>()
                                .Where(one =>
                                    one.Override.Namespace == one.Namespace
                                        ? one.Status?.State != OverrideState.Refused
                                        : one.Status is { State: not OverrideState.Refused }
                                )
                                .OrderBy(one => one.Override.At)
                                .ThenBy(one => one.Name, StringComparer.Ordinal),
                        ]
                    );
                return _told.Overrides;
            }
        }
    }

    /// <summary>Power has it asleep, or is about to, and does not wake it yet.</summary>
    public bool IsAsleep(ObjectRef workload)
    {
        lock (_lock)
        {
            var (scalers, baselines) = (_scalers.Version, _baselines.Version);
            if (_asleep.Scalers != scalers || _asleep.Baselines != baselines)
                _asleep = (
                    scalers,
                    baselines,
                    [.. Asleep().Select(key => (WorkloadType.Named(key.Type)!.Kind, key.Namespace, key.Name))]
                );
            return _asleep.Asleep.Contains((workload.Kind, workload.Namespace, workload.Name));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _overrides.DisposeAsync().ConfigureAwait(false);
        await _leader.DisposeAsync().ConfigureAwait(false);
        await _powers.DisposeAsync().ConfigureAwait(false);
        await _scalers.DisposeAsync().ConfigureAwait(false);
        await _baselines.DisposeAsync().ConfigureAwait(false);
    }

    private static bool IsRead<T>(Informer<T> watch)
        where T : class, IKubernetesObject => watch.Synced || watch.Trouble?.Code == 404;

    private static WatchTrouble? TroubleOf<T>(Informer<T> watch)
        where T : class, IKubernetesObject => watch.Trouble is { Code: 404 } ? null : watch.Trouble;

    /// <summary>What has a baseline and an UpsScaler that does not wake it.</summary>
    private IEnumerable<BaselineKey> Asleep()
    {
        var kept = _baselines.Items.SelectMany(one => one.Holds).Select(hold => hold.Key).ToHashSet();
        foreach (var scaler in _scalers.Items)
            if (scaler.Spec?.Selects == true)
            {
                if (IsDown(scaler))
                    foreach (var key in kept.Where(key => MayMean(scaler, key)))
                        yield return key;
            }
            else if (
                WorkloadType.Parse(scaler.Spec?.Type) is { } type
                && new BaselineKey(
                    BaselineSource.Power,
                    type.Name,
                    ScalerView.TargetNamespace(scaler),
                    scaler.Spec?.Name ?? ""
                )
                    is var key
                && kept.Contains(key)
                && IsDown(scaler)
            )
                yield return key;
    }

    private static bool IsDown(UpsScaler scaler) => scaler.Status?.Phase is not ("Waking" or "Awake" or "Refused");

    /// <summary>What has a baseline was selected by somebody, whatever its labels are by now.</summary>
    private static bool MayMean(UpsScaler scaler, BaselineKey key) =>
        key.Source == BaselineSource.Power
        && key.Type == WorkloadType.Parse(scaler.Spec?.Type)?.Name
        && (scaler.Spec?.NamespaceSelector is not null || key.Namespace == ScalerView.TargetNamespace(scaler));

    // A member that is missing is unknown.
    private static PowerFacts ReadPower(string? json)
    {
        if (json is null)
            return PowerFacts.Quiet;
        try
        {
            using var document = JsonDocument.Parse(json);
            var (root, on, since) = (document.RootElement, new List<string>(), (Instant?)null);
            if (root.ValueKind != JsonValueKind.Object)
                return PowerFacts.Quiet;
            if (root.TryGetProperty("supplies", out var supplies) && supplies.ValueKind == JsonValueKind.Array)
            {
                foreach (var supply in supplies.EnumerateArray())
                {
                    if (!Text(supply, "lastKnown").Equals("battery", StringComparison.OrdinalIgnoreCase))
                        continue;
                    on.Add(Text(supply, "ups"));
                    since = KubernetesTime.Parse(Text(supply, "since")) ?? since;
                }
            }

            if (on.Count > 0)
                return new PowerFacts(true, since, $"UPS {string.Join(", ", on)} on battery");
            if (Text(root, "phase") is "going-to-sleep" or "asleep")
                return new PowerFacts(
                    true,
                    KubernetesTime.Parse(Text(root, "since")),
                    $"an outage is under way: {Text(root, "reason")}"
                );
            return PowerFacts.Quiet;
        }
        catch (JsonException)
        {
            // Not written by Ebb: it holds nothing about power, and will be overwritten.
            return PowerFacts.Quiet;
        }
    }

    private static string Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : "";
}
