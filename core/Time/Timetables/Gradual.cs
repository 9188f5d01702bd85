using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>
/// Moves min and max step by step over the 30 minutes before they change. Those are six periods of 300 s; at the end of
/// each one the number moves by (next - current) / periods left, without its fraction, so that the target is reached at
/// the boundary itself and not before; earlier than that, and in a period at whose beginning something else held, the
/// present numbers hold. Utilisation does not move.
/// </summary>
/// <param name="inner">What holds without steps.</param>
public sealed class Gradual(ITimetable inner) : ITimetable
{
    private const int Periods = 6;
    private static readonly Duration Period = Duration.FromSeconds(300);

    /// <summary>
    /// More boundaries than this, at which nothing but the cause changes, within 30 minutes are not looked past.
    /// </summary>
    private const int MostBoundaries = 32;

    /// <inheritdoc/>
    public ScheduleState At(Instant at)
    {
        var present = inner.At(at);
        if (Boundary(at, present) is not { } boundary)
            return present;
        var next = inner.At(boundary);
        var (min, max) = (present.Bounds.Min, present.Bounds.Max);
        for (var left = Periods; left > 0; left--)
        {
            var began = boundary - (Period * left);
            if (began + Period > at)
                break;
            if (!SameSize(inner.At(began), present))
                continue;
            min = Step(min, next.Bounds.Min, left);
            max = Step(max, next.Bounds.Max, left);
        }

        var bounds = present.Bounds with { Min = min, Max = max };
        return bounds == present.Bounds
            ? present
            : present with
            {
                Bounds = bounds,
                Cause = $"{present.Cause}, on the way to {next.Cause}",
            };
    }

    /// <inheritdoc/>
    public Instant? NextChange(Instant at)
    {
        var change = inner.NextChange(at);
        if (NextBoundary(at, inner.At(at)) is not { } boundary)
            return change;
        for (var left = Periods - 1; left > 0; left--)
        {
            var end = boundary - (Period * left);
            if (end > at)
                return change is { } before && before < end ? before : end;
        }

        return change;
    }

    private Instant? Boundary(Instant at, ScheduleState present) =>
        NextBoundary(at, present) is { } next && next - at <= Period * Periods ? next : null;

    /// <summary>The next instant at which min or max changes.</summary>
    private Instant? NextBoundary(Instant at, ScheduleState present)
    {
        var change = inner.NextChange(at);
        for (var i = 0; i < MostBoundaries && change is { } next; i++)
        {
            if (!SameSize(inner.At(next), present))
                return next;
            change = inner.NextChange(next);
        }

        return null;
    }

    private static bool SameSize(ScheduleState one, ScheduleState other) =>
        one.Bounds.Min == other.Bounds.Min && one.Bounds.Max == other.Bounds.Max;

    private static int? Step(int? present, int? next, int left) =>
        present is { } from && next is { } to ? from + ((to - from) / left) : present;
}
