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
                PlanReason.Of(input, orders, phase, reason, progress)
                + (turn.HeldBack is var (priority, stage) ? $"; wave {priority} {stage}" : "")
                + PlanReason.Against(workloads, direction)
                + PlanReason.WithoutPower(input, reason, workloads),
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

    private static Instant? Earliest(Instant? a, Instant? b, Instant? c, Instant now) =>
        new[] { a, b, c }.Where(at => at > now).Min();
}
