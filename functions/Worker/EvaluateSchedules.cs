using Ebb.Engine.Clocks;
using Ebb.Engine.Schedules;
using Microsoft.Azure.Functions.Worker;

namespace Ebb.Functions.Worker;

/// <summary>The host's timer: evaluate all schedules. Nothing counts how often it comes.</summary>
internal sealed class EvaluateSchedules(SchedulePath schedules, EngineClocks clocks)
{
    [Function(nameof(EvaluateSchedules))]
    public Task RunAsync(
        [TimerTrigger("%EVALUATE_SCHEDULES_SCHEDULE%", RunOnStartup = true, UseMonitor = false)] TimerInfo timer,
        CancellationToken cancellationToken
    ) => TimerDeadline.RunAsync(schedules.TurnAsync, clocks, cancellationToken);
}
