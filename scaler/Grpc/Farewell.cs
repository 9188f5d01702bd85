using Microsoft.AspNetCore.Connections;

namespace Ebb.Scaler.Grpc;

/// <summary>
/// Ends connections when the process stops. Kestrel looks whether a connection that is to close has no call left when a frame comes or
/// its heartbeat ticks, and the first thing that it does on stopping is to end the heartbeat: a connection whose last call ends after
/// that, and whose client has nothing more to say, would be waited for until the time for stopping is over. So each connection is given
/// the end of its input when all calls have ended; Kestrel then says GOAWAY and closes it.
/// </summary>
internal sealed class Farewell(GrpcServer server, IHostApplicationLifetime life)
{
    /// <summary>To be put around each connection, inside of TLS.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        // What TLS puts in the place of the transport holds for the time of the connection only.
        var input = connection.Transport.Input;
        using var over = new CancellationTokenSource();
        var ending = EndAsync();
        try
        {
            await next(connection);
        }
        finally
        {
            await over.CancelAsync();
            await ending;
        }

        async Task EndAsync()
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(life.ApplicationStopping, over.Token);
            await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            await server.QuietAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!over.IsCancellationRequested) input.CancelPendingRead();
        }
    };
}
