using Ebb.Engine.Loops;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ebb.Engine.Health;

/// <summary>It listens and its work has begun.</summary>
internal sealed class BegunCheck(StartupGate gate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            gate.Begun.IsFaulted ? HealthCheckResult.Unhealthy("it could not begin")
            : gate.Begun.IsCompleted ? HealthCheckResult.Healthy("it has begun")
            : HealthCheckResult.Unhealthy("it has not begun yet")
        );
}
