using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;

namespace Ebb.Engine.Learning;

/// <summary>
/// Learns from each outage that is over, beside the power path and never in its way. What was learned and could not be kept is kept
/// with the next outage.
/// </summary>
internal sealed partial class Learner : GatedService
{
    private const string Key = "learned";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Channel<OutageReport> _over = Channel.CreateBounded<OutageReport>(
        new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly IStateStore _store;
    private readonly PowerPath _path;
    private readonly PastOutages _past;
    private readonly EngineClocks _clocks;
    private readonly ILogger<Learner> _log;
    private readonly LearnedDurations _learned;
    private string? _last;
    private string? _etag;

    public Learner(
        IStateStore store,
        PowerPath path,
        PastOutages past,
        LearnedDurations learned,
        EngineClocks clocks,
        ILogger<Learner> log,
        StartupGate gate
    )
        : base(gate)
    {
        (_store, _path, _past, _learned, _clocks, _log) = (store, path, past, learned, clocks, log);
        path.Changed += view =>
        {
            if (view.Outage is not { Ended: not null } outage || outage.Id == _last)
                return;
            _last = outage.Id;
            _over.Writer.TryWrite(outage);
        };
    }

    public DurationHistory Learned => _learned.Known;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await TryAsync(
            async token =>
            {
                var kept = await _store.GetAsync(Key, token);
                if (kept is null)
                    return;
                _etag = kept.ETag;
                if (JsonSerializer.Deserialize(kept.Json, LearnedJson.Default.DurationHistory) is { } learned)
                    _learned.Known = learned;
            },
            stoppingToken
        );
        // The first reader need not wait for it.
        await TryAsync(_past.AllAsync, stoppingToken);
        try
        {
            await foreach (var outage in _over.Reader.ReadAllAsync(stoppingToken))
            {
                var learned = _learned.Known.After(outage);
                if (ReferenceEquals(learned, _learned.Known))
                    continue;
                _learned.Known = learned;
                if (_path.Leads)
                    await TryAsync(
                        async token =>
                            _etag = await _store.PutAsync(
                                Key,
                                JsonSerializer.Serialize(learned, LearnedJson.Default.DurationHistory),
                                _etag,
                                token
                            ),
                        stoppingToken
                    );
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> ask, CancellationToken stoppingToken)
    {
        using var deadline = new CancellationTokenSource(Patience, _clocks.Deadlines);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stoppingToken);
        try
        {
            await ask(linked.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            NotKept(_log, "no answer in time");
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
        catch (Exception away) when (away is StateStoreException or JsonException)
        {
            NotKept(_log, away.Message);
        }
    }

    [LoggerMessage(50, LogLevel.Warning, "learned durations are not kept: {Trouble}")]
    private static partial void NotKept(ILogger log, string trouble);
}

internal static class LearningServices
{
    public static IServiceCollection AddLearning(this IServiceCollection services) =>
        services
            .AddSingleton<PastOutages>()
            .AddSingleton<LearnedDurations>()
            .AddSingleton<Learner>()
            .AddHostedService(s => s.GetRequiredService<Learner>());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DurationHistory))]
internal sealed partial class LearnedJson : JsonSerializerContext;
