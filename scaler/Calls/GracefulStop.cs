namespace Ebb.Scaler.Calls;

/// <summary>
/// Ends all calls before Kestrel begins to stop. Kestrel notices that a connection has no call left when a frame
/// arrives or its
/// heartbeat ticks, and stopping begins with the end of the heartbeat: a connection whose last call ended after that
/// would be waited
/// for until the shutdown timeout.
/// </summary>
internal sealed class GracefulStop(CallTracker calls) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => calls.StopAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
