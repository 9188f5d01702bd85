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

        var pace = new WakePace(input, progress, asleep);
        if (Ask(input, turn, null, BlockedByWebhook.Servers(input, asleep), null, null) is { IsEmpty: false } first)
            turn.Steps.Add(first);
        var priorities = input
            .Members.Where(m => m.Refusal is null || m.Scaler.Baseline is not null)
            .Select(m => m.UpPriority)
            .Distinct()
            .Order()
            .ToList();
        foreach (var wave in asleep.GroupBy(m => m.UpPriority).OrderBy(w => w.Key))
        {
            var mark = turn.Begin(wave.Key);
            var isPaced = pace.Holds(wave);
            var until = pace.Began(wave, mark.Began) + input.Settings.WaveTimeout + GateWait.AtMost([.. wave]);
            var isOver = !isPaced && input.Now >= (mark.Left ?? until);
            var held = wave.Where(m => OwnersFirst.IsHeld(input, m, isOver)).ToList();
            var order = Ask(input, turn, wave.Key, wave.Except(held).OrderBy(pace.WasAsked), mark.Began, pace);
            var open = wave.Except(order.Releases).ToList();
            if (!order.IsEmpty)
                turn.Steps.Add(order);
            turn.MovesAt(wave.Key, priorities);
            if (open.Count == 0)
                continue;
            turn.Finished = false;
            var required = open.Exists(m => m.IsRequiredHook);
            // Asked again, and waited for no more.
            if (
                !required
                && open.Except(held)
                    .All(m =>
                        input.Attempts.GetValueOrDefault(m.Scaler.Uid) is { Direction: Direction.Up, IsHopeless: true }
                        && BlockedByWebhook.ServerOf(input, m) is null
                    )
            )
                continue;
            if (!isPaced && open.Except(held).All(m => Quorum.IsReached(input, m)))
            {
                turn.Moving.Add(wave.Key);
                continue;
            }
            var givenUp = NodeWait.GivenUpAt(
                input,
                progress,
                [.. open.Except(held)],
                WakePace.LastAsked(input, wave, mark.Began)
            );
            if (mark.Left is null && !isPaced && input.Now >= givenUp)
                mark = turn.Leave(wave.Key);
            turn.LookAgainAt(givenUp);
            turn.Waits[wave.Key] = until - mark.Began;
            var deadline = mark.Left ?? until;
            if (!isPaced && input.Now >= deadline && !required)
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
        Ask(
            input,
            turn,
            null,
            input.Members.Where(m => m.Scaler is { Deleting: true, Baseline: not null }),
            null,
            null
        );

    private static WaveSteps Ask(
        PlanInput input,
        DirectionPlan turn,
        int? priority,
        IEnumerable<Member> members,
        Instant? began,
        WakePace? pace
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
            // Else it would wake to what it was before the schedule, and then become what that asks.
            else if (WaitsForSchedulesUntil(input, member, began) is { } latest && input.Now < latest)
                turn.LookAgainAt(latest);
            else if (CronJobSpread.At(input, member, began) is { } due && input.Now < due)
                turn.LookAgainAt(due);
            else if (
                member is { Workload: { } workload, Sleep: { } sleep }
                && !IsHeldByGate(input, turn, member, began)
                && turn.MayAsk(member, Direction.Up)
                && sleep.ToWake(workload, member.Waking!) is { Count: > 0 } writes
                && !(
                    IsNotBegun(input, member)
                    && began is { } since
                    && WebhookWait.Holds(input, turn, member, writes, since)
                )
            )
            {
                if (pace?.Take(member) != false)
                    moves.Add(new Move(member, writes));
                else
                    turn.Queued.Add(member);
            }
        }
        return new WaveSteps(priority, [], moves, releases);
    }

    /// <summary>When it is woken although schedules were not looked at yet; null: they need not be.</summary>
    private static Instant? WaitsForSchedulesUntil(PlanInput input, Member member, Instant? began) =>
        input.SchedulesAreUnknown && member.Scaler.IsScheduled ? began + input.Settings.WaveTimeout : null;

    /// <summary>One whose waking has begun goes on; those that wake outside the waves do not wait.</summary>
    private static bool IsHeldByGate(PlanInput input, DirectionPlan turn, Member member, Instant? began) =>
        began is { } since && IsNotBegun(input, member) && GateWait.Holds(input, turn, member, down: false, since);

    private static bool IsNotBegun(PlanInput input, Member member) =>
        // A hook that failed on the way down is not asleep, and begins its way up all the same.
        (member.Workload?.Hook?.NeedsUp ?? member.IsAsleep != false)
        && input.Attempts.GetValueOrDefault(member.Scaler.Uid) is not { Direction: Direction.Up };

    /// <summary>
    /// When its spec was restored: at its last write, or, where that was another leader's, when its wave began at the
    /// latest.
    /// </summary>
    private static Instant RestoredAt(PlanInput input, Member member, Instant? began) =>
        input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { Direction: Direction.Up, Failure: null } attempt
            ? attempt.At
            : began ?? member.Scaler.Baseline?.CapturedAt ?? input.Now;
}
