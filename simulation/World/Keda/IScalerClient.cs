namespace Ebb.Simulation.World.Keda;

/// <summary>The parameters of a call about a trigger: the ScaledObject and the trigger's metadata.</summary>
public sealed record ScalerQuestion(
    string Namespace,
    string Name,
    int TriggerIndex,
    string TriggerType,
    IReadOnlyDictionary<string, string> Metadata
);

/// <summary>One metric of a trigger and its target for each replica.</summary>
public sealed record ScalerMetric(string Name, double Target);

/// <summary>
/// How the simulated KEDA calls a scaler: the four methods of an external scaler. An exception is a failed call, after
/// which KEDA keeps the replicas as they are. Answers may come later; nothing waits for them.
/// </summary>
public interface IScalerClient
{
    Task<bool> IsActive(ScalerQuestion question, CancellationToken ct);

    Task<IReadOnlyList<ScalerMetric>> GetMetricSpec(ScalerQuestion question, CancellationToken ct);

    Task<double> GetMetrics(ScalerQuestion question, string metric, CancellationToken ct);

    /// <summary>
    /// Calls back with every pushed value until the token is cancelled. Returns at once for scalers that do not push.
    /// </summary>
    Task StreamIsActive(ScalerQuestion question, Action<bool> pushed, CancellationToken ct);
}
