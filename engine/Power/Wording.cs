using Ebb.Core.Claims;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Power;

/// <summary>Names of the core's enumerations in the JSON contract.</summary>
internal static class Wording
{
    public static string Of(Mains mains) =>
        mains switch
        {
            Mains.On => "on",
            Mains.Battery => "battery",
            Mains.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(mains), mains, null),
        };

    public static string Of(BatteryLevel level) =>
        level switch
        {
            BatteryLevel.Good => "good",
            BatteryLevel.Low => "low",
            BatteryLevel.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
        };

    public static string Of(Phase phase) =>
        phase switch
        {
            Phase.Normal => "normal",
            Phase.OnBattery => "on-battery",
            Phase.GoingToSleep => "going-to-sleep",
            Phase.Asleep => "asleep",
            Phase.WaitingForMains => "waiting-for-mains",
            Phase.Waking => "waking",
            Phase.Held => "held",
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
        };

    public static string Of(WorkloadPhase phase) =>
        phase switch
        {
            WorkloadPhase.Awake => "awake",
            WorkloadPhase.GoingToSleep => "going-to-sleep",
            WorkloadPhase.Asleep => "asleep",
            WorkloadPhase.Waking => "waking",
            WorkloadPhase.Refused => "refused",
            WorkloadPhase.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
        };

    public static string Of(Direction direction) =>
        direction switch
        {
            Direction.Down => "down",
            Direction.Up => "up",
            Direction.None => "none",
            _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, null),
        };

    public static string Of(ClaimSource source) =>
        source switch
        {
            ClaimSource.Power => "power",
            ClaimSource.Override => "override",
            ClaimSource.Schedule => "schedule",
            ClaimSource.Capacity => "capacity",
            _ => throw new ArgumentOutOfRangeException(nameof(source), source, null),
        };

    public static string Of(ClaimEffect effect) =>
        effect switch
        {
            ClaimEffect.Asleep => "asleep",
            ClaimEffect.AtMost => "atMost",
            ClaimEffect.AtLeast => "atLeast",
            ClaimEffect.Exactly => "exactly",
            _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, null),
        };
}
