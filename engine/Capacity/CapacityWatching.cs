using Ebb.Engine.Clocks;
using NodaTime;

namespace Ebb.Engine.Capacity;

/// <summary>
/// Looks at the scaler in even steps of the world's time, but never more than once in a second of ours.
/// </summary>
internal sealed class CapacityWatching(ScalerClient scaler, CapacityHistory history, EngineClocks clocks)
    : BackgroundService
{
    internal static readonly Duration Step = Duration.FromSeconds(10);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var (said, why) = await scaler.AskAsync(stoppingToken);
                history.Add(said, why, clocks.World.Now());
                await Task.WhenAll(
                    Task.Delay(Step.ToTimeSpan(), clocks.World, stoppingToken),
                    Task.Delay(Least, clocks.Deadlines, stoppingToken)
                );
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }
}
