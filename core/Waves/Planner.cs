using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// The power path as one function: what is known, what was asked, now. It remembers nothing; a missed, repeated or late
/// call changes nothing.
/// </summary>
public static class Planner
{
    /// <summary>
    /// What to do, and where everything stands. Nothing is written before the cluster was read completely.
    /// </summary>
    public static Plan Decide(PlanInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var orders = input.Orders;
        var (direction, reason) = DirectionChoice.Of(input.Power, orders);
        if (input.Power.Verdict.Wish == PowerWish.Sleep)
            orders = orders.WithoutRestore();
        var remembered = input.Members.Any(m => m.Scaler.Baseline is not null);
        var stands = orders.Hold is not null || !input.Cluster.Synced;
        // What has no power has none, whichever supply feeds it.
        if (direction == Direction.Down)
            input = input with { Domains = null };
        var whole = (Direction: direction, Reason: reason);
        var part = DomainPart.Of(input, direction, reason);
        (direction, reason) = (part.Direction, part.Reason);
        if (direction == Direction.Up && !remembered)
            direction = Direction.None;
        if (stands)
            direction = Direction.None;

        var progress = Turned(input with { Power = part.Input.Power }, orders, direction, reason, remembered);
        var would = input.Acts ? Direction.None : direction;
        if (!input.Acts)
            (direction, reason) = (Direction.None, ObserveOnly.Of(direction, reason));
        var turn = direction switch
        {
            Direction.Down => SleepWaves.Of(
                part.Input,
                progress,
                part.Input.Power.Verdict is { Wish: PowerWish.Sleep, Urgent: true }
            ),
            Direction.Up => WakeWaves.Of(part.Input, progress),
            Direction.None => new DirectionPlan(input, progress, Direction.None),
            _ => throw new InvalidOperationException($"unexpected direction {direction}"),
        };
        var departing = orders.Hold is null && input.Cluster.Synced ? WakeWaves.Departing(input, turn) : null;

        if (
            input.Acts
            && direction == Direction.None
            && !remembered
            && departing is not null
            && GrowthPause.Of(input, turn) is { IsEmpty: false } pause
        )
            turn.Steps.Add(pause);
        if (input.Cluster.Synced && BaselineRepair.Of(input, turn, direction) is { IsEmpty: false } repair)
            turn.Steps.Add(repair);

        var phase = PhaseOf(input, orders, direction, turn, remembered);
        IReadOnlyList<WorkloadState> workloads =
        [
            .. input.Members.Select(m =>
            {
                var (way, why) = part.Of(m, whole);
                var isPart = !stands && input.Acts && way != part.Direction;
                return WorkloadStates.Of(m, input, isPart ? way : direction, progress, turn, isPart ? why : reason);
            }),
        ];
        return new Plan
        {
            Phase = phase,
            Direction = direction,
            Would = would,
            Wave = turn.Wave,
            Moving = turn.Moving,
            Waits = turn.Waits,
            Steps = departing is null or { IsEmpty: true } ? turn.Steps : [departing, .. turn.Steps],
            Workloads = workloads,
            Gates = [.. turn.Asked, .. WebhookWait.Asked(input, progress)],
            Progress = turn.Episode,
            WakeLimit = input.WakeLimit,
            Orders = Settled(orders, direction, turn, remembered, input.Now),
            Reason =
                Why(input, orders, phase, reason, progress)
                + (turn.HeldBack is var (priority, stage) ? $"; wave {priority} {stage}" : "")
                + Against(workloads, direction)
                + WithoutPower(input, reason, workloads),
            IsPartial = whole.Direction != Direction.Down && Direction.Down == (input.Acts ? direction : would),
            NextChange = Earliest(turn.NextChange, input.Power.Verdict.NextChange, orders.Hold?.Until, input.Now),
        };
    }

    /// <summary>A turn begins when the direction is another than the last; a pause in between is none.</summary>
    private static OutageProgress Turned(
        PlanInput input,
        Orders orders,
        Direction direction,
        string reason,
        bool remembered
    )
    {
        var progress = input.Progress;
        if (direction != Direction.Down && !remembered)
            return input.Cluster.Synced ? OutageProgress.None : progress;
        if (progress.Began is null && (direction == Direction.Down || remembered))
        {
            // Memory was lost in mid-outage: the baselines still tell when it began.
            var captured = input.Members.Select(m => m.Scaler.Baseline?.CapturedAt).Min();
            progress = progress with
            {
                Began = captured ?? input.Now,
                Cause = reason,
                Drill = orders.Drill is not null && input.Power.Verdict.Wish != PowerWish.Sleep,
                NodesBefore = remembered ? null : NodeWait.Ready(input.Cluster),
            };
        }
        if (input.Power.Verdict.Wish == PowerWish.Sleep && progress.Drill)
            progress = progress with { Drill = false, Cause = reason };
        return direction == Direction.None || direction == progress.Direction
            ? progress
            : progress with
            {
                Direction = direction,
                TurnedAt = input.Now,
                Waves = [],
            };
    }

