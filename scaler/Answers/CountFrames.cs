using Ebb.Scaler.Grpc.Wire;
using Ebb.Scaler.Protocol;

namespace Ebb.Scaler.Answers;

/// <summary>
/// Answers to GetMetrics as they are sent, one for each count: most triggers are told one of few, and what they share lies in the cache.
/// </summary>
internal static class CountFrames
{
    private static readonly byte[]?[] Small = new byte[]?[1024];

    /// <summary>The answer with its prefix; never changed.</summary>
    public static byte[] Of(int replicas)
    {
        if (replicas >= Small.Length)
            return Made(replicas);
        return Small[replicas] ??= Made(replicas);
    }

    public static GetMetricsResponse Message(string metricName, int replicas) =>
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

    private static byte[] Made(int replicas) => MessageWriter.Frame(Message(ScalerService.MetricName, replicas));
}
