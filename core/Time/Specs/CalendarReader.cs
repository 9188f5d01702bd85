using Ebb.Core.Time.Windows;

namespace Ebb.Core.Time.Specs;

/// <summary>Reads a calendar file: the days off, or everything that is wrong with it; never both.</summary>
/// <param name="text">The file.</param>
/// <param name="name">What the paths of the faults begin with.</param>
public delegate (DaysOff? Days, IReadOnlyList<SpecFault> Faults) CalendarReader(string text, string name);
