using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Engine.Clocks;
using NodaTime;

namespace Ebb.Engine.Power;

/// <summary>Asks the sources and keeps what they said last. An answer that has grown old is silence.</summary>
internal sealed class Supplies(
    IReadOnlyList<IUpsSource> sources,
    PowerSettings settings,
    Duration freshFor,
    EngineClocks clocks
)
{
    private readonly Lock _lock = new();
    private readonly UpsAnswer?[] _latest = new UpsAnswer?[sources.Count];
    private readonly Dictionary<string, SupplyMemory> _memory = sources
        .Select(s => s.Ups)
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .ToDictionary(ups => ups, ups => new SupplyMemory { Ups = ups }, StringComparer.OrdinalIgnoreCase);

    public int Count => sources.Count;

    /// <summary>Asks one source; true: what it said about mains is not what it said before.</summary>
    public async Task<bool> AskAsync(int index, CancellationToken cancellationToken)
    {
        var answer = await sources[index].ReadAsync(cancellationToken);
        lock (_lock)
        {
            var before = _latest[index];
            _latest[index] = answer;
            TakeIn(sources[index].Ups);
            return (before as UpsReading)?.Flags?.Equals((answer as UpsReading)?.Flags) != true;
        }
    }

    /// <summary>Asks all of them, each within its own deadlines.</summary>
    public Task AskAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, sources.Count).Select(i => AskAsync(i, cancellationToken)));

    /// <summary>Each UPS as it is known now.</summary>
    public IReadOnlyList<Supply> Now()
    {
        lock (_lock)
        {
            foreach (var ups in _memory.Keys.ToList())
                TakeIn(ups);
            var now = clocks.World.Now();
            return [.. _memory.Values.Select(memory => memory.At(now, settings))];
        }
    }

    /// <summary>What must outlive this process.</summary>
    public IReadOnlyList<SupplyMemory> Memory
    {
        get
        {
            lock (_lock)
                return [.. _memory.Values];
        }
    }

    /// <summary>What an earlier process remembered, of the UPSes that this one knows too.</summary>
    public void Recall(IEnumerable<SupplyMemory> memory)
    {
        lock (_lock)
        {
            foreach (var past in memory)
                if (_memory.TryGetValue(past.Ups, out var present))
                    _memory[present.Ups] = present.Recalling(past);
        }
    }

    private void TakeIn(string ups)
    {
        var now = clocks.World.Now();
        List<UpsAnswer> answers = [];
        for (var i = 0; i < sources.Count; i++)
        {
            if (!sources[i].Ups.Equals(ups, StringComparison.OrdinalIgnoreCase) || _latest[i] is not { } answer)
                continue;
            answers.Add(
                answer is UpsReading && now - answer.At > freshFor
                    ? new UpsNoAnswer(answer.Ups, answer.Source, now, UpsFault.TimedOut, $"no answer since {answer.At}")
                    : answer
            );
        }
        _memory[ups] = _memory[ups].After(answers, settings, now);
    }
}
