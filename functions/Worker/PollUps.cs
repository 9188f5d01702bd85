using Ebb.Engine.Clocks;
using Ebb.Engine.Power;
using Microsoft.Azure.Functions.Worker;

namespace Ebb.Functions.Worker;

/// <summary>The host's timer: poll every UPS and take a turn. Nothing counts how often it comes.</summary>
internal sealed class PollUps(Ticking ticking, EngineClocks clocks)
{
    [Function(nameof(PollUps))]
    public Task RunAsync(
        [TimerTrigger("%POLL_UPS_SCHEDULE%", RunOnStartup = true, UseMonitor = false)] TimerInfo timer,
        CancellationToken cancellationToken
    ) => TimerDeadline.RunAsync(ticking.TickAsync, clocks, cancellationToken);
}
