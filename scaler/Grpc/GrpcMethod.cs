using Google.Protobuf;

namespace Ebb.Scaler.Grpc;

/// <summary>What is done with the one message that was read.</summary>
internal abstract class GrpcMethod
{
    /// <summary>Whether a call of it may last; one that may not is bounded.</summary>
    public abstract bool Lasts { get; }

    /// <summary>How calls of it have ended.</summary>
    public Tally Ended { get; } = new();

    /// <summary>Handles the message and writes the answer, all but its status.</summary>
    /// <exception cref="RpcException">The handler's refusal, or a message that is none.</exception>
    public abstract Task HandleAsync(MessageFrame frame, GrpcCall call);

    protected static T Parse<T>(MessageParser<T> parser, MessageFrame frame)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(frame.Body);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new RpcException(
                new Status(StatusCode.Internal, $"the request is no {typeof(T).Name}: {fault.Message}")
            );
        }
        finally
        {
            frame.Release();
        }
    }
}

internal sealed class UnaryMethod<TRequest, TResponse>(
    MessageParser<TRequest> parser,
    Func<TRequest, ServerCallContext, Task<TResponse>> handler,
    ShortCut? shortCut
) : GrpcMethod
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage
{
    public override bool Lasts => false;

    public override Task HandleAsync(MessageFrame frame, GrpcCall call)
    {
        if (shortCut is not null && frame.Body.IsSingleSegment && shortCut(frame.Body.FirstSpan) is { } known)
        {
            frame.Release();
            call.Write(known);
            return Task.CompletedTask;
        }

        var answer = handler(Parse(parser, frame), call);
        if (!answer.IsCompletedSuccessfully)
            return LaterAsync(answer, call);
        call.Write(answer.Result);
        return Task.CompletedTask;
    }

    private static async Task LaterAsync(Task<TResponse> answer, GrpcCall call) =>
        call.Write(await call.WithinBounds(answer));
}

internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    MessageParser<TRequest> parser,
    Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler
) : GrpcMethod
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage
{
    public override bool Lasts => true;

    public override async Task HandleAsync(MessageFrame frame, GrpcCall call)
    {
        var request = Parse(parser, frame);
        // Headers go first, so that proxies and clients see the stream open before there is anything to say.
        await call.OpenAsync();
        await handler(request, new Writer(call), call);
    }

    private sealed class Writer(GrpcCall call) : IServerStreamWriter<TResponse>
    {
        public Task WriteAsync(TResponse message, CancellationToken cancellationToken)
        {
            call.Write(message);
            return call.FlushAsync(cancellationToken);
        }
    }
}
