using Ebb.Core.Power;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// While the battery is low and there is no outage, what KEDA scales may shrink and must not grow: a second failure
/// would come on a half-empty battery. KEDA before 2.18 does not know the annotation, and nothing happens there.
/// </summary>
internal static class GrowthPause
{
    /// <summary>Says that the pause is Ebb's and not somebody else's.</summary>
    private const string Mark = WellKnown.HoldsGrowthAnnotation;

    private const string Pause = WellKnown.PausedScaleOutAnnotation;

    /// <param name="input">What is known and asked.</param>
    /// <param name="turn">Of the direction None.</param>
    public static WaveSteps Of(PlanInput input, DirectionPlan turn)
    {
        // Low as the devices say, or below the charge that waking would need.
        var low = input.Power.Battery == BatteryLevel.Low || input.Power is { Fresh: true, LacksCharge: true };
        List<Move> moves = [];
        foreach (var member in input.Members.Where(m => m is { Refusal: null, Scaler.Baseline: null }))
        {
            if (member.Workload?.ScaledObject is not { } scaler)
                continue;
            // What nobody names any more is let go, however low the battery is.
            var holds = low && !member.Scaler.Deleting;
            var (paused, ours) = (scaler.Annotations.ContainsKey(Pause), scaler.Annotations.ContainsKey(Mark));
            IReadOnlyList<AnnotationValue>? change =
                holds && !paused ? [new(Pause, "true"), new(Mark, "true")]
                : !holds && ours ? [new(Pause, null), new(Mark, null)]
                : null;
            if (change is not null && turn.MayAsk(member, Direction.Up))
                moves.Add(
                    new Move(member, [new Write.Annotate(scaler.Ref, scaler.Uid, scaler.ResourceVersion, change)])
                );
        }
        return new WaveSteps(null, [], moves, []);
    }

    /// <summary>Whether the workload is held from growing by Ebb.</summary>
    public static bool Holds(Member member) => member.Workload?.ScaledObject?.Annotations.ContainsKey(Mark) == true;
}
