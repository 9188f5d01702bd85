using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// CloudNativePG clusters that are not hibernated in their time, such as one that never gets healthy: by choice
/// (<c>Power__ClusterFallback=fence</c>) they are fenced.
/// </summary>
internal static class Fences
{
    /// <summary>
    /// Their time at most when the battery is low, or when their wave is not waited for.
    /// </summary>
    public static readonly Duration Hurried = Duration.FromSeconds(30);

    /// <param name="input">What is known and asked.</param>
    /// <param name="turn">Of this turn.</param>
    /// <param name="priority">Of the wave.</param>
    /// <param name="open">What of it is not asleep.</param>
    /// <param name="due">When their time is over.</param>
    public static WaveSteps Of(
        PlanInput input,
        DirectionPlan turn,
        int priority,
        IReadOnlyList<Member> open,
        Instant due
    )
    {
        if (input.Settings.ClusterFallback != ClusterFallback.Fence)
            return new WaveSteps(priority, [], [], []);
        List<Move> moves = [];
        foreach (var member in open)
        {
            if (
                member
                    is not {
                        Type.Method: SleepMethod.Hibernate,
                        Scaler.Baseline: { } baseline,
                        Workload: { } workload,
                        Sleep: { } sleep
                    }
                || sleep.ToSleep(workload).Count > 0
                || HibernationSleep.ToFence(workload, baseline) is not { Count: > 0 } writes
            )
                continue;
            if (input.Now < due)
                turn.LookAgainAt(due);
            else if (turn.MayAsk(member, Direction.Down))
                moves.Add(new Move(member, writes));
        }
        return new WaveSteps(priority, [], moves, []);
    }
}
