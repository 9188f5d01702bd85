using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Timetables;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>What all schedules save in the next seven days; worked out when somebody asks. Safe from several
/// threads.</summary>
internal sealed class SavedInAWeek(IScheduleCluster cluster)
{
    private static readonly Duration Week = Duration.FromDays(7);

    /// <summary>So long the same figure is given.</summary>
    private static readonly Duration Holds = Duration.FromMinutes(5);

    private readonly Lock _lock = new();
    private (Instant At, SavingsTotal? Saved)? _known;

    /// <summary>Null: it is not known of any workload.</summary>
    public SavingsTotal? Of(ScheduleView? view, Instant now)
    {
        if (view is null)
            return null;
        lock (_lock)
        {
            if (_known is { } known && now >= known.At && now - known.At < Holds)
                return known.Saved;
            var savings = new ScheduleSavings(cluster, view.Sleepers);
            var saved = SavingsTotal.Sum(
                view.Entries.Where(entry => entry is { Timetable: not null, Pending: false })
                    .Select(entry => savings.Of(entry, TimetableIntervals.Of(entry.Timetable!, now, now + Week)))
            );
            _known = (now, saved);
            return saved;
        }
    }
}
