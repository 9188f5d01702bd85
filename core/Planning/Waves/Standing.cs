using Ebb.Core.Planning.Claims;

namespace Ebb.Core.Planning.Waves;

/// <summary>Where one workload stands, in one word and one sentence.</summary>
internal static class Standing
{
    public static WorkloadState Of(Member member, Situation situation, Direction direction, Episode episode, Movement movement, string reason)
    {
        var late = movement.Late.Contains(member);
        var (phase, sentence) = Judge(member, direction, episode, reason);
        if (late) sentence += $"; late: its wave waited {situation.Settings.WaveTimeout.TotalMinutes:0.#} min and went on";
        string? other = null;
        if (situation.Attempts.GetValueOrDefault(member.Scaler.Uid) is { } attempt && attempt.Direction == direction)
        {
            if (attempt.Failure is { } failure) sentence += $"; last attempt: {failure}";
            else if (attempt.Count > 2 && attempt.Against is { } against) sentence += $"; {other = against} keeps changing it";
        }
        var claims = direction == Direction.Down && member is { Refusal: null, Scaler.Deleting: false }
            ? new[] { new Claim(ClaimSource.Power, ClaimEffect.Asleep, 0, reason, episode.Began) }
            : [];
        return new WorkloadState(member, phase, late, sentence, Arbiter.Decide(claims, situation.Now), other);
    }

    private static (WorkloadPhase, string) Judge(Member member, Direction direction, Episode episode, string reason)
    {
        if (member.Scaler.Baseline is not { } baseline)
        {
            if (member.Refusal is { } refusal) return (WorkloadPhase.Refused, refusal);
            if (member.Scaler.Target is Sighting.Unknown unknown) return (WorkloadPhase.Unknown, unknown.Why);
            return direction == Direction.Down ? (WorkloadPhase.Awake, $"its wave has not come yet: {reason}") : (WorkloadPhase.Awake, "as it wants to be");
        }
        if (member.Type is null) return (WorkloadPhase.Refused, $"{member.Refusal}; its baseline {baseline.SpecReplicas} is kept");
        if (member.Scaler.Target is Sighting.Absent absent) return (WorkloadPhase.Unknown, $"{absent.What} does not exist any more");
        if (member.IsMadeAnew) return (WorkloadPhase.Refused, "made anew during the outage: the new one is left alone");
        if (member.Scaler.Target is Sighting.Unknown hidden) return (WorkloadPhase.Unknown, hidden.Why);
        var up = direction == Direction.Up || (direction == Direction.None && episode.Direction == Direction.Up);
        if (member.IsAsleep == true) return (WorkloadPhase.Asleep, reason);
        return up || member.Scaler.Deleting ? (WorkloadPhase.Waking, reason) : (WorkloadPhase.GoingToSleep, reason);
    }
}
