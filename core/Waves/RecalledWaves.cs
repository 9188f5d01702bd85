using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// The waves that a leader takes over from the one before. That one may have begun to wake and not have stored it: then
/// the power failed again, and what runs now sleeps as if for the first time, each wave after the one before.
/// </summary>
public static class RecalledWaves
{
    /// <param name="progress">As it was stored.</param>
    /// <param name="members">As they are now.</param>
    public static OutageProgress Of(OutageProgress progress, IReadOnlyList<Member> members)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(members);
        if (progress.Direction != Direction.Down)
            return progress;
        var awake = members
            .Where(m => m is { Refusal: null, Scaler.Deleting: false, Workload: not null } && m.IsAsleep == false)
            .ToList();
        if (awake.Count == 0)
            return progress;
        var first = awake.Min(m => m.DownPriority);
        // One that was left while it still ran is not waited for again, and one that moves goes on.
        return
            progress.Waves.Any(wave => wave.Priority == first && wave.Left is null)
            && progress.Waves.Any(wave => wave.Priority > first)
            ? progress with
            {
                Waves = [.. progress.Waves.Where(wave => wave.Priority < first || wave.Left is not null)],
            }
            : progress;
    }
}
