using System.Security.Authentication;
using System.Security.Cryptography;
using Ebb.Core.Power;
using Ebb.Nut.Dialing;

namespace Ebb.Nut.Exporters;

/// <summary>What went wrong on the way to an exporter.</summary>
internal static class ExporterFault
{
    /// <summary>Null: it is no fault of the exporter or of the way to it.</summary>
    public static SourceFault? Of(Exception problem) =>
        problem switch
        {
            HttpRequestException request => OfRequest(request),
            CryptographicException => new SourceFault(
                UpsFault.TlsFailed,
                "the file after ca= holds no certificate that can be read"
            ),
            FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => new SourceFault(
                UpsFault.TlsFailed,
                "the file after ca= cannot be read"
            ),
            InvalidDataException => new SourceFault(UpsFault.Garbled, "expected gzip, found something else"),
            IOException => new SourceFault(UpsFault.ConnectionLost, "the connection broke in the middle of the answer"),
            _ => null,
        };

    private static SourceFault OfRequest(HttpRequestException problem) =>
        problem.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new SourceFault(
                UpsFault.Unreachable,
                "no connection: no such host"
            ),
            HttpRequestError.ConnectionError when problem.InnerException is OperationCanceledException =>
                new SourceFault(UpsFault.TimedOut, $"no connection within {Dialer.ConnectWithin.TotalSeconds} s"),
            HttpRequestError.ConnectionError => new SourceFault(UpsFault.Unreachable, "no connection"),
            HttpRequestError.SecureConnectionError => new SourceFault(UpsFault.TlsFailed, "TLS failed"),
            HttpRequestError.ResponseEnded => new SourceFault(UpsFault.ConnectionLost, "the exporter hung up"),
            _ when problem.InnerException is AuthenticationException => new SourceFault(
                UpsFault.TlsFailed,
                "TLS failed"
            ),
            _ when problem.InnerException is IOException => new SourceFault(
                UpsFault.ConnectionLost,
                "the connection broke"
            ),
            _ => new SourceFault(UpsFault.Garbled, "expected an HTTP answer, found something else"),
        };
}
