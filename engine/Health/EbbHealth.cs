using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ebb.Engine.Health;

/// <summary>
/// What probes ask: <c>/startupz</c>, has it begun; <c>/healthz</c>, do its turns go on; <c>/readyz</c>, does it know
/// the cluster, its store and its UPSes, and may it act. A replica that does not lead is ready. They take no key, so
/// they tell no names.
/// </summary>
internal static class EbbHealth
{
    private const string Started = "started";
    private const string Live = "live";
    private const string Ready = "ready";

    public static IServiceCollection AddEbbHealth(this IServiceCollection services)
    {
        services
            .AddHealthChecks()
            .AddCheck<BegunCheck>("begun", tags: [Started])
            .AddCheck<TurnsCheck>("turns", tags: [Live])
            .AddCheck<ClusterReadCheck>("cluster", tags: [Ready])
            .AddCheck<StoreCheck>("store", tags: [Ready])
            .AddCheck<RightsGrantedCheck>("rights", tags: [Ready])
            .AddCheck<UpsKnownCheck>("power", tags: [Ready]);
        return services;
    }

    public static void MapEbbHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/startupz", Options(Started));
        app.MapHealthChecks("/healthz", Options(Live));
        app.MapHealthChecks("/readyz", Options(Ready));
    }

    private static HealthCheckOptions Options(string tag) =>
        new()
        {
            Predicate = check => check.Tags.Contains(tag),
            ResponseWriter = (context, report) =>
            {
                context.Response.ContentType = "text/plain; charset=utf-8";
                return context.Response.WriteAsync(
                    string.Concat(
                        report.Entries.Select(entry => $"{entry.Key}: {Words(entry.Value)}{Environment.NewLine}")
                    )
                );
            },
        };

    private static string Words(HealthReportEntry entry) => entry.Description ?? entry.Status.ToString();
}
