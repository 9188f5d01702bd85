using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// CronJobs of a wave are resumed one after the other: Kubernetes starts at once what each of them has missed last,
/// where its deadline allows.
/// </summary>
internal static class CronJobSpread
{
    /// <summary>Between two of them.</summary>
    private static readonly Duration Pause = Duration.FromSeconds(2);

    /// <summary>
    /// The last of a wave is resumed after this at the latest, or after half of what its wave is waited for.
    /// </summary>
    private static readonly Duration Longest = Duration.FromMinutes(1);

    /// <summary>When a member may be resumed; null: now, since it is none or stays suspended.</summary>
    public static Instant? At(PlanInput input, Member member, Instant? began)
    {
        if (began is not { } from || !IsResumed(member))
            return null;
        var wave = input
            .Members.Where(m =>
                m.Type?.Method == SleepMethod.SuspendJobs
                && m.UpPriority == member.UpPriority
                && (m.Refusal is null || m.Scaler.Baseline is not null)
            )
            .Select(m => m.ToString())
            .Order(StringComparer.Ordinal)
            .ToList();
        var longest = Duration.Min(Longest, input.Settings.WaveTimeout / 2);
        return from + Duration.Min(Pause, longest / wave.Count) * wave.IndexOf(member.ToString());
    }

    private static bool IsResumed(Member member) =>
        member is { Type.Method: SleepMethod.SuspendJobs, Scaler.Baseline.Suspended: false };
}
