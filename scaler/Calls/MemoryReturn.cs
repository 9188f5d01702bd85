namespace Ebb.Scaler.Calls;

/// <summary>
/// Gives memory back after many calls have ended: a process that has nothing to do does not collect what they left, and
/// its container would seem to need it.
/// </summary>
internal sealed class MemoryReturn(CallTracker calls) : BackgroundService
{
    /// <summary>Fewer are not worth a collection.</summary>
    private const int Many = 1000;

    /// <summary>The server lets go of its buffers little by little, and only then can they be collected.</summary>
    private const int Collections = 9;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var (most, left) = (0, 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var open = calls.TakeMost();
            most = Math.Max(most, open.Most);
            if (most - open.Now >= Many)
                (most, left) = (open.Now, Collections);
            if (left-- > 0)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            left = Math.Max(0, left);
        }
    }
}
