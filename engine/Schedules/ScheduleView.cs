using Ebb.Core.Time.Sizing;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>The last evaluation of all schedules.</summary>
/// <param name="At">When.</param>
/// <param name="World">What it knew.</param>
/// <param name="Entries">Each scaled object.</param>
/// <param name="NextChange">When something next changes by itself; null: never.</param>
/// <param name="Waiting">Something that was named has not been read yet, and what depends on it is not decided.</param>
internal sealed record ScheduleView(
    Instant At,
    ScheduleObjects World,
    IReadOnlyList<IndexEntry> Entries,
    Instant? NextChange,
    bool Waiting
)
{
    /// <summary>What power has asleep.</summary>
    public required SleepingTargets Sleepers { get; init; }
}
