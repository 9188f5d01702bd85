using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>To sleep: ascending shutdownPriority, the next wave when nothing of this one is left that can end.</summary>
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
        var unfinished = waves
            .Select(w => (Priority: w.Key, Open: w.Where(m => !IsThrough(m)).ToList()))
            .Where(w => w.Open.Count > 0)
            .ToList();
        for (var i = 0; i < unfinished.Count; i++)
        {
            var (priority, open) = unfinished[i];
            var mark = turn.Begin(priority);
            var order = Ask(input, turn, priority, open);
            if (!order.IsEmpty)
                turn.Steps.Add(order);
            if (open.All(member => IsHopeless(input, member)))
                continue;
            // What is open again after a later wave has begun holds nobody.
            var isWaitedFor = !urgent && mark.Left is null && !progress.Waves.Any(later => later.Priority > priority);
            var wait = isWaitedFor
                ? Share(input, mark.Began, unfinished.Skip(i).Select(w => w.Priority))
                : input.Settings.WaveTimeout;
            var deadline = mark.Left ?? mark.Began + wait;
            // While nobody can be asked no wave is left, so that the next ones do not all begin unasked.
            if (input.Now >= deadline && !(isWaitedFor && input.Cluster.Reachable == false))
            {
                if (isWaitedFor && i < unfinished.Count - 1)
                    turn.Leave(priority);
                foreach (var member in open)
                    turn.Late[member] = deadline - mark.Began;
                continue;
            }
            turn.LookAgainAt(deadline);
            turn.MovesAt(priority, priorities);
            turn.Moving.Add(priority);
            turn.Finished = false;
            if (isWaitedFor)
                break;
        }
        return turn;
    }

    /// <summary>
    /// The budget falls as fast as time passes, so the budget as the wave began, and with it the deadline, stays the
    /// same until another one is estimated. A smaller one brings the deadline forward, a greater one puts it off as
    /// long as the next wave has not begun.
    /// </summary>
    private static Duration Share(PlanInput input, Instant began, IEnumerable<int> left) =>
        WaveShare.Of(
            input.Power.Budget?.Remaining + (input.Now - began),
            [.. left.Select(priority => input.Needed.TryGetValue(priority, out var need) ? need : (Duration?)null)],
            input.Settings.WaveTimeout
        );

    /// <summary>
    /// Nothing of it is waited for: asleep and remembered, another one than was remembered, or not to be seen.
    /// </summary>
    private static bool IsThrough(Member member) =>
        member.Workload is null || member.IsOrphaned || (member.Scaler.Baseline is not null && member.IsAsleep == true);

    private static bool IsHopeless(PlanInput input, Member member) =>
        input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { Direction: Direction.Down, IsHopeless: true };

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
