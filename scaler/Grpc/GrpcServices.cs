using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Ebb.Scaler.Grpc;

/// <summary>Answers a request by its bytes with an answer that has its prefix already and is never changed; null: it must be read as a message.</summary>
internal delegate byte[]? ShortCut(ReadOnlySpan<byte> request);

/// <summary>All methods by their path, which is case-sensitive. Filled before the server starts.</summary>
internal sealed class GrpcServices
{
    private readonly Dictionary<string, GrpcMethod> _methods = new(StringComparer.Ordinal);

    public void Unary<TRequest, TResponse>(
        string service,
        string name,
        MessageParser<TRequest> parser,
        Func<TRequest, ServerCallContext, Task<TResponse>> handler,
        ShortCut? shortCut = null
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage =>
        _methods.Add($"/{service}/{name}", new UnaryMethod<TRequest, TResponse>(parser, handler, shortCut));

    public void ServerStreaming<TRequest, TResponse>(
        string service,
        string name,
        MessageParser<TRequest> parser,
        Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage =>
        _methods.Add($"/{service}/{name}", new ServerStreamingMethod<TRequest, TResponse>(parser, handler));

    /// <summary>Every method and its path.</summary>
    public IEnumerable<(string Path, GrpcMethod Method)> All => _methods.Select(method => (method.Key, method.Value));

    public bool TryFind(string path, [MaybeNullWhen(false)] out GrpcMethod method) =>
        _methods.TryGetValue(path, out method);
}
