using Ebb.Core.Outages;
using Ebb.Engine.Clocks;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Capacity;
using NodaTime;

namespace Ebb.Engine.Learning;

/// <summary>
/// The reports that are kept, in memory: they are long and change only when an outage ends. Read again then, and now and then, since
/// another replica may have written.
/// </summary>
internal sealed class PastOutages(PowerStore store, PowerPath path, EngineClocks clocks)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private volatile Known? _known;

    /// <summary>Youngest first; null: the store is away and nothing was read before.</summary>
    public async Task<IReadOnlyList<OutageReport>?> AllAsync(CancellationToken cancellationToken)
    {
        var present = path.View?.Outage is { } outage ? (outage.Id, outage.Ended) : default((string, Instant?)?);
        if (_known is { } known && known.Present == present && clocks.Deadlines.GetElapsedTime(known.At) < Fresh)
            return known.Reports;
        if (await store.OutagesAsync(cancellationToken) is not { } read)
            return _known?.Reports;
        _known = new Known(read, present, clocks.Deadlines.GetTimestamp());
        return read;
    }

    private sealed record Known(IReadOnlyList<OutageReport> Reports, (string, Instant?)? Present, long At);
}
