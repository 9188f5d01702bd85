using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Ebb.Scaler.Grpc;

/// <summary>
/// Ends connections when the process stops, so that nothing that was said is lost on its way.
/// Kestrel looks whether a connection that is to close has no call left when a frame comes or its heartbeat ticks, and the first thing that it
/// does on stopping is to end the heartbeat: a connection whose last call ends after that, and whose client has nothing more to say, would be
/// waited for until the time for stopping is over. So each connection's pending read is cancelled when all calls have ended; Kestrel then says GOAWAY
/// and is done with it. What the client still sends is read on until it hangs up, which one that knows GOAWAY does at once.
/// </summary>
internal sealed class Farewell(GrpcServer server, GrpcOptions options, TimeProvider time, IHostApplicationLifetime life)
{
    /// <summary>To be put around each connection, inside of TLS.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) =>
        async connection =>
        {
            // What TLS puts in the place of the transport holds for the time of the connection only.
            var transport = connection.Transport;
            using var over = new CancellationTokenSource();
            var ending = EndAsync();
            try
            {
                connection.Transport = new HeldOpen(transport);
                await next(connection);
            }
            finally
            {
                await over.CancelAsync();
                await ending;
                connection.Transport = transport;
            }

            if (life.ApplicationStopping.IsCancellationRequested)
                await HearOutAsync(transport.Input, connection.ConnectionClosed);
            await transport.Input.CompleteAsync();
            await transport.Output.CompleteAsync();

            async Task EndAsync()
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(
                    life.ApplicationStopping,
                    over.Token
                );
                await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (over.IsCancellationRequested)
                    return;
                await server.QuietAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!over.IsCancellationRequested)
                    transport.Input.CancelPendingRead();
            }
        };

    private async Task HearOutAsync(PipeReader input, CancellationToken closed)
    {
        using var patience = new CancellationTokenSource(options.HangUpWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, closed);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(either.Token);
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // It did not hang up in its time, or is gone already: there is nobody left to wait for.
        }
    }
}
