using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>
/// What the leader before has asked to wake and is not ready yet, as its report tells, so that it is waited for from
/// then on and takes its place among those that start.
/// </summary>
public static class RecalledAttempts
{
    /// <summary>By UID of the UpsScaler.</summary>
    /// <param name="progress">As it was stored.</param>
    /// <param name="report">As it was stored; it may be some seconds older than the last ask.</param>
    /// <param name="members">As they are now.</param>
    /// <param name="now">The instant of the takeover.</param>
    public static IReadOnlyDictionary<string, Attempt> Of(
        OutageProgress progress,
        OutageReport? report,
        IReadOnlyList<Member> members,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(members);
        if (progress is not { Direction: Direction.Up, TurnedAt: { } turned })
            return new Dictionary<string, Attempt>();
        var told = (report?.Workloads ?? []).ToDictionary(workload => workload.Name, StringComparer.Ordinal);
        return members
            .Where(member =>
                member is { Scaler.Baseline: not null, IsRestored: true, IsAwake: not true, IsOrphaned: false }
            )
            .ToDictionary(
                member => member.Scaler.Uid,
                member =>
                    told.GetValueOrDefault(member.ToString())?.UpAt is { } asked && asked >= turned && asked <= now
                        ? new Attempt(Direction.Up, asked, 1, null)
                        // It was not told yet, so it was asked a moment ago.
                        : new Attempt(Direction.Up, now, 1, null),
                StringComparer.Ordinal
            );
    }
}
