using Grpc.Core;

namespace Ebb.Scaler.Calls;

/// <summary>
/// A stream that is cancelled while it writes ends like one that is cancelled while it waits. Without this the write's
/// exception would be its status, and a client of a stopping scaler would see UNKNOWN in place of OK. It is not an
/// interceptor, through which every unary call would go too.
/// </summary>
internal static class CancelledStreams
{
    public static ServerStreamingServerMethod<TRequest, TResponse> EndQuietly<TRequest, TResponse>(
        ServerStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        async (request, stream, context) =>
        {
            try
            {
                await handler(request, stream, context);
            }
            catch (Exception cancelled)
                when (cancelled is OperationCanceledException or IOException or InvalidOperationException
                    && context.CancellationToken.IsCancellationRequested
                )
            {
                // The process stops, the deadline has passed, or the client has gone: there is nothing more to send.
            }
        };
}
