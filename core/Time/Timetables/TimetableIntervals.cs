using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>A span of time in which the same is asked for the same cause.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Excluded.</param>
/// <param name="Bounds">What is asked.</param>
/// <param name="Cause">Why.</param>
public sealed record TimetableInterval(Instant From, Instant To, ScaleBounds Bounds, string Cause);

/// <summary>A timetable written out.</summary>
public static class TimetableIntervals
{
    /// <summary>
    /// Everything from <paramref name="from"/> (included) to <paramref name="to"/> (excluded), without a gap, equal
    /// neighbours merged.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not after <paramref name="from"/>.</exception>
    /// <exception cref="OperationCanceledException">It takes too long: a timetable of many ranges over a long
    /// time.</exception>
    public static IReadOnlyList<TimetableInterval> Of(
        ITimetable timetable,
        Instant from,
        Instant to,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(timetable);
        if (to <= from)
            throw new ArgumentException("the end is not after the start", nameof(to));
        List<TimetableInterval> intervals = [];
        for (var at = from; at < to; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var state = timetable.At(at);
            var end = timetable.NextChange(at) is { } next && next < to ? next : to;
            if (
                intervals.Count > 0
                && intervals[^1] is var last
                && last.Bounds == state.Bounds
                && last.Cause == state.Cause
            )
                intervals[^1] = last with { To = end };
            else
                intervals.Add(new TimetableInterval(at, end, state.Bounds, state.Cause));
            at = end;
        }

        return intervals;
    }

    /// <summary>
    /// The one interval that holds at <paramref name="at"/>, its ends looked for over <paramref name="reach"/> each way
    /// and cut there.
    /// </summary>
    public static TimetableInterval At(
        ITimetable timetable,
        Instant at,
        Duration reach,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(timetable);
        var state = timetable.At(at);
        var end = at + reach;
        for (
            var next = timetable.NextChange(at);
            next is { } change && change < end;
            next = timetable.NextChange(change)
        )
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (timetable.At(change) is var then && then.Bounds == state.Bounds && then.Cause == state.Cause)
                continue;
            end = change;
            break;
        }

        // Timetables look forward only: the beginning is found from ever farther back.
        for (var back = Duration.FromDays(1); ; back *= 8)
        {
            var from = back < reach ? at - back : at - reach;
            var last = Of(timetable, from, at + Duration.Epsilon, cancellationToken)[^1];
            if (last.From > from || back >= reach)
                return new TimetableInterval(last.From, end, state.Bounds, state.Cause);
        }
    }
}
