namespace Ebb.Core.Time.Specs;

/// <summary>A manifest that was read: its value, or everything that is wrong with it; never both.</summary>
/// <typeparam name="T">What it says.</typeparam>
/// <param name="Value">Null when anything is wrong.</param>
/// <param name="Faults">Empty when nothing is.</param>
public sealed record Parsed<T>(T? Value, IReadOnlyList<SpecFault> Faults)
    where T : class
{
    internal static Parsed<T> Of(T? value, List<SpecFault> faults) =>
        faults.Count == 0 && value is not null ? new(value, []) : new(null, faults);
}
