using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>
/// Of everything in force the greatest min and the greatest max; what nobody gives stays as it is otherwise.
/// </summary>
/// <param name="otherwise">When nothing is in force.</param>
/// <param name="parts">Each by itself.</param>
public sealed class GreatestBounds(ScheduleState otherwise, IReadOnlyList<ITimetable> parts) : ITimetable
{
    /// <inheritdoc/>
    public ScheduleState At(Instant at)
    {
        ScheduleState? only = null;
        List<ScheduleState>? several = null;
        foreach (var part in parts)
        {
            var state = part.At(at);
            if (!state.InWindow)
                continue;
            if (only is null)
                only = state;
            else
                (several ??= [only]).Add(state);
        }

        if (only is null)
            return otherwise;
        var bounds = several is null
            ? only.Bounds
            : new ScaleBounds(several.Max(s => s.Bounds.Min), several.Max(s => s.Bounds.Max));
        var spare = otherwise.Bounds;
        var (min, max) = (bounds.Min ?? spare.Min, bounds.Max ?? spare.Max);
        // A bound that was asked for holds; the one that was not gives way.
        if (min > max)
            (min, max) = bounds.Min is null ? (max, max) : (min, min);
        return new ScheduleState(
            new ScaleBounds(min, max, spare.Cpu, spare.Memory),
            several is null ? only.Cause : string.Join(", ", several.Select(s => s.Cause)),
            true
        );
    }

    /// <inheritdoc/>
    public Instant? NextChange(Instant at) => parts.Select(part => part.NextChange(at)).Min();
}
