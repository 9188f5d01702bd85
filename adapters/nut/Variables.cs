using Ebb.Core.Power;
using NodaTime;

namespace Ebb.Nut;

/// <summary>
/// NUT's variables (docs/nut-names.txt) as a reading: percent and seconds, and unknown where they cannot be true.
/// </summary>
internal static class Variables
{
    internal static UpsReading ToReading(
        string ups,
        string source,
        Instant at,
        IReadOnlyDictionary<string, string> variables
    ) =>
        new(
            ups,
            source,
            at,
            variables.TryGetValue("ups.status", out var status) ? UpsFlags.Parse(status) : null,
            UpsNumbers.Charge(variables.GetValueOrDefault("battery.charge")),
            UpsNumbers.Runtime(variables.GetValueOrDefault("battery.runtime")),
            UpsNumbers.Load(variables.GetValueOrDefault("ups.load")),
            UpsNumbers.Charge(variables.GetValueOrDefault("battery.charge.low")),
            UpsNumbers.Runtime(variables.GetValueOrDefault("battery.runtime.low")),
            variables.GetValueOrDefault("ups.alarm") is { } alarm && !string.IsNullOrWhiteSpace(alarm)
                ? alarm.Trim()
                : null,
            Disbelieved: UpsNumbers.Disbelieved(
                variables.GetValueOrDefault("battery.charge"),
                variables.GetValueOrDefault("battery.runtime")
            ),
            RuntimeAtZero: UpsNumbers.IsZero(variables.GetValueOrDefault("battery.runtime"))
        );
}
