using Ebb.Core.Power;
using NodaTime;

namespace Ebb.Core.Planning.Waves;

/// <summary>
/// The power path as one function: what is known, what was asked, now. It remembers nothing; a missed, repeated or late call
/// changes nothing.
/// </summary>
public static class Planner
{
    /// <summary>What to do, and where everything stands. Nothing is done from a cluster that was not read whole.</summary>
    public static Plan Decide(PlanInput situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var asks = situation.Orders.At(situation.Now);
        var (direction, reason) = DirectionChoice.Of(situation.Power, asks);
        if (situation.Power.Verdict.Wish == PowerWish.Sleep)
            asks = asks with { Restore = null };
        var remembered = situation.Members.Any(m => m.Scaler.Baseline is not null);
        if (direction == Direction.Up && !remembered)
            direction = Direction.None;
        if (asks.Hold is not null || !situation.Cluster.Synced)
            direction = Direction.None;

        var episode = Turned(situation, asks, direction, reason, remembered);
        var movement = direction switch
        {
            Direction.Down => SleepWaves.Of(
                situation,
                episode,
                situation.Power.Verdict is { Wish: PowerWish.Sleep, Urgent: true }
            ),
            Direction.Up => WakeWaves.Of(situation, episode),
            Direction.None => new DirectionPlan(situation, episode, Direction.None),
            _ => throw new InvalidOperationException($"a direction that is none: {direction}"),
        };
        var departing = asks.Hold is null && situation.Cluster.Synced ? WakeWaves.Departing(situation, movement) : null;

        if (
            direction == Direction.None
            && !remembered
            && departing is not null
            && GrowthPause.Of(situation, movement) is { IsEmpty: false } restraint
        )
            movement.Steps.Add(restraint);
        if (situation.Cluster.Synced && BaselineRepair.Of(situation, movement, direction) is { IsEmpty: false } keeping)
            movement.Steps.Add(keeping);

        var phase = PhaseOf(situation, asks, direction, movement, remembered);
        return new Plan
        {
            Phase = phase,
            Direction = direction,
            Wave = movement.Wave,
            Steps = departing is null or { IsEmpty: true } ? movement.Steps : [departing, .. movement.Steps],
            Workloads =
            [
                .. situation.Members.Select(m => WorkloadStates.Of(m, situation, direction, episode, movement, reason)),
            ],
            Progress = movement.Episode,
            Orders = Settled(asks, direction, movement, remembered, situation.Now),
            Reason = Why(situation, asks, phase, reason, episode),
            NextChange = Earliest(
                movement.NextChange,
                situation.Power.Verdict.NextChange,
                asks.Hold?.Until,
                situation.Now
            ),
        };
    }

    /// <summary>A turn begins when the direction is another than the last; a pause in between is none.</summary>
    private static OutageProgress Turned(
        PlanInput situation,
        Orders asks,
        Direction direction,
        string reason,
        bool remembered
    )
    {
        var episode = situation.Progress;
        if (direction != Direction.Down && !remembered)
            return situation.Cluster.Synced ? OutageProgress.None : episode;
        if (episode.Began is null && (direction == Direction.Down || remembered))
        {
            // Memory was lost in mid-outage: the baselines still tell when it began.
            var captured = situation.Members.Select(m => m.Scaler.Baseline?.CapturedAt).Min();
            episode = episode with
            {
                Began = captured ?? situation.Now,
                Cause = reason,
                Drill = asks.Drill is not null && situation.Power.Verdict.Wish != PowerWish.Sleep,
                NodesBefore = remembered ? null : NodeWait.Ready(situation.Cluster),
            };
        }
        if (situation.Power.Verdict.Wish == PowerWish.Sleep && episode.Drill)
            episode = episode with { Drill = false, Cause = reason };
        return direction == Direction.None || direction == episode.Direction
            ? episode
            : episode with
            {
                Direction = direction,
                TurnedAt = situation.Now,
                Waves = [],
            };
    }

    private static Phase PhaseOf(
        PlanInput situation,
        Orders asks,
        Direction direction,
        DirectionPlan movement,
        bool remembered
    )
    {
        if (asks.Hold is not null)
            return Phase.Held;
        return direction switch
        {
            Direction.Down => movement.Finished ? Phase.Asleep : Phase.GoingToSleep,
            Direction.Up => movement.Wave is null ? Phase.WaitingForMains : Phase.Waking,
            _ when remembered => Phase.WaitingForMains,
            _ => situation.Power.Mains != Mains.On && situation.Power.Supplies.Any(s => s.LastKnown == Mains.Battery)
                ? Phase.OnBattery
                : Phase.Normal,
        };
    }

    /// <summary>A drill turns when everything is down; drill and restore are over when everything is up.</summary>
    private static Orders Settled(
        Orders asks,
        Direction direction,
        DirectionPlan movement,
        bool remembered,
        Instant now
    )
    {
        if (direction == Direction.Down && asks is { Drill: not null, DrillTurned: null } && movement.Finished)
            return asks with { DrillTurned = now };
        if (direction != Direction.Down && !remembered)
            return asks with
            {
                Restore = null,
                Drill = asks.DrillTurned is null ? asks.Drill : null,
                DrillTurned = null,
            };
        return asks;
    }

    private static string Why(PlanInput situation, Orders asks, Phase phase, string reason, OutageProgress episode)
    {
        if (!situation.Cluster.Synced)
            return string.Join(
                "; ",
                situation.Cluster.Troubles.Take(3).Prepend("the cluster has not been read whole yet")
            );
        if (asks.Hold is { } hold)
            return $"held: {hold.Reason}";
        return phase == Phase.WaitingForMains && NodeWait.Missing(situation, episode) is { Count: > 0 } missing
            ? $"{reason}; waiting for nodes {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? $" and {missing.Count - 5} more" : "")}"
            : reason;
    }

    private static Instant? Earliest(Instant? a, Instant? b, Instant? c, Instant now) =>
        new[] { a, b, c }.Where(at => at > now).Min();
}
