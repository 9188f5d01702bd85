namespace Ebb.Scaler;

/// <summary>Everything that this process can log beside its gRPC layer.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "ScaledObject {Namespace}/{Name}: {Note}")]
    public static partial void Announced(this ILogger log, string @namespace, string name, string note);

    [LoggerMessage(2, LogLevel.Warning, "an Event on ScaledObject {Namespace}/{Name} was not recorded: {Failure}")]
    public static partial void NotAnnounced(this ILogger log, string @namespace, string name, string failure);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "{Workload} set from {From} to {To} replicas, which the HPA's tolerance would not"
    )]
    public static partial void MadeExact(this ILogger log, string workload, int from, int to);

    [LoggerMessage(4, LogLevel.Warning, "{Workload} was not set to {To} replicas: {Failure}")]
    public static partial void NotMadeExact(this ILogger log, string workload, int to, string failure);

    [LoggerMessage(5, LogLevel.Error, "{Work} failed; it goes on")]
    public static partial void WorkFailed(this ILogger log, string work, Exception failure);

    [LoggerMessage(6, LogLevel.Information, "gRPC on {Grpc}, HTTP on {Http}, cluster {Cluster}")]
    public static partial void Listens(this ILogger log, string grpc, string http, string cluster);
}
