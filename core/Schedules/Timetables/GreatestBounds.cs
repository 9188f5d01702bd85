using NodaTime;

namespace Ebb.Core.Schedules;

/// <summary>Of everything in force the greatest min and the greatest max; what nobody gives stays as it is otherwise.</summary>
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
            var standing = part.At(at);
            if (!standing.InWindow)
                continue;
            if (only is null)
                only = standing;
            else
                (several ??= [only]).Add(standing);
        }

        if (only is null)
            return otherwise;
        var knobs = several is null
            ? only.Bounds
            : new ScaleBounds(several.Max(s => s.Bounds.Min), several.Max(s => s.Bounds.Max));
        var spare = otherwise.Bounds;
        var (min, max) = (knobs.Min ?? spare.Min, knobs.Max ?? spare.Max);
        // What was asked holds; what merely stays as it is gives way to it.
        if (min > max)
            (min, max) = knobs.Min is null ? (max, max) : (min, min);
        return new ScheduleState(
            new ScaleBounds(min, max, spare.Cpu, spare.Memory),
            several is null ? only.Cause : string.Join(", ", several.Select(s => s.Cause)),
            true
        );
    }

    /// <inheritdoc/>
    public Instant? NextChange(Instant at) => parts.Select(part => part.NextChange(at)).Min();
}
