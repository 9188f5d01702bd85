using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>Awake: ascending scaleUpPriority, the next wave when this one is what it was.</summary>
internal static class WakeWaves
{
    /// <param name="input">What is known and asked.</param>
    /// <param name="progress">With the present turn in it.</param>
    public static DirectionPlan Of(PlanInput input, OutageProgress progress)
    {
        var turn = new DirectionPlan(input, progress, Direction.Up);
        var asleep = input.Members.Where(m => m.Scaler.Baseline is not null && !m.Scaler.Deleting).ToList();
        if (asleep.Count == 0)
            return turn;
        if (NodeWait.AwaitedUntil(input, progress) is { } nodesDeadline)
        {
            turn.LookAgainAt(nodesDeadline);
            turn.Finished = false;
            return turn;
        }

        var priorities = input
            .Members.Where(m => m.Refusal is null || m.Scaler.Baseline is not null)
            .Select(m => m.UpPriority)
            .Distinct()
            .Order()
            .ToList();
        foreach (var wave in asleep.GroupBy(m => m.UpPriority).OrderBy(w => w.Key))
        {
            var mark = turn.Begin(wave.Key);
            var order = Ask(input, turn, wave.Key, wave, mark.Began);
            var open = wave.Except(order.Releases).ToList();
            if (!order.IsEmpty)
                turn.Steps.Add(order);
            turn.MovesAt(wave.Key, priorities);
            if (open.Count == 0)
                continue;
            turn.Finished = false;
            // Asked again, and waited for no more.
            if (
                open.All(m =>
                    input.Attempts.GetValueOrDefault(m.Scaler.Uid) is { Direction: Direction.Up, IsHopeless: true }
                )
            )
                continue;
            var givenUp = NodeWait.GivenUpAt(open, mark.Began);
            if (mark.Left is null && input.Now >= givenUp)
                mark = turn.Leave(wave.Key);
            turn.LookAgainAt(givenUp);
            var deadline = mark.Left ?? mark.Began + input.Settings.WaveTimeout;
            if (input.Now >= deadline)
            {
                foreach (var member in open)
                    turn.Late[member] = deadline - mark.Began;
                continue;
            }
            turn.Moving.Add(wave.Key);
            turn.LookAgainAt(deadline);
            break;
        }
        return turn;
    }

    /// <summary>UpsScalers that were deleted: their workload is woken at once.</summary>
    public static WaveSteps Departing(PlanInput input, DirectionPlan turn) =>
        Ask(input, turn, null, input.Members.Where(m => m.Scaler is { Deleting: true, Baseline: not null }), null);

    private static WaveSteps Ask(
        PlanInput input,
        DirectionPlan turn,
        int? priority,
        IEnumerable<Member> members,
        Instant? began
    )
    {
        List<Move> moves = [];
        List<Member> releases = [];
        foreach (var member in members)
        {
            if (member.IsOrphaned || member.IsAwake == true)
                releases.Add(member);
            else if (member.IsRestored == true)
            {
                // From then on people and controllers own it, whether or not it becomes ready.
                var deadline = RestoredAt(input, member, began) + input.Settings.WaveTimeout;
                if (input.Now >= deadline)
                {
                    turn.Late[member] = input.Settings.WaveTimeout;
                    releases.Add(member);
                }
                turn.LookAgainAt(deadline);
            }
            else if (
                member is { Workload: { } workload, Sleep: { } sleep }
                && turn.MayAsk(member, Direction.Up)
                && sleep.ToWake(workload, member.Waking!) is { Count: > 0 } writes
            )
                moves.Add(new Move(member, writes));
        }
        return new WaveSteps(priority, [], moves, releases);
    }

    /// <summary>
    /// When its spec was restored: at its last write, or, where that was another leader's, when its wave began at the
    /// latest.
    /// </summary>
    private static Instant RestoredAt(PlanInput input, Member member, Instant? began) =>
        input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { Direction: Direction.Up, Failure: null } attempt
            ? attempt.At
            : began ?? member.Scaler.Baseline?.CapturedAt ?? input.Now;
}
