using Ebb.Functions.Power;
using Ebb.Functions.Schedules;
using Ebb.Kubernetes;
using Ebb.Metrics;

namespace Ebb.Functions.Metrics;

/// <summary>Metrics where Prometheus asks for them, and pushed over OTLP where OpenTelemetry's own settings say so.</summary>
internal static class MetricRoutes
{
    private static readonly string[] Meters = [Measures.MeterName, KubernetesApi.MeterName, ScheduleGauges.MeterName];

    public static IServiceCollection AddEbbMetrics(this IServiceCollection services) => services.AddSingleton(_ => new Exposition(Meters)).AddSingleton<Gauges>();

    public static void MapMetrics(this WebApplication app, IEndpointRouteBuilder api)
    {
        // They are made when the process listens: its first answer need not wait for what nobody has asked for yet.
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            _ = app.Services.GetRequiredService<Exposition>();
            _ = app.Services.GetRequiredService<Gauges>();
            if (!Otlp.IsAsked) return;
            var push = Otlp.Start("ebb", Meters);
            app.Lifetime.ApplicationStopped.Register(push.Dispose);
        });
        Core.Planning.Waves.Phase? last = null;
        app.Services.GetRequiredService<PowerPath>().Changed += view =>
        {
            if (last is { } phase && phase != view.Plan.Phase) Measures.Entered(view.Plan.Phase);
            last = view.Plan.Phase;
        };
        static IResult Show(Exposition exposition, Gauges gauges) => Results.Text(exposition.Render(), Exposition.ContentType);
        app.MapGet("/metrics", Show);
        api.MapGet("/metrics", Show);
    }
}
