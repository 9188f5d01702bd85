using Ebb.Scaler.Protocol;

namespace Ebb.Scaler.Calls;

/// <summary>
/// Answers to GetMetrics, one for each count: most triggers are told one of few. They are shared and never changed.
/// </summary>
internal static class CountResponses
{
    /// <summary>The metric's name. Lower case, since older KEDA asks for it so whatever the scaler called it.</summary>
    public const string MetricName = "ebb-replicas";

    private static readonly Task<GetMetricsResponse>?[] Small = new Task<GetMetricsResponse>?[1024];

    public static Task<GetMetricsResponse> Of(int replicas) =>
        replicas < Small.Length
            ? Small[replicas] ??= Task.FromResult(Make(MetricName, replicas))
            : Task.FromResult(Make(MetricName, replicas));

    public static GetMetricsResponse Make(string metricName, int replicas) =>
        new()
        {
            MetricValues =
            {
                new MetricValue
                {
                    MetricName = metricName,
                    MetricValue_ = replicas,
                    MetricValueFloat = replicas,
                },
            },
        };
}
