using System.Collections.Concurrent;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Power;

/// <summary>Whose status was refused a moment ago.</summary>
internal sealed class StatusRefusals(EngineClocks clocks)
{
    /// <summary>
    /// A definition that drops the status, or a right that is missing, would refuse again at once: it is not asked each
    /// turn.
    /// </summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _refused = new(StringComparer.Ordinal);

    /// <summary>It would be refused again.</summary>
    public bool Has(UpsScalerView scaler) =>
        _refused.TryGetValue(scaler.Uid, out var at) && clocks.World.GetUtcNow() - at < AfterRefusal;

    public void Note(UpsScalerView scaler, WriteResult result)
    {
        if (result.Outcome == WriteOutcome.Done)
            _refused.TryRemove(scaler.Uid, out _);
        else if (result.Outcome is WriteOutcome.Invalid or WriteOutcome.Forbidden)
            _refused[scaler.Uid] = clocks.World.GetUtcNow();
    }
}
