namespace Ebb.Core.Waves;

/// <summary>
/// What applies workloads from Git is held back before those of its wave sleep, and let go when they are awake: it
/// would
/// undo the one and the other.
/// </summary>
internal static class OwnersFirst
{
    /// <summary>After so many failures the workloads sleep without their owner; it goes on being asked.</summary>
    private const int MostFailures = 3;

    /// <summary>Those of a wave that may be asked to sleep now.</summary>
    public static IEnumerable<Member> Of(PlanInput input, List<Member> open, List<Member> staged) =>
        open.Where(member => !member.Owners.Any(owner => IsAwaited(input, member, owner) && !staged.Contains(owner)));

    /// <summary>Owners all of whose workloads in this wave wait for their stage, and owners of those.</summary>
    public static IReadOnlyList<Member> Staged(List<Member> open, List<Member> staged)
    {
        if (staged.Count == 0)
            return [];
        List<Member> owners = [];
        for (var found = true; found; )
        {
            var next = open.FirstOrDefault(member =>
                member.Scaler is { Implied: true, Baseline: null }
                && !owners.Contains(member)
                && member.Owned.Where(open.Contains).ToList() is { Count: > 0 } here
                && here.All(one => staged.Contains(one) || owners.Contains(one))
            );
            found = next is not null;
            if (found)
                owners.Add(next!);
        }
        return owners;
    }

    /// <summary>
    /// Not let go yet: something of this wave that it applies is not what it was and may become it still.
    /// </summary>
    /// <param name="input">What is known and asked.</param>
    /// <param name="owner">Which.</param>
    /// <param name="isOver">Its wave has been waited for long enough.</param>
    public static bool IsHeld(PlanInput input, Member owner, bool isOver) =>
        !isOver
        && owner.Owned.Any(member =>
            member.UpPriority == owner.UpPriority
            && member.Scaler is { Baseline: not null, Deleting: false }
            && !member.IsOrphaned
            && member.IsAwake != true
            && input.Attempts.GetValueOrDefault(member.Scaler.Uid) is not { Direction: Direction.Up, IsHopeless: true }
        );

    /// <summary>
    /// Asked in this turn at most a few times, and not held back yet. One that was, and that somebody let go again, is
    /// not waited for.
    /// </summary>
    private static bool IsAwaited(PlanInput input, Member member, Member owner) =>
        owner is { Refusal: null, Scaler.Deleting: false, IsOrphaned: false, IsAsleep: false }
        && owner.DownPriority == member.DownPriority
        && input.Attempts.GetValueOrDefault(owner.Scaler.Uid) is var attempt
        && (
            attempt is not { Direction: Direction.Down }
            || attempt is { Failure: not null, IsHopeless: false, Count: < MostFailures }
        );
}
