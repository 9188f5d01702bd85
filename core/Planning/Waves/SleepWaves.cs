namespace Ebb.Core.Planning.Waves;

/// <summary>To sleep: ascending shutdownPriority, the next wave when no pod of this one is left.</summary>
internal static class SleepWaves
{
    /// <param name="situation">What is known and asked.</param>
    /// <param name="episode">With the present turn in it.</param>
    /// <param name="urgent">Waits are skipped, the order is not.</param>
    public static DirectionPlan Of(PlanInput situation, OutageProgress episode, bool urgent)
    {
        var movement = new DirectionPlan(situation, episode, Direction.Down);
        var waves = situation
            .Members.Where(m => m.Refusal is null && !m.Scaler.Deleting)
            .GroupBy(m => m.DownPriority)
            .OrderBy(w => w.Key)
            .ToList();
        var priorities = waves.Select(w => w.Key).ToList();
        foreach (var wave in waves)
        {
            var open = wave.Where(m => !IsThrough(m)).ToList();
            if (open.Count == 0)
                continue;
            var deadline = movement.Begin(wave.Key) + situation.Settings.WaveTimeout;
            var order = Ask(situation, movement, wave.Key, open);
            if (!order.IsEmpty)
                movement.Steps.Add(order);
            if (situation.Now >= deadline)
            {
                movement.Late.UnionWith(open);
                continue;
            }
            movement.LookAgainAt(deadline);
            movement.MovesAt(wave.Key, priorities);
            movement.Finished = false;
            if (!urgent)
                break;
        }
        return movement;
    }

    /// <summary>Nothing of it is waited for: asleep and remembered, another one than was remembered, or not to be seen.</summary>
    private static bool IsThrough(Member member) =>
        member.Workload is null || member.IsOrphaned || (member.Scaler.Baseline is not null && member.IsAsleep == true);

    private static WaveSteps Ask(PlanInput situation, DirectionPlan movement, int priority, List<Member> open)
    {
        List<Capture> captures = [];
        List<Move> moves = [];
        foreach (var member in open)
        {
            var baseline = member.Scaler.Baseline ?? member.Sleep!.Capture(member.Workload!, situation.Now);
            if (baseline is null || !movement.MayAsk(member, Direction.Down))
                continue;
            if (member.Scaler.Baseline is null)
                captures.Add(new Capture(member, baseline));
            var writes = member.Sleep!.ToSleep(member.Workload!);
            if (writes.Count > 0)
                moves.Add(new Move(member, writes));
        }
        return new WaveSteps(priority, captures, moves, []);
    }
}
