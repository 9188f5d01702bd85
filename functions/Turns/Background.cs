namespace Ebb.Functions.Turns;

/// <summary>
/// Work beside the answers. It begins when the process listens, so that whoever starts it hears from it first; a host that gets no
/// answer would start it again and again.
/// </summary>
internal abstract class Background(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested) await RunAsync(stoppingToken);
    }

    /// <summary>Ends when it is told to stop.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);
}
