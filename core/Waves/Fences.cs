using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// CloudNativePG clusters that are not hibernated when their wave has waited for its time, such as one that never gets
/// healthy: by choice (<c>Power__ClusterFallback=fence</c>) they are fenced.
/// </summary>
internal static class Fences
{
    /// <summary>How long a wave that is not waited for has for it, as when the battery is low.</summary>
    private static readonly Duration Least = Duration.FromSeconds(30);

    /// <param name="input">What is known and asked.</param>
    /// <param name="turn">Of this turn.</param>
    /// <param name="priority">Of the wave.</param>
    /// <param name="open">What of it is not asleep.</param>
    /// <param name="began">When it began.</param>
    /// <param name="deadline">Until when it is waited for; null: it is not.</param>
    public static WaveSteps Of(
        PlanInput input,
        DirectionPlan turn,
        int priority,
        IReadOnlyList<Member> open,
        Instant began,
        Instant? deadline
    )
    {
        if (input.Settings.ClusterFallback != ClusterFallback.Fence)
            return new WaveSteps(priority, [], [], []);
        var due = deadline ?? began + Least;
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
