namespace Ebb.Engine.Loops;

/// <summary>
/// Repeats a step for as long as the process lives. A step that throws is a fault of ours: it is told in full, and the
/// next one comes
/// all the same, since neither an outage nor the clock waits for anybody.
/// </summary>
/// <param name="deadlines">What the pause after a failure is counted in.</param>
/// <param name="tell">Is told of each failure.</param>
internal sealed class RepeatingLoop(TimeProvider deadlines, Action<Exception> tell)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Ends, without an exception, when it is told to stop.</summary>
    public async Task RepeatAsync(Func<CancellationToken, Task> step, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
            if (!await TryAsync(step, stoppingToken))
                await Task.Delay(AfterFailure, deadlines, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A step, then a pause; also after a step that failed.</summary>
    public Task RepeatAsync(
        Func<CancellationToken, Task> step,
        TimeSpan pause,
        TimeProvider time,
        CancellationToken stoppingToken
    ) =>
        RepeatAsync(
            async token =>
            {
                await TryAsync(step, token);
                await Task.Delay(pause, time, token);
            },
            stoppingToken
        );

    /// <summary>False: it failed. A stop is no failure.</summary>
    private async Task<bool> TryAsync(Func<CancellationToken, Task> step, CancellationToken stoppingToken)
    {
        try
        {
            await step(stoppingToken);
            return true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
#pragma warning disable CA1031 // Whatever it was, the next step must come.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            tell(failure);
            return false;
        }
    }
}