    private static Phase PhaseOf(
        PlanInput input,
        Orders orders,
        Direction direction,
        DirectionPlan turn,
        bool remembered
    )
    {
        if (orders.Hold is not null)
            return Phase.Held;
        return direction switch
        {
            Direction.Down when turn.Finished => Phase.Asleep,
            Direction.Down => turn is { Wave: null, HeldBack: not null } && !remembered
                ? Phase.OnBattery
                : Phase.GoingToSleep,
            Direction.Up => turn.Wave is null ? Phase.WaitingForMains : Phase.Waking,
            _ when remembered => Phase.WaitingForMains,
            _ => input.Power.Mains != Mains.On && input.Power.Supplies.Any(s => s.LastKnown == Mains.Battery)
                ? Phase.OnBattery
                : Phase.Normal,
        };
    }

    /// <summary>A drill turns when everything is down; drill and restore are over when everything is up.</summary>
    private static Orders Settled(Orders orders, Direction direction, DirectionPlan turn, bool remembered, Instant now)
    {
        if (direction == Direction.Down && orders is { Drill: not null, DrillTurned: null } && turn.Finished)
            return orders.WithDrillTurned(now);
        if (direction != Direction.Down && !remembered)
            return orders.CarriedOut();
        return orders;
    }

    private static string Why(PlanInput input, Orders orders, Phase phase, string reason, OutageProgress progress)
    {
        if (!input.Cluster.Synced)
            return string.Join("; ", input.Cluster.Troubles.Take(3).Prepend("the cluster has not been read whole yet"));
        if (orders.Hold is { } hold)
            return $"held: {hold.Reason}";
        return phase == Phase.WaitingForMains && NodeWait.Missing(input, progress) is { Count: > 0 } missing
            ? $"{reason}; waiting for nodes {string.Join(", ", missing.Take(5))}"
                + (missing.Count > 5 ? $" and {missing.Count - 5} more" : "")
            : reason;
    }

    /// <summary>What holds the waves, what the cluster refuses and what somebody undoes; empty: nothing.</summary>
    private static string Against(IReadOnlyList<WorkloadState> workloads, Direction direction) =>
        Listed(
            "waves wait for what is required and failed",
            workloads
                .Where(w => w.Member is { Scaler.Baseline: not null, Workload.Hook.Holds: true })
                .Where(w => w.Member.Workload!.Hook!.Run!.Down == (direction == Direction.Down))
                .Where(_ => direction != Direction.None)
                .Select(w => $"{w.Member}")
        )
        + Listed(
            "refused by the cluster",
            workloads.Where(w => w is { Phase: WorkloadPhase.Refused, Failure: not null }).Select(w => $"{w.Member}")
        )
        + Listed(
            "pods refused",
            workloads
                .Where(w => w is { Phase: WorkloadPhase.Waking, Member.Workload.NotCreated: not null })
                .Select(w => $"{w.Member}")
        )
        + Listed(
            "undone by others",
            workloads.Where(w => w.ChangedBy is not null).Select(w => $"{w.Member} ({w.ChangedBy})")
        );

    /// <summary>Nodes without power while the whole has it, and what is left running; empty: there are none.</summary>
    private static string WithoutPower(PlanInput input, string told, IReadOnlyList<WorkloadState> workloads) =>
        input.Domains is not { Dark.Count: > 0 } domains
            ? ""
            : $"; nodes without power: {PowerDomains.Listed([.. domains.Dark.Keys.Order(StringComparer.Ordinal)])}"
                + (
                    told.Contains(domains.Failing!.Verdict.Reason, StringComparison.Ordinal)
                        ? ""
                        : $" ({domains.Failing.Verdict.Reason})"
                )
                + Listed(
                    "left running",
                    workloads
                        .Where(w => w is { Phase: WorkloadPhase.Awake, Member.Scaler.Baseline: null })
                        .Where(w => domains.LeftRunning(w.Member) is not null)
                        .Select(w => $"{w.Member}")
                );

    private static string Listed(string what, IEnumerable<string> members)
    {
        const int most = 3;
        var all = members.ToList();
        return all.Count == 0
            ? ""
            : $"; {what}: {string.Join(", ", all.Take(most))}"
                + (all.Count > most ? $" and {all.Count - most} more" : "");
    }

    private static Instant? Earliest(Instant? a, Instant? b, Instant? c, Instant now) =>
        new[] { a, b, c }.Where(at => at > now).Min();
}
