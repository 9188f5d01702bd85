using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Power;

namespace Ebb.Engine.Dashboard;

/// <summary>
/// Charge, load and how much is awake, in even steps, for the last two hours: a ring buffer in memory.
/// </summary>
internal sealed class PowerHistory(PowerPath path, EngineClocks clocks) : BackgroundService
{
    private const int Most = 720;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Queue<HistorySample> _samples = new(Most);

    public HistoryAnswer Answer()
    {
        lock (_lock)
            return new HistoryAnswer(Step.TotalSeconds, [.. _samples]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, clocks.World);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Take();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private void Take()
    {
        if (path.View is not { } view)
            return;
        var states = view.Plan.Workloads;
        var readings = view.Power.Supplies.Where(s => s.LostSince is null).Select(s => s.Reading).ToList();
        var sample = new HistorySample(
            clocks.World.Now(),
            Wording.Of(view.Power.Mains),
            readings.Select(r => r?.Charge).Min(),
            readings.Select(r => r?.Load).Max(),
            states.Count(s => s.Shown == WorkloadPhase.Awake),
            states.Count(s => s.Shown == WorkloadPhase.Asleep),
            states.Count
        );
        lock (_lock)
        {
            if (_samples.Count == Most)
                _samples.Dequeue();
            _samples.Enqueue(sample);
        }
    }
}
