using Ebb.Core.Power;
using Ebb.Core.Time.Windows;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Http;

/// <summary>The whole at a glance: power, phase, counts and troubles.</summary>
internal static class StatusReadings
{
    public static StatusAnswer Of(PowerView view, EbbSettings settings, bool leads, IReadOnlyList<string> troubles)
    {
        var states = view.Plan.Workloads;
        return new StatusAnswer(
            view.At,
            new ClusterAnswer(
                settings.Cluster?.Mode.ToString().ToLowerInvariant() ?? "simulation",
                view.Cluster.Reachable
            ),
            Power(view.Power),
            Wording.Of(view.Plan.Phase),
            view.Plan.Wave is { } wave
                ? new WaveAnswer(
                    Wording.Of(wave.Direction),
                    wave.Priority,
                    wave.Position,
                    wave.Of,
                    WaitedUntil(view.Plan, wave.Priority)
                )
                : null,
            new CountsAnswer(
                states.Count,
                states.Count(s => s.Shown == WorkloadPhase.Awake),
                states.Count(s => s.Shown == WorkloadPhase.Asleep),
                states.Count(s => s.Phase is WorkloadPhase.GoingToSleep or WorkloadPhase.Waking),
                states.Count(s => s.Late)
            ),
            view.Plan.Reason,
            leads,
            settings.Act,
            [
                .. view.Cluster.Troubles,
                .. view.Power.Supplies.SelectMany(s => s.Notes.Select(n => $"{s.Ups}: {n}")),
                .. troubles,
            ],
            new TimeZonesAnswer(TimeZones.Version, TimeZones.Shipped),
            view.Outlook.Sentence,
            view.Plan.Orders.Hold is { } hold ? new HoldAnswer(hold.Reason, hold.By, hold.Until) : null,
            view.Power.Verdict.NextChange
        );
    }

    private static NodaTime.Instant? WaitedUntil(Plan plan, int priority) =>
        plan.Waits.TryGetValue(priority, out var wait)
        && plan.Progress.Waves.FirstOrDefault(w => w.Priority == priority) is { } start
            ? start.Began + wait
            : null;

    private static PowerAnswer Power(PowerState power) =>
        new(
            Wording.Of(power.Mains),
            Wording.Of(power.Battery),
            power.ForcedShutdown,
            power.Fresh ? "fresh" : "lost",
            power.Since,
            power.Budget?.Remaining.TotalSeconds,
            power.Budget?.Bound,
            [
                .. power.Supplies.Select(s => new SupplyAnswer(
                    s.Ups,
                    s.Reading?.Source,
                    s.Reading?.Flags?.Tokens ?? [],
                    s.Reading?.Charge,
                    s.Reading?.Runtime?.TotalSeconds,
                    s.Reading?.Load,
                    s.Reading?.At,
                    Wording.Of(s.Mains),
                    Wording.Of(s.Battery),
                    s.LostSince is null && s.Reading is not null ? "fresh" : "lost",
                    s.Notes
                )),
            ]
        );
}
