using Ebb.Core.Claims;
using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Power;

namespace Ebb.Engine.Http;

/// <summary>Turns what was decided into the answers of <c>View</c>.</summary>
internal static class Readings
{
    public static WorkloadsAnswer Workloads(PowerView view, UnlistedWorkloads unlisted) =>
        new([.. view.Plan.Workloads.Select(Workload), .. unlisted.Now(view).Select(Workload)]);

    public static WorkloadAnswer Workload(WorkloadState state)
    {
        var (member, decision) = (state.Member, state.Decision);
        var scaler = member.Scaler;
        return new WorkloadAnswer(
            Kind(member),
            scaler.TargetNamespace,
            scaler.TargetName ?? "",
            Size(member.Workload),
            member.Workload?.ReadyReplicas ?? member.Workload?.ReadyInstances,
            scaler.Baseline?.SpecReplicas,
            Wording.Of(state.Shown),
            state.Late,
            scaler.ShutdownPriority,
            scaler.ScaleUpPriority,
            Decided(decision, state.Reason),
            Overruled(decision),
            state.Reason,
            scaler.Implied ? null : $"{scaler.Ref.Namespace}/{scaler.Ref.Name}"
        )
        {
            Stage = member.Stage == Stage.None ? null : member.Stage.Words,
        };
    }

    /// <summary>One that no UpsScaler names.</summary>
    public static WorkloadAnswer Workload(UnlistedState state)
    {
        var subject = state.Subject;
        return new WorkloadAnswer(
            subject.Type.Name,
            subject.Namespace,
            subject.Name,
            Size(subject.Workload),
            subject.Workload?.ReadyReplicas ?? subject.Workload?.ReadyInstances,
            null,
            Wording.Of(state.Phase),
            false,
            null,
            null,
            Decided(state.Decision, state.Reason),
            Overruled(state.Decision),
            state.Reason,
            null
        );
    }

    private static DecisionAnswer Decided(Decision decision, string reason) =>
        decision.Winner is { AsksNothing: false } winner
            ? new DecisionAnswer(
                Wording.Of(winner.Effect),
                Value(winner),
                Wording.Of(winner.Source),
                winner.Reason,
                winner.Until,
                decision.Floor,
                decision.Ceiling
            )
            : new DecisionAnswer("none", null, "none", reason);

    private static IReadOnlyList<ClaimAnswer> Overruled(Decision decision) =>
        [
            .. decision.Overruled.Select(c => new ClaimAnswer(
                Wording.Of(c.Effect),
                Value(c),
                Wording.Of(c.Source),
                c.Reason,
                c.Until
            )),
        ];

    /// <summary>The kind as it stands in addresses: lower case, or group/version/Kind as written.</summary>
    public static string Kind(Member member) => member.Type?.Name ?? member.Scaler.Type ?? "";

    private static int? Size(WorkloadView? workload) =>
        workload switch
        {
            null => null,
            { Replicas: { } replicas } => replicas,
            // Its instances are kept in its spec while it hibernates, and none runs.
            { Instances: not null } when IsHibernated(workload) => 0,
            { Instances: { } instances } => instances,
            { Suspended: { } suspended } => suspended ? 0 : 1,
            _ => null,
        };

    private static bool IsHibernated(WorkloadView workload) =>
        workload.Annotations.GetValueOrDefault(WellKnown.HibernationAnnotation) == "on";

    private static int? Value(Claim claim) => claim.Effect == ClaimEffect.Asleep ? null : claim.Value;

    public static PlanAnswer Plan(PowerView view, DurationHistory learned, PowerSettings settings)
    {
        var members = view.Plan.Workloads.Select(s => s.Member).Where(m => m.Refusal is null).ToList();
        var (down, up) = (
            Waves(
                members,
                m => m.DownPriority,
                m => learned.Sleep(m.ToString()) ?? Held(m),
                view.Outlook.Waves.ToDictionary(w => w.Priority, w => w.Wait)
            ),
            Waves(members, m => m.UpPriority, m => learned.Wake(m.ToString()) ?? Held(m))
        );
        var downSeconds = Sum(down);
        var budget =
            view.Power.Budget?.Remaining.TotalSeconds
            ?? view.Power.Supplies.Select(s => s.Budget?.Remaining.TotalSeconds).Max();
        return new PlanAnswer(
            down,
            up,
            downSeconds,
            Sum(up),
            budget,
            view.Outlook.Suffices,
            view.Outlook.Sentence,
            [
                .. view
                    .Plan.Workloads.Where(s => s.Member.Refusal is not null)
                    .Select(s => new PlanRefusal(
                        $"{s.Member.Scaler.Ref.Namespace}/{s.Member.Scaler.Ref.Name}",
                        s.Member.Refusal!
                    )),
            ],
            [
                .. StageForecast
                    .Of(
                        members,
                        view.Outlook.Waves.Where(w => w.Needs is not null)
                            .ToDictionary(w => w.Priority, w => w.Needs!.Value),
                        view.Power,
                        view.At
                    )
                    .Select(stage => new PlannedStage(
                        stage.Member.ToString(),
                        stage.Member.DownPriority,
                        stage.Condition,
                        stage.After?.TotalSeconds,
                        stage.Because
                    )),
            ],
            new PlannedPace(view.Plan.WakeLimit.Most, view.Plan.WakeLimit.Because),
            [
                .. DomainForecast
                    .Of(view.Cluster, members, view.Power.Supplies, settings, view.At)
                    .Select(alone => new PlannedFailure(
                        alone.Supply,
                        alone.Nodes,
                        alone.IsWhole,
                        [.. alone.Asleep.Select(member => member.ToString())],
                        [.. alone.Running.Select(left => new PlannedRunning(left.Member.ToString(), left.Why))]
                    )),
            ]
        );
    }

    /// <summary>What is only held back takes one request.</summary>
    private static NodaTime.Duration? Held(Member member) => member.Scaler.Implied ? NodaTime.Duration.Zero : null;

    private static IReadOnlyList<PlannedWave> Waves(
        List<Member> members,
        Func<Member, int> priority,
        Func<Member, NodaTime.Duration?> expected,
        IReadOnlyDictionary<int, NodaTime.Duration>? waits = null
    ) =>
        [
            .. members
                .GroupBy(priority)
                .OrderBy(w => w.Key)
                .Select(wave => new PlannedWave(
                    wave.Key,
                    // A wave moves together: it takes as long as its slowest, and that is known when all are.
                    wave.All(m => expected(m) is not null)
                        ? wave.Max(m => expected(m)!.Value.TotalSeconds)
                        : null,
                    waits is not null && waits.TryGetValue(wave.Key, out var wait) ? wait.TotalSeconds : null,
                    [
                        .. wave.Select(m => new PlannedWorkload(
                            m.Workload?.Hook is { } hook ? $"{hook.Spec.Word} hook" : Kind(m),
                            m.Scaler.TargetNamespace,
                            m.Scaler.TargetName ?? "",
                            expected(m)?.TotalSeconds
                        )),
                    ]
                )),
        ];

    /// <summary>The whole is known only when every part is.</summary>
    private static double? Sum(IReadOnlyList<PlannedWave> waves) =>
        waves.Any(w => w.ExpectedSeconds is null) ? null : waves.Sum(w => w.ExpectedSeconds);
}
