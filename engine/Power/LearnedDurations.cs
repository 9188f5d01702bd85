using Ebb.Core.Outages;

namespace Ebb.Engine.Power;

/// <summary>How long workloads take and how many start at once, computed from the Outages that are over.</summary>
internal sealed class LearnedDurations(PowerRecords records)
{
    private volatile Learned? _known;

    public DurationHistory Known => Present.History;

    public LearnedPace Pace => Present.Pace;

    private Learned Present
    {
        get
        {
            var reports = records.Reports ?? [];
            if (_known is { } known && ReferenceEquals(known.Reports, reports))
                return known;
            var over = reports.Where(r => r.Ended is not null).ToList();
            var from = string.Join(' ', over.Select(r => r.Id));
            if (_known is { } same && same.From == from)
                return _known = same with { Reports = reports };
            var history = over.OrderBy(r => r.Id, StringComparer.Ordinal)
                .Aggregate(DurationHistory.Nothing, (learned, report) => learned.After(report));
            return _known = new Learned(reports, from, history, LearnedPace.Of(over));
        }
    }

    private sealed record Learned(
        IReadOnlyList<OutageReport> Reports,
        string From,
        DurationHistory History,
        LearnedPace Pace
    );
}
