using Ebb.Engine.Rights;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ebb.Engine.Health;

/// <summary>
/// The replica that leads may write what is named now: one that could not act in an outage is not ready. A status or an
/// Event that cannot be written is said, and keeps nobody from sleeping.
/// </summary>
internal sealed class RightsGrantedCheck(RightsWatch rights) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            rights.Missing switch
            {
                null => HealthCheckResult.Healthy("not known; the replica that leads asks"),
                [] => HealthCheckResult.Healthy("all that are needed now"),
                var missing when missing.Any(Acts) => HealthCheckResult.Unhealthy(Told(missing)),
                var missing => HealthCheckResult.Degraded(Told(missing)),
            }
        );

    private static bool Acts(MissingRight missing) =>
        missing.Right is not ({ Subresource: "status" } or { Plural: "events" });

    private static string Told(IReadOnlyList<MissingRight> missing) =>
        $"missing: {string.Join("; ", missing.Select(one => one.Text))}";
}
