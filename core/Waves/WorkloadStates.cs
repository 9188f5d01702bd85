using Ebb.Core.Claims;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>The phase of one workload, and the sentence that explains it.</summary>
internal static class WorkloadStates
{
    public static WorkloadState Of(
        Member member,
        PlanInput input,
        Direction direction,
        OutageProgress progress,
        DirectionPlan turn,
        string reason
    )
    {
        var late = turn.Late.TryGetValue(member, out var waited);
        var (phase, sentence) = Judge(member, direction, progress, reason);
        if (late)
            sentence += $"; late: its wave waited {Spoken(waited)} and went on";
        if (member is { Scaler.Baseline: not null, Workload: { } workload })
            sentence += phase switch
            {
                WorkloadPhase.Waking when workload.Unstartable.Count > 0 =>
                    $"; cannot start: {Named(workload.Unstartable)}",
                not WorkloadPhase.Waking when workload.Stranded.Count > 0 =>
                    $"; not waited for: {Named(workload.Stranded)}",
                _ => "",
            };
        string? other = null,
            failed = null;
        if (input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { } attempt && attempt.Direction == direction)
        {
            failed = attempt.Failure;
            if (failed is not null && attempt.Refused && IsAsked(phase, direction))
                (phase, sentence) = (WorkloadPhase.Refused, $"{failed}; {sentence}");
            else if (failed is not null)
                sentence += $"; last attempt: {failed}";
            else if (attempt.Count > 1 && attempt.Against is { } against)
                sentence += $"; {other = against} keeps changing it";
        }
        List<Claim> claims = [.. input.Claims.GetValueOrDefault(member.Scaler.Uid) ?? []];
        if (direction == Direction.Down && member is { Refusal: null, Scaler.Deleting: false })
            claims.Add(new Claim(ClaimSource.Power, ClaimEffect.Asleep, 0, reason, progress.Began));
        if (member is { Clock: { } wish, Scaler.Baseline: not null })
        {
            claims.Add(new Claim(ClaimSource.Schedule, ClaimEffect.Exactly, wish.Replicas, wish.Cause));
            sentence += $"; the clock wants {wish.Replicas} of it at waking ({wish.Cause})";
        }

        var decision = Arbiter.Decide(claims, input.Now);
        // While power has it in hand, or nothing is known of it, that is what there is to say.
        var told =
            phase == WorkloadPhase.Awake
            || (phase == WorkloadPhase.Asleep && decision.Winner?.Source == ClaimSource.Power)
                ? DecisionText.Of(sentence, decision)
                : sentence;
        return new WorkloadState(member, phase, late, told, decision, other, failed);
    }

    /// <summary>Something was written to it, or was to be.</summary>
    private static bool IsAsked(WorkloadPhase phase, Direction direction) =>
        phase is WorkloadPhase.GoingToSleep or WorkloadPhase.Waking
        || (phase == WorkloadPhase.Awake && direction == Direction.Down)
        || (phase == WorkloadPhase.Asleep && direction == Direction.Up);

    private static string Named(IReadOnlyList<StrandedPod> pods) =>
        string.Join(", ", pods.Take(5).Select(pod => $"pod {pod.Name} ({pod.Why})"))
        + (pods.Count > 5 ? $" and {pods.Count - 5} more" : "");

    private static string Spoken(Duration duration) =>
        duration < Duration.FromMinutes(1)
            ? FormattableString.Invariant($"{duration.TotalSeconds:0} s")
            : FormattableString.Invariant($"{duration.TotalMinutes:0.#} min");

    private static (WorkloadPhase, string) Judge(
        Member member,
        Direction direction,
        OutageProgress progress,
        string reason
    )
    {
        if (member.Scaler.Baseline is not { } baseline)
        {
            if (member.Refusal is { } refusal)
                return (WorkloadPhase.Refused, refusal);
            if (member.Scaler.Target is WorkloadLookup.Unknown unknown)
                return (WorkloadPhase.Unknown, unknown.Why);
            if (GrowthPause.Holds(member) && direction == Direction.None)
                return (WorkloadPhase.Awake, "may shrink and must not grow: the battery is low");
            return direction == Direction.Down
                ? (WorkloadPhase.Awake, $"its wave has not come yet: {reason}")
                : (WorkloadPhase.Awake, "as it wants to be");
        }
        if (member.Type is null)
            return (WorkloadPhase.Refused, $"{member.Refusal}; its baseline {baseline.SpecReplicas} is kept");
        if (member.Scaler.Target is WorkloadLookup.Absent absent)
            return (WorkloadPhase.Unknown, $"{absent.What} does not exist any more");
        if (member.IsMadeAnew)
            return (WorkloadPhase.Refused, "made anew during the outage: the new one is left alone");
        if (member.Scaler.Target is WorkloadLookup.Unknown hidden)
            return (WorkloadPhase.Unknown, hidden.Why);
        if (member.Scaler.Deleting && member.IsAwake == true)
            return (WorkloadPhase.Awake, "as it was; its UpsScaler was deleted and goes now");
        var up = direction == Direction.Up || (direction == Direction.None && progress.Direction == Direction.Up);
        if (member.IsAsleep == true)
            return (WorkloadPhase.Asleep, reason);
        return up || member.Scaler.Deleting ? (WorkloadPhase.Waking, reason) : (WorkloadPhase.GoingToSleep, reason);
    }
}
