using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ebb.Scaler.Calls;

/// <summary>
/// A stream that is cancelled while it writes ends like one that is cancelled while it waits. Without this the write's
/// exception
/// would be its status, and a client of a stopping scaler would see UNKNOWN in place of OK.
/// </summary>
internal sealed class CancelledStreams : Interceptor
{
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception cancelled)
            when (cancelled is OperationCanceledException or IOException or InvalidOperationException
                && context.CancellationToken.IsCancellationRequested
            )
        {
            // The process stops, the deadline has passed, or the client has gone: there is nothing more to send.
        }
    }
}
