using Ebb.Scaler.Answers;

namespace Ebb.Scaler.Loops;

/// <summary>
/// A turn after each change, and every two seconds at least. One that failed is logged, and the next one comes.
/// </summary>
/// <param name="work">What a turn does, as the log says it.</param>
/// <param name="changes">What wakes it.</param>
/// <param name="time">The clock of the two seconds.</param>
/// <param name="log">Where a failed turn is told.</param>
internal abstract class ChangeLoop(string work, ChangeSignal changes, TimeProvider time, ILogger log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>
    /// In real time: in a large cluster something changes all the time, and a turn looks at everything there is.
    /// </summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(500);

    protected ChangeSignal Changes => changes;

    protected TimeProvider Time => time;

    protected ILogger Log => log;

    protected abstract Task TurnAsync(CancellationToken stop);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var change = changes.Next;
                await TurnAsync(stoppingToken);
                await Task.WhenAny(change, Task.Delay(Interval, time, stoppingToken));
                await Task.Delay(LeastInterval, stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // What fails because the process stops is not worth a line.
                break;
            }
#pragma warning disable CA1031 // A turn that failed is logged, and the next one comes.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.WorkFailed(work, fault);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
