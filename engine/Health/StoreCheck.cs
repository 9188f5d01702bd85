using Ebb.Core.Ports;
using Ebb.Engine.Power;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ebb.Engine.Health;

/// <summary>
/// Ebb's own objects can be stored, and its Lease can be read: a replica that could never lead is not ready.
/// </summary>
internal sealed class StoreCheck(PowerPath path, ILeadership leadership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            path.StorageTrouble is not null ? HealthCheckResult.Unhealthy("something could not be stored")
            : leadership is { HeldUntil: null, Problem: not null }
                ? HealthCheckResult.Unhealthy("the Lease cannot be taken or renewed")
            : leadership.HeldUntil is not null ? HealthCheckResult.Healthy("it answers, and this replica leads")
            : leadership.Holder is not null ? HealthCheckResult.Healthy("it answers, and another replica leads")
            : HealthCheckResult.Unhealthy("it was not asked yet")
        );
}
