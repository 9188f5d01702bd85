using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>What the schedule asks of one scaled object at each instant. Immutable.</summary>
public interface ITimetable
{
    /// <summary>What holds at <paramref name="at"/>.</summary>
    ScheduleState At(Instant at);

    /// <summary>
    /// The first instant after <paramref name="at"/> at which something else may hold; null: never again.
    /// </summary>
    Instant? NextChange(Instant at);
}

/// <summary>What holds at one instant.</summary>
/// <param name="Bounds">What is asked.</param>
/// <param name="Cause">Why, in a few words.</param>
/// <param name="InWindow">Whether a window is in force, rather than what holds between them.</param>
public sealed record ScheduleState(ScaleBounds Bounds, string Cause, bool InWindow);

/// <summary>A window and what holds while it is in force.</summary>
/// <param name="Window">When.</param>
/// <param name="Bounds">What.</param>
/// <param name="Cause">Why, in a few words.</param>
public sealed record Rule(Window Window, ScaleBounds Bounds, string Cause);
