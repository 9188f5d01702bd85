using Ebb.Core.Ports;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ebb.Engine.Health;

/// <summary>Everything that must be known of the cluster to decide was read.</summary>
internal sealed class ClusterReadCheck(ICluster cluster) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            cluster.Known switch
            {
                { Synced: false } => HealthCheckResult.Unhealthy("it is not read yet"),
                { Reachable: false } => HealthCheckResult.Unhealthy("the API server does not answer"),
                { Troubles.Count: > 0 } => HealthCheckResult.Degraded(
                    "it is read but for what GET /api/status lists as troubles"
                ),
                _ => HealthCheckResult.Healthy("it is read"),
            }
        );
}
