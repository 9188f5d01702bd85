using NodaTime;

namespace Ebb.Core.Schedules;

/// <summary>A stretch of time in which the same is asked for the same cause.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Excluded.</param>
/// <param name="Knobs">What is asked.</param>
/// <param name="Cause">Why.</param>
public sealed record Interval(Instant From, Instant To, Knobs Knobs, string Cause);

/// <summary>A timetable written out.</summary>
public static class Intervals
{
    /// <summary>Everything from <paramref name="from"/> (included) to <paramref name="to"/> (excluded), without a gap, equal neighbours merged.</summary>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not after <paramref name="from"/>.</exception>
    public static IReadOnlyList<Interval> Of(ITimetable timetable, Instant from, Instant to)
    {
        ArgumentNullException.ThrowIfNull(timetable);
        if (to <= from) throw new ArgumentException("the end is not after the start", nameof(to));
        List<Interval> intervals = [];
        for (var at = from; at < to;)
        {
            var standing = timetable.At(at);
            var end = timetable.NextChange(at) is { } next && next < to ? next : to;
            if (intervals.Count > 0 && intervals[^1] is var last && last.Knobs == standing.Knobs && last.Cause == standing.Cause) intervals[^1] = last with { To = end };
            else intervals.Add(new Interval(at, end, standing.Knobs, standing.Cause));
            at = end;
        }

        return intervals;
    }
}
