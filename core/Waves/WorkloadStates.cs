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
        if (turn.Stages.GetValueOrDefault(member) is { } stage)
            reason = $"{stage}; {reason}";
        if (turn.Gates.GetValueOrDefault(member) is { } gate)
            reason = $"{gate}; {reason}";
        if (turn.Queued.Contains(member))
            reason = $"waits for its turn to start, {input.WakeLimit}; {reason}";
        var late = turn.Late.TryGetValue(member, out var waited);
        var (phase, sentence) = Judge(member, direction, progress, reason, input.Acts, turn.Stages.ContainsKey(member));
        if (
            phase == WorkloadPhase.Awake
            && direction != Direction.Down
            && input.Domains?.LeftRunning(member) is { } left
        )
            sentence = $"left running: {left}";
        if (late)
            sentence += $"; late: its wave waited {Spoken(waited)} and went on";
        if (member is { Scaler.Baseline: not null, Workload: { } workload })
            sentence += phase switch
            {
                WorkloadPhase.Waking when workload.NotCreated is { } refused => $"; its pods are refused: {refused}",
                WorkloadPhase.Waking when workload.Unstartable.Count > 0 =>
                    $"; cannot start: {Named(workload.Unstartable)}",
                not WorkloadPhase.Waking when workload.Stranded.Count > 0 =>
                    $"; not waited for: {Named(workload.Stranded)}",
                _ => "",
            };
        if (phase == WorkloadPhase.GoingToSleep && member.Workload is { Instances: not null } cluster)
            sentence += OfCluster(cluster);
        if (member.Scaler.Doubt is { } doubt)
            sentence += $"; {doubt}";
        if (turn.Passed.GetValueOrDefault(member) is { } passed)
            sentence += $"; {passed}";
        if (member is { Scaler.Baseline: not null, Workload.Hook: { Run: not null } hook })
            sentence += $"; {hook.Sentence}";
        // Nothing more is asked of it, though it may not sleep yet.
        if (
            phase == WorkloadPhase.GoingToSleep
            && member is { Refusal: { } refusal, Workload.Declared: { Method: null } }
        )
            sentence += $"; {refusal}";
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
            else if (attempt.IsUndone)
                sentence +=
                    $"; {other = "somebody"} {(
                    member.Type?.IsReconciler == true ? "resumed it, and it was suspended again"
                    : member.Type?.Method == SleepMethod.Cordon ? "uncordoned it, and it was cordoned again"
                    : "keeps changing it"
                )}";
        }
        if (direction == Direction.Up && BlockedByWebhook.ServerOf(input, member) is { } server)
            sentence += $"; {server} serves that webhook and is woken first";
        List<Claim> claims = [.. input.Claims.GetValueOrDefault(member.Scaler.Uid) ?? []];
        if (direction == Direction.Down && member is { Refusal: null, Scaler.Deleting: false })
            if (!turn.Stages.ContainsKey(member))
                claims.Add(new Claim(ClaimSource.Power, ClaimEffect.Asleep, 0, reason, progress.Began));
        if (member is { AtWaking: { Source: ClaimSource.Override } held, Scaler.Baseline: not null })
            sentence += held switch
            {
                { Replicas: 0 } => $"; a person keeps it asleep afterwards ({held.Cause})",
                _ when member.Scaler.Baseline.Replicas is null =>
                    $"; a person keeps it awake afterwards ({held.Cause})",
                _ => $"; it wakes to the {held.Replicas} that a person holds it at ({held.Cause})",
            };
        else if (member is { AtWaking: { } wish, Scaler.Baseline: not null })
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
        return new WorkloadState(
            member,
            phase,
            late,
            told,
            decision,
            other,
            failed,
            turn.Gates.GetValueOrDefault(member),
            turn.Passed.GetValueOrDefault(member)
        );
    }

    /// <summary>Why it is not hibernated yet, as its operator says it.</summary>
    private static string OfCluster(WorkloadView cluster) =>
        (cluster.Hibernation is { Status: not "True", Message: { Length: > 0 } message } ? $"; {message}" : "")
        + (cluster.Says is { } says ? $"; its operator says: {says}" : "");

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
        string reason,
        bool acts,
        bool staged
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
            if (!acts && progress.Direction == Direction.Down)
                return (WorkloadPhase.Awake, reason);
            return direction == Direction.Down
                ? (WorkloadPhase.Awake, staged ? reason : $"its wave has not come yet: {reason}")
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
        if (!acts && member.IsAsleep != true)
            return (WorkloadPhase.Unknown, $"neither asleep nor awake; {reason}");
        var up = direction == Direction.Up || (direction == Direction.None && progress.Direction == Direction.Up);
        if (member.IsAsleep == true)
            return (WorkloadPhase.Asleep, reason);
        return up || member.Scaler.Deleting ? (WorkloadPhase.Waking, reason) : (WorkloadPhase.GoingToSleep, reason);
    }
}
