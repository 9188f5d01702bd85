using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// To sleep: ascending shutdownPriority, the next wave when nothing of this one is left that can end.
/// </summary>
internal static class SleepWaves
{
    /// <param name="input">What is known and asked.</param>
    /// <param name="progress">With the present turn in it.</param>
    /// <param name="urgent">Waits are skipped, the order is not.</param>
    public static DirectionPlan Of(PlanInput input, OutageProgress progress, bool urgent)
    {
        var turn = new DirectionPlan(input, progress, Direction.Down);
        var waves = input
            .Members.Where(m => m.Refusal is null && !m.Scaler.Deleting && !IsSpared(turn, progress, m))
            .GroupBy(m => m.DownPriority)
            .OrderBy(w => w.Key)
            .ToList();
        var priorities = waves.Select(w => w.Key).ToList();
        if (MadeAnew(input, turn) is { IsEmpty: false } forgotten)
            turn.Steps.Add(forgotten);
        var unfinished = waves
            .Select(w => (Priority: w.Key, Open: w.Where(m => !IsThrough(input, turn, m)).ToList()))
            .Where(w => w.Open.Count > 0)
            .ToList();
        for (var i = 0; i < unfinished.Count; i++)
        {
            var (priority, open) = unfinished[i];
            var staged = Staged(input, turn, priority, open, unfinished.Skip(i).Select(w => w.Priority));
            // A later wave never sleeps before an earlier one.
            if (staged.Count == open.Count)
                break;
            open = [.. open.Except(staged)];
            var mark = turn.Begin(priority);
            var order = Ask(input, turn, priority, OwnersFirst.Of(input, open, staged));
            if (!order.IsEmpty)
                turn.Steps.Add(order);
            if (staged.Count > 0)
            {
                turn.MovesAt(priority, priorities);
                turn.Moving.Add(priority);
                break;
            }
            // With the battery low what is required holds nobody any more.
            var required =
                !urgent
                && input.Power.Battery != Power.BatteryLevel.Low
                && open.Exists(member => member.IsRequiredHook);
            if (!required && open.All(member => IsHopeless(input, member)))
                continue;
            // What is open again after a later wave has begun holds nobody.
            var isWaitedFor = !urgent && mark.Left is null && !progress.Waves.Any(later => later.Priority > priority);
            var left = unfinished.Skip(i).Select(w => Needed(input, w.Priority)).ToList();
            var wait = isWaitedFor ? Share(input, mark.Began, left) : input.Settings.WaveTimeout;
            turn.Waits[priority] = wait;
            var deadline = mark.Left ?? mark.Began + wait;
            // As if a wave followed: a fence that comes when the battery is empty is none.
            var fencedAt =
                mark.Left
                ?? mark.Began
                    + Duration.Min(
                        isWaitedFor && input.Power.Battery != Power.BatteryLevel.Low ? wait : Fences.Hurried,
                        Share(input, mark.Began, [.. left, null])
                    );
            if (Fences.Of(input, turn, priority, open, fencedAt) is { IsEmpty: false } fences)
                turn.Steps.Add(fences);
            // While nobody can be asked no wave is left, so that the next ones do not all begin unasked.
            if (input.Now >= deadline && !(isWaitedFor && (required || input.Cluster.Reachable == false)))
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

    /// <summary>A hook that is not run in drills, unless it was begun in earnest.</summary>
    private static bool IsSpared(DirectionPlan turn, OutageProgress progress, Member member)
    {
        if (!progress.Drill || member is not { Scaler.Baseline: null, Workload.Hook.Spec.Drill: false })
            return false;
        turn.Stages[member] = "is not run in drills";
        return true;
    }

    /// <summary>Those whose stage has not come; one that was asked already goes on.</summary>
    private static List<Member> Staged(
        PlanInput input,
        DirectionPlan turn,
        int priority,
        List<Member> open,
        IEnumerable<int> left
    )
    {
        List<Member> staged = [];
        Duration? behind = null;
        foreach (var wave in left)
            if (input.Needed.TryGetValue(wave, out var need))
                behind = (behind ?? Duration.Zero) + need;
        foreach (var member in open.Where(m => m is { Scaler: { Baseline: null, Implied: false } }))
            if (member.Stage.Waits(input.Power, behind, input.Now) is var (why, until))
            {
                staged.Add(member);
                turn.HoldsBack(priority, member, why);
                turn.LookAgainAt(until);
            }
        foreach (var owner in OwnersFirst.Staged(open, staged))
        {
            staged.Add(owner);
            turn.HoldsBack(priority, owner, turn.Stages[staged[0]]);
        }
        return staged;
    }

    /// <summary>
    /// An owner that was made anew applies what it finds in Git: what the old one was is forgotten, and the new one is
    /// held back, too.
    /// </summary>
    private static WaveSteps MadeAnew(PlanInput input, DirectionPlan turn) =>
        new(
            null,
            [],
            [],
            [
                .. input.Members.Where(m =>
                    m is { Refusal: null, Type.IsReconciler: true, IsMadeAnew: true, Scaler.Deleting: false }
                    && turn.MayAsk(m, Direction.Down)
                ),
            ]
        );

    /// <summary>
    /// The budget falls as fast as time passes, so the budget as the wave began, and with it the deadline, stays the
    /// same until another one is estimated. A smaller one brings the deadline forward, a greater one puts it off as
    /// long as the next wave has not begun. A battery that is not known is taken for a small one.
    /// </summary>
    private static Duration Share(PlanInput input, Instant began, IReadOnlyList<Duration?> left) =>
        WaveShare.Of(
            (input.Power.Budget?.Remaining ?? Power.AssumedBudget.Of(input.Power, input.Now)) + (input.Now - began),
            left,
            input.Settings.WaveTimeout
        );

    private static Duration? Needed(PlanInput input, int priority) =>
        input.Needed.TryGetValue(priority, out var need) ? need : null;

    /// <summary>
    /// Nothing of it is waited for: asleep and remembered, another one than was remembered, or not to be seen.
    /// </summary>
    private static bool IsThrough(PlanInput input, DirectionPlan turn, Member member) =>
        member.Workload is null
        || member.IsOrphaned
        || (
            member.Scaler.Baseline is not null
            && member.IsAsleep == true
            && !GateWait.Holds(input, turn, member, down: true, turn.BeganAt(member.DownPriority))
        );

    private static bool IsHopeless(PlanInput input, Member member) =>
        input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { Direction: Direction.Down } attempt
        && (attempt.IsHopeless || (member.Type?.IsReconciler == true && attempt.IsUndone));

    private static WaveSteps Ask(PlanInput input, DirectionPlan turn, int priority, IEnumerable<Member> open)
    {
        List<Capture> captures = [];
        List<Move> moves = [];
        foreach (var member in open)
        {
            var baseline = member.Scaler.Baseline ?? member.Sleep!.Capture(member.Workload!, input.Now);
            if (baseline is null || !turn.MayAsk(member, Direction.Down))
                continue;
            if (member.Scaler.Baseline is null)
                captures.Add(new Capture(member, baseline with { Nodes = member.Workload!.RunsOn }));
            var writes = member.Sleep!.ToSleep(member.Workload!);
            if (writes.Count > 0)
                moves.Add(new Move(member, writes));
        }
        return new WaveSteps(priority, captures, moves, []);
    }
}
