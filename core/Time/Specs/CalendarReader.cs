using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Specs;

/// <summary>What a calendar file says; null: it is not read yet.</summary>
/// <param name="map">The ConfigMap that holds it.</param>
/// <param name="key">The key of its data.</param>
/// <param name="name">What the paths of faults and warnings begin with.</param>
/// <param name="use">For what.</param>
public delegate CalendarReading? CalendarReader(ObjectView map, string key, string name, CalendarUse use);

/// <summary>What a calendar is read for.</summary>
/// <param name="Zone">Of the Schedule: that of times without one.</param>
/// <param name="Busy">Events at a time of day count as they stand; else they say nothing.</param>
/// <param name="Strict">What is not understood is a fault of the whole file.</param>
public sealed record CalendarUse(DateTimeZone Zone, bool Busy = false, bool Strict = false);

/// <summary>What a calendar file says.</summary>
/// <param name="Days">Null when there are faults.</param>
/// <param name="Faults">Why nothing can be taken from it.</param>
/// <param name="Warnings">What was not understood, each naming event and line, and is left out.</param>
public sealed record CalendarReading(DaysOff? Days, IReadOnlyList<SpecFault> Faults, IReadOnlyList<SpecFault> Warnings)
{
    /// <summary>No day off.</summary>
    public static readonly CalendarReading None = new(DaysOff.None, [], []);

    /// <summary>Nothing can be taken from it.</summary>
    public static CalendarReading Unreadable(params IReadOnlyList<SpecFault> faults) => new(null, faults, []);
}
