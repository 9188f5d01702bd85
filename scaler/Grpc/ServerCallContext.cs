namespace Ebb.Scaler.Grpc;

/// <summary>One call, as its handler sees it.</summary>
internal abstract class ServerCallContext
{
    /// <summary><c>/package.Service/Method</c>.</summary>
    public abstract string Method { get; }

    /// <summary>The client's address.</summary>
    public abstract string Peer { get; }

    /// <summary>
    /// Cancelled when the client went away, when the deadline has come, and when the process stops; a stream that then returns ends
    /// with OK in the last case.
    /// </summary>
    public abstract CancellationToken CancellationToken { get; }
}

/// <summary>The messages of a streaming answer.</summary>
internal interface IServerStreamWriter<in T>
{
    /// <summary>Sends one message; completes when the connection has taken it, which a client that does not read can delay.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken);
}
