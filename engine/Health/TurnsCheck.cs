using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NodaTime;

namespace Ebb.Engine.Health;

/// <summary>Turns go on: a process whose turns have stopped decides nothing any more, and a new one would.</summary>
internal sealed class TurnsCheck(StartupGate gate, PowerPath path, EngineClocks clocks) : IHealthCheck
{
    // A turn that writes to many workloads of a slow API server takes minutes, and a restart would not make it faster.
    private static readonly Duration Longest = Duration.FromMinutes(10);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            gate.Begun.IsCompleted && path.View is { } view && clocks.World.Now() - view.At > Longest
                ? HealthCheckResult.Unhealthy($"the last turn was more than {Longest.TotalMinutes:0} min ago")
                : HealthCheckResult.Healthy("turns go on")
        );
}
