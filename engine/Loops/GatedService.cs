namespace Ebb.Engine.Loops;

/// <summary>Work beside the answers, which come first.</summary>
internal abstract class GatedService(StartupGate gate) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.Begun.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;
        await gate.Begun;
        await RunAsync(stoppingToken);
    }

    /// <summary>Ends when it is told to stop.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);
}
