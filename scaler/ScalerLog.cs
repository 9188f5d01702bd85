using Grpc.Core;

namespace Ebb.Scaler;

/// <summary>Everything that this process can log.</summary>
internal static partial class ScalerLog
{
    [LoggerMessage(1, LogLevel.Warning, "ScaledObject {Namespace}/{Name}: {Note}")]
    public static partial void EventQueued(this ILogger log, string @namespace, string name, string note);

    [LoggerMessage(2, LogLevel.Warning, "an Event on ScaledObject {Namespace}/{Name} was not recorded: {Failure}")]
    public static partial void EventNotRecorded(this ILogger log, string @namespace, string name, string failure);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "{Workload} set from {From} to {To} replicas, a change that the HPA's tolerance ignores"
    )]
    public static partial void Scaled(this ILogger log, string workload, int from, int to);

    [LoggerMessage(4, LogLevel.Warning, "{Workload} was not set to {To} replicas: {Failure}")]
    public static partial void NotScaled(this ILogger log, string workload, int to, string failure);

    [LoggerMessage(5, LogLevel.Error, "{Work} failed; it will be tried again")]
    public static partial void WorkFailed(this ILogger log, string work, Exception failure);

    [LoggerMessage(6, LogLevel.Information, "gRPC on {Grpc}, HTTP on {Http}, cluster {Cluster}")]
    public static partial void Started(this ILogger log, string grpc, string http, string cluster);

    [LoggerMessage(20, LogLevel.Warning, "{Method} from {Peer} refused with {Code}: {Reason}")]
    public static partial void CallRefused(
        this ILogger log,
        string method,
        string peer,
        StatusCode code,
        string reason
    );

    [LoggerMessage(22, LogLevel.Warning, "TLS from {Peer} refused: {Reason}")]
    public static partial void TlsRefused(this ILogger log, string peer, string reason);

    [LoggerMessage(23, LogLevel.Warning, "TLS files: {Reason}; the last good ones stay in force")]
    public static partial void TlsFilesBad(this ILogger log, string reason);

    [LoggerMessage(24, LogLevel.Information, "TLS files were read: {Subject} until {NotAfter}")]
    public static partial void TlsFilesRead(this ILogger log, string subject, DateTime notAfter);
}
