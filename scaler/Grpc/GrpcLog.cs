namespace Ebb.Scaler.Grpc;

/// <summary>Everything that this layer can log.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(20, LogLevel.Warning, "{Method} from {Peer} refused with {Code}: {Reason}")]
    public static partial void Refused(this ILogger log, string method, string peer, StatusCode code, string reason);

    [LoggerMessage(21, LogLevel.Error, "{Method}: the handler failed")]
    public static partial void HandlerFailed(this ILogger log, string method, Exception fault);

    [LoggerMessage(22, LogLevel.Warning, "TLS from {Peer} refused: {Reason}")]
    public static partial void TlsRefused(this ILogger log, string peer, string reason);

    [LoggerMessage(23, LogLevel.Warning, "TLS files: {Reason}; the last good ones stay in force")]
    public static partial void TlsFilesBad(this ILogger log, string reason);

    [LoggerMessage(24, LogLevel.Information, "TLS files were read: {Subject} until {NotAfter}")]
    public static partial void TlsFilesRead(this ILogger log, string subject, DateTime notAfter);
}
