namespace Ebb.Core.Waves;

/// <summary>Creates a Baseline again that somebody deleted while its workload was not what it was.</summary>
internal static class BaselineRepair
{
    /// <param name="input">What is known and asked.</param>
    /// <param name="turn">Of this turn.</param>
    /// <param name="direction">Its direction; what is about to be released need not be kept.</param>
    public static WaveSteps Of(PlanInput input, DirectionPlan turn, Direction direction) =>
        new(
            null,
            [
                .. input
                    .Members.Where(m =>
                        m.Scaler is { IsBaselineDeleted: true, Deleting: false }
                        && !m.IsOrphaned
                        && !(direction == Direction.Up && m.IsAwake == true)
                        && turn.MayAsk(m, Direction.Up)
                    )
                    .Select(m => new Capture(m, m.Scaler.Baseline!)),
            ],
            [],
            []
        );
}
