using System.Text.Json;
using Ebb.Core.Overrides;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.State;
using Ebb.Kubernetes.Watching;
using NodaTime;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// What the power path and people stored: the functions' ConfigMaps, and the UpsScalers with their baselines.
/// </summary>
internal sealed class PowerWatch : IAsyncDisposable
{
    private readonly Informer<ConfigMap> _state;
    private readonly Informer<UpsScaler> _scalers;
    private readonly Lock _lock = new();
    private (long Version, PowerFacts Facts, IReadOnlyList<Override> Overrides) _told = (-1, PowerFacts.Quiet, []);
    private (long Version, HashSet<(string Kind, string Namespace, string Name)> Asleep) _asleep = (-1, []);

    public PowerWatch(KubernetesApi api, string @namespace, Action changed)
    {
        _state = new Informer<ConfigMap>(api, Kinds.ConfigMaps, @namespace, "ebb.dev/state=true");
        _scalers = new Informer<UpsScaler>(api, Kinds.UpsScalers);
        _state.Changed += changed;
        _scalers.Changed += changed;
        _state.Start();
        _scalers.Start();
    }

    /// <summary>Everything was read; in a cluster without UpsScalers nothing can be put to sleep.</summary>
    public bool Synced => _state.Synced && (_scalers.Synced || _scalers.Trouble?.Code == 404);

    public IEnumerable<WatchTrouble> Troubles =>
        new[] { _state.Trouble, _scalers.Trouble is { Code: 404 } ? null : _scalers.Trouble }.OfType<WatchTrouble>();

    public PowerFacts Facts => State().Facts;

    public IReadOnlyList<Override> Overrides => State().Overrides;

    /// <summary>Power has it asleep, or is about to, and does not wake it yet.</summary>
    public bool IsAsleep(ObjectRef workload)
    {
        lock (_lock)
        {
            if (_asleep.Version != _scalers.Version)
            {
                _asleep = (
                    _scalers.Version,
                    [
                        .. _scalers
                            .Items.Where(HoldsAsleep)
                            .Select(scaler =>
                                (
                                    WorkloadType.Parse(scaler.Spec?.Type)?.Kind ?? "",
                                    ScalerView.TargetNamespace(scaler),
                                    scaler.Spec?.Name ?? ""
                                )
                            ),
                    ]
                );
            }

            return _asleep.Asleep.Contains((workload.Kind, workload.Namespace, workload.Name));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _state.DisposeAsync().ConfigureAwait(false);
        await _scalers.DisposeAsync().ConfigureAwait(false);
    }

    private static bool HoldsAsleep(UpsScaler scaler) =>
        ScalerView.Of(scaler, WorkloadType.Parse(scaler.Spec?.Type), new WorkloadLookup.Unknown(""))
            is { Baseline: not null, Status: var status }
        && status?.Phase is not (WorkloadPhase.Waking or WorkloadPhase.Awake or WorkloadPhase.Refused);

    private (PowerFacts Facts, IReadOnlyList<Override> Overrides) State()
    {
        lock (_lock)
        {
            if (_told.Version != _state.Version)
                _told = (
                    _state.Version,
                    ReadPower(Value("power")),
                    [.. Values(OverrideReader.Prefix).Select(OverrideReader.Read).OfType<Override>()]
                );
            return (_told.Facts, _told.Overrides);
        }
    }

    private string? Value(string key) =>
        _state.Items.FirstOrDefault(map => map.Data?.GetValueOrDefault("key") == key)?.Data?.GetValueOrDefault("value");

    private IEnumerable<string> Values(string prefix) =>
        _state
            .Items.Where(map =>
                map.Data?.GetValueOrDefault("key")?.StartsWith(prefix, StringComparison.Ordinal) == true
            )
            .Select(map => map.Data!.GetValueOrDefault("value"))
            .OfType<string>();

    // The member names are those that the functions write; a missing one is unknown.
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
            if (
                root.TryGetProperty("episode", out var episode)
                && episode.ValueKind == JsonValueKind.Object
                && KubernetesTime.Parse(Text(episode, "began")) is { } began
                && Text(episode, "direction").Equals("down", StringComparison.OrdinalIgnoreCase)
            )
                return new PowerFacts(true, began, $"an outage is under way: {Text(episode, "cause")}");
            return PowerFacts.Quiet;
        }
        catch (JsonException)
        {
            // Not written by the functions: it holds nothing about power, and they will overwrite it.
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
