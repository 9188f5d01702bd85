namespace Ebb.Core.Planning.Waves;

/// <summary>
/// Puts a baseline back where it belongs: whoever replaces an UpsScaler by its manifest (<c>kubectl replace</c>, a GitOps tool told to) takes baseline
/// and finalizer out of it, and with its status gone as well nothing would be left to wake the workload to.
/// </summary>
internal static class BaselineRepair
{
    /// <param name="situation">What is known and asked.</param>
    /// <param name="movement">Of this turn.</param>
    /// <param name="direction">Its direction; what is about to be released need not be kept.</param>
    public static WaveSteps Of(PlanInput situation, DirectionPlan movement, Direction direction) =>
        new(
            null,
            [
                .. situation
                    .Members.Where(m =>
                        m.Scaler is { IsBaselineLoose: true, Deleting: false }
                        && !m.IsOrphaned
                        && !(direction == Direction.Up && m.IsAwake == true)
                        && movement.MayAsk(m, Direction.Up)
                    )
                    .Select(m => new Capture(m, m.Scaler.Baseline!)),
            ],
            [],
            []
        );
}
