using System.Collections.Concurrent;
using Ebb.Core.Gates;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Engine.Clocks;
using NodaTime;

namespace Ebb.Engine.Gates;

/// <summary>
/// Looks at the gates that somebody waits at, beside the turns. What was open in this turn of an outage stays open.
/// </summary>
internal sealed partial class GateWatch(IGateReader reader, EngineClocks clocks, ILogger<GateWatch> log)
{
    private static readonly Duration Pace = Duration.FromSeconds(2);

    private readonly ConcurrentDictionary<GateKey, GateAnswer> _known = new();
    private readonly Dictionary<GateKey, (Task UnderWay, Instant NextAt)> _looks = [];
    private (Instant? Began, Instant? TurnedAt) _of;

    /// <summary>Another one for each turn of an outage.</summary>
    private volatile object _turn = new();

    private int _told;

    /// <summary>What was read last.</summary>
    public IReadOnlyDictionary<GateKey, GateAnswer> Known => _known;

    /// <summary>What is under way now; for tests, which count no real time.</summary>
    public Task Settled => Task.WhenAll(_looks.Values.Select(look => look.UnderWay));

    /// <summary>Looks at what is asked for and due. Waits for none of it.</summary>
    public void Step(Plan plan, CancellationToken cancellationToken)
    {
        var turn = (plan.Progress.Began, plan.Progress.TurnedAt);
        if (turn != _of)
        {
            (_of, _turn) = (turn, new object());
            // Which webhooks there are is still the best that is known while it is read again.
            foreach (var key in _known.Keys.Where(key => key.Gate.Kind != GateKind.Webhooks))
                _known.TryRemove(key, out _);
            _looks.Clear();
        }
        var now = clocks.World.Now();
        foreach (var asked in plan.Gates)
        {
            if (
                _looks.TryGetValue(asked.Key, out var last)
                && (
                    !last.UnderWay.IsCompleted
                    || now < last.NextAt
                    || _known.GetValueOrDefault(asked.Key) is { Open: true }
                )
            )
                continue;
            _looks[asked.Key] = (LookAsync(asked, cancellationToken), now + Pace);
        }
    }

    private async Task LookAsync(AskedGate asked, CancellationToken cancellationToken)
    {
        var turn = _turn;
        try
        {
            var answer = await reader.ReadAsync(asked, cancellationToken);
            // One that was asked for in the turn before says nothing of this one.
            if (ReferenceEquals(turn, _turn))
                _known[asked.Key] = answer;
            if (
                asked.Key.Gate.Kind == GateKind.Webhooks
                && answer is { Open: true, Sentence.Length: > 0 }
                && Interlocked.Exchange(ref _told, 1) == 0
            )
                WebhooksNotRead(log, answer.Sentence);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    [LoggerMessage(
        52,
        LogLevel.Information,
        "webhooks that guard what is woken are found at their first refusal, where they may not be read: {Why}"
    )]
    private static partial void WebhooksNotRead(ILogger log, string why);
}
