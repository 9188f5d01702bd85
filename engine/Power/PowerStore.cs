using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using Ebb.Engine.Json;

namespace Ebb.Engine.Power;

/// <summary>
/// Remembers through the state store, and never lets it delay anything: every call has a deadline, and a store that is away costs
/// comfort, which <see cref="Trouble"/> says.
/// </summary>
internal sealed class PowerStore(IStateStore store, EngineClocks clocks)
{
    private const string Key = "power";
    private const string OutagePrefix = "outage.";
    private const int MostOutages = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, string> _etags = new(StringComparer.Ordinal);

    /// <summary>Why the last call failed; null: it did not.</summary>
    public string? Trouble { get; private set; }

    public async Task<PowerMemory?> LoadAsync(CancellationToken cancellationToken) =>
        await Try(
            async token =>
            {
                var entry = await store.GetAsync(Key, token);
                if (entry is null)
                {
                    _etags.Remove(Key);
                    return null;
                }
                _etags[Key] = entry.ETag;
                return JsonSerializer.Deserialize(entry.Json, StoredJson.Default.PowerMemory);
            },
            cancellationToken
        );

    /// <summary>False: not kept; somebody else wrote, or the store is away.</summary>
    public Task<bool> SaveAsync(PowerMemory remembered, CancellationToken cancellationToken) =>
        PutAsync(Key, JsonSerializer.Serialize(remembered, StoredJson.Default.PowerMemory), cancellationToken);

    public Task<bool> SaveAsync(OutageReport report, CancellationToken cancellationToken) =>
        PutAsync(OutageKey(report), Fitting(report), cancellationToken);

    /// <summary>A store takes 512 KiB: of a very large cluster the report is kept without those of whom there is nothing to tell.</summary>
    internal static string Fitting(OutageReport report)
    {
        const int most = 500 * 1024;
        var json = JsonSerializer.Serialize(report, StoredJson.Default.OutageReport);
        for (var left = report.Workloads.Count; Encoding.UTF8.GetByteCount(json) > most && left > 0; )
        {
            left = left * 4 / 5;
            json = JsonSerializer.Serialize(report.With(left), StoredJson.Default.OutageReport);
        }
        return json;
    }

    /// <summary>The reports kept, youngest first; null: the store is away.</summary>
    public async Task<IReadOnlyList<OutageReport>?> OutagesAsync(CancellationToken cancellationToken) =>
        await Try(
            async token =>
            {
                var entries = await store.ListAsync(OutagePrefix, token);
                foreach (var entry in entries)
                    _etags[entry.Key] = entry.ETag;
                foreach (var old in entries.OrderByDescending(e => e.Key, StringComparer.Ordinal).Skip(MostOutages))
                    await store.DeleteAsync(old.Key, null, token);
                return (IReadOnlyList<OutageReport>)
                    [
                        .. entries
                            .OrderByDescending(e => e.Key, StringComparer.Ordinal)
                            .Take(MostOutages)
                            .Select(e => JsonSerializer.Deserialize(e.Json, StoredJson.Default.OutageReport))
                            .OfType<OutageReport>(),
                    ];
            },
            cancellationToken
        );

    private static string OutageKey(OutageReport report) => $"{OutagePrefix}{report.Id.ToLowerInvariant()}";

    private async Task<bool> PutAsync(string key, string json, CancellationToken cancellationToken) =>
        await Try(
            async token =>
            {
                try
                {
                    _etags[key] = await store.PutAsync(key, json, _etags.GetValueOrDefault(key), token);
                }
                catch (StateConflictException)
                {
                    // Somebody else wrote, or an answer of ours was lost: look at what is there, and overwrite it once.
                    var present = await store.GetAsync(key, token);
                    _etags[key] = await store.PutAsync(key, json, present?.ETag, token);
                }
                return true;
            },
            cancellationToken
        );

    private async Task<T?> Try<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var answer = await call(linked.Token);
            Trouble = null;
            return answer;
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Trouble = $"the state store did not answer within {Patience.TotalSeconds:0} s";
        }
        catch (StateStoreException failure)
        {
            Trouble = failure.Message;
        }
        catch (JsonException failure)
        {
            Trouble = $"the state store holds something that is not ours: {failure.Message}";
        }
        return default;
    }
}

/// <summary>What is not said is not written: a report is long.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(OutageReport))]
[JsonSerializable(typeof(PowerMemory))]
internal sealed partial class StoredJson : JsonSerializerContext;
