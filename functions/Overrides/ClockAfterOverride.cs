using Ebb.Functions.Schedules;

namespace Ebb.Functions.Overrides;

/// <summary>Whenever an override begins or has ended the clock looks at once, rather than at its next tick: what it asks then holds, or is held back.</summary>
internal sealed partial class ClockAfterOverride(Overridden overridden, SchedulePath clock, ILogger<ClockAfterOverride> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changed = new SemaphoreSlim(0, 1);
        overridden.Changed += Note;
        try
        {
            while (true)
            {
                await changed.WaitAsync(stoppingToken);
                try
                {
                    await clock.TurnAsync(stoppingToken);
                }
#pragma warning disable CA1031 // Whatever it was, it is told in full, and the clock's own tick comes.
                catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    Failed(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
        finally { overridden.Changed -= Note; }

        void Note()
        {
            // One note is enough for any number of changes.
            try { changed.Release(); }
            catch (SemaphoreFullException) { }
        }
    }

    [LoggerMessage(45, LogLevel.Error, "the clock's turn after an override failed; the next one comes as usual")]
    private static partial void Failed(ILogger log, Exception failure);
}
