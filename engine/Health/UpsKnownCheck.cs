using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ebb.Engine.Health;

/// <summary>
/// Every UPS is heard. One that is not makes a replica no less useful, and takes nobody's way to it: it is said, and
/// the replica stays ready.
/// </summary>
internal sealed class UpsKnownCheck(EbbSettings settings, PowerPath path) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            !settings.FollowsPower ? HealthCheckResult.Healthy("it is not followed")
            : path.View is not { } view ? HealthCheckResult.Unhealthy("no UPS was asked yet")
            : view.Power.Fresh ? HealthCheckResult.Healthy("every UPS is heard")
            : HealthCheckResult.Degraded("a UPS is not heard; GET /api/status tells which, and why")
        );
}
