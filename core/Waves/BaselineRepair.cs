namespace Ebb.Core.Waves;

/// <summary>
/// Writes a baseline back that a replaced UpsScaler (<c>kubectl replace</c>, a GitOps tool) lost together with its
/// finalizer: without it nothing would be known to wake the workload to.
/// </summary>
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
                        m.Scaler is { IsBaselineLoose: true, Deleting: false }
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
