namespace Ebb.Core.Planning.Waves;

/// <summary>Awake: ascending scaleUpPriority, the next wave when this one is what it was.</summary>
internal static class WakeWaves
{
    /// <param name="situation">What is known and asked.</param>
    /// <param name="episode">With the present turn in it.</param>
    public static DirectionPlan Of(PlanInput situation, OutageProgress episode)
    {
        var movement = new DirectionPlan(situation, episode, Direction.Up);
        var asleep = situation.Members.Where(m => m.Scaler.Baseline is not null && !m.Scaler.Deleting).ToList();
        if (asleep.Count == 0)
            return movement;
        if (NodeWait.AwaitedUntil(situation, episode) is { } nodesDeadline)
        {
            movement.LookAgainAt(nodesDeadline);
            movement.Finished = false;
            return movement;
        }

        var priorities = situation
            .Members.Where(m => m.Refusal is null || m.Scaler.Baseline is not null)
            .Select(m => m.UpPriority)
            .Distinct()
            .Order()
            .ToList();
        foreach (var wave in asleep.GroupBy(m => m.UpPriority).OrderBy(w => w.Key))
        {
            var order = Ask(movement, wave.Key, wave);
            var open = wave.Except(order.Releases).ToList();
            if (!order.IsEmpty)
                movement.Steps.Add(order);
            movement.MovesAt(wave.Key, priorities);
            var deadline = movement.Begin(wave.Key) + situation.Settings.WaveTimeout;
            if (open.Count == 0)
                continue;
            movement.Finished = false;
            if (situation.Now >= deadline)
            {
                movement.Late.UnionWith(open);
                continue;
            }
            movement.LookAgainAt(deadline);
            break;
        }
        return movement;
    }

    /// <summary>UpsScalers that were deleted: their workload is woken now, whatever else goes on, and then they may go.</summary>
    public static WaveSteps Departing(PlanInput situation, DirectionPlan movement)
    {
        var leaving = situation
            .Members.Where(m => m.Scaler is { Deleting: true } s && (s.HasFinalizer || s.Baseline is not null))
            .ToList();
        var free = leaving.Where(m => m.Scaler.Baseline is null).ToList();
        var order = Ask(movement, null, leaving.Except(free));
        return order with { Releases = [.. order.Releases, .. free] };
    }

    private static WaveSteps Ask(DirectionPlan movement, int? priority, IEnumerable<Member> members)
    {
        List<Move> moves = [];
        List<Member> releases = [];
        foreach (var member in members)
        {
            if (member.IsOrphaned || member.IsAwake == true)
                releases.Add(member);
            else if (
                member is { Workload: { } workload, Sleep: { } sleep }
                && movement.MayAsk(member, Direction.Up)
                && sleep.ToWake(workload, member.Waking!) is { Count: > 0 } writes
            )
                moves.Add(new Move(member, writes));
        }
        return new WaveSteps(priority, [], moves, releases);
    }
}
