using Ebb.Core.Outages;

namespace Ebb.Engine.Power;

/// <summary>How long workloads take, computed from the Outages that are over.</summary>
internal sealed class LearnedDurations(PowerRecords records)
{
    private volatile Learned? _known;

    public DurationHistory Known
    {
        get
        {
            var reports = records.Reports ?? [];
            if (_known is { } known && ReferenceEquals(known.Reports, reports))
                return known.History;
            var over = reports.Where(r => r.Ended is not null).ToList();
            var from = string.Join(' ', over.Select(r => r.Id));
            if (_known is { } same && same.From == from)
            {
                _known = same with { Reports = reports };
                return same.History;
            }
            var history = over.OrderBy(r => r.Id, StringComparer.Ordinal)
                .Aggregate(DurationHistory.Nothing, (learned, report) => learned.After(report));
            _known = new Learned(reports, from, history);
            return history;
        }
    }

    private sealed record Learned(IReadOnlyList<OutageReport> Reports, string From, DurationHistory History);
}
