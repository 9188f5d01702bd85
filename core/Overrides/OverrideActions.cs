using Ebb.Core.Outages;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Overrides;

/// <summary>What people did with overrides, for the report of an outage.</summary>
public static class OverrideActions
{
    /// <summary>What was asked.</summary>
    public static IEnumerable<PersonAction> Of(IEnumerable<StoredOverride> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        foreach (var (asked, status) in stored.Where(s => s.Fault is null).Select(s => (s.Override, s.Status)))
            if (status?.State != OverrideState.Refused)
                yield return new PersonAction(
                    asked.At,
                    $"overrode {asked} until {InstantPattern.General.Format(asked.Until)}, {Effect(asked)}: {asked.Reason}",
                    asked.By
                );
    }

    /// <summary>Somebody has taken one back.</summary>
    public static PersonAction Ended(OverrideKey key, Instant now) => new(now, $"ended the override of {key}", null);

    /// <summary>What is asked, in a few words.</summary>
    public static string Effect(Override asked) =>
        asked switch
        {
            { Effect: OverrideEffect.Asleep } => "asleep",
            { Effect: OverrideEffect.Freeze } => "frozen",
            { Replicas: { } replicas } => $"{replicas} replicas",
            _ => "awake",
        };
}
