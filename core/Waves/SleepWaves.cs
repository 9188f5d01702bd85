namespace Ebb.Core.Waves;

/// <summary>To sleep: ascending shutdownPriority, the next wave when no pod of this one is left.</summary>
internal static class SleepWaves
{
    /// <param name="input">What is known and asked.</param>
    /// <param name="progress">With the present turn in it.</param>
    /// <param name="urgent">Waits are skipped, the order is not.</param>
    public static DirectionPlan Of(PlanInput input, OutageProgress progress, bool urgent)
    {
        var turn = new DirectionPlan(input, progress, Direction.Down);
        var waves = input
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
            var deadline = turn.Begin(wave.Key) + input.Settings.WaveTimeout;
            var order = Ask(input, turn, wave.Key, open);
            if (!order.IsEmpty)
                turn.Steps.Add(order);
            if (input.Now >= deadline)
            {
                turn.Late.UnionWith(open);
                continue;
            }
            turn.LookAgainAt(deadline);
            turn.MovesAt(wave.Key, priorities);
            turn.Finished = false;
            if (!urgent)
                break;
        }
        return turn;
    }

    /// <summary>
    /// Nothing of it is waited for: asleep and remembered, another one than was remembered, or not to be seen.
    /// </summary>
    private static bool IsThrough(Member member) =>
        member.Workload is null || member.IsOrphaned || (member.Scaler.Baseline is not null && member.IsAsleep == true);

    private static WaveSteps Ask(PlanInput input, DirectionPlan turn, int priority, List<Member> open)
    {
        List<Capture> captures = [];
        List<Move> moves = [];
        foreach (var member in open)
        {
            var baseline = member.Scaler.Baseline ?? member.Sleep!.Capture(member.Workload!, input.Now);
            if (baseline is null || !turn.MayAsk(member, Direction.Down))
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
