using Ebb.Engine.Http;
using Ebb.Engine.Instruments;
using Ebb.Engine.Power;
using Ebb.Engine.Schedules;
using Ebb.Kubernetes.Api;
using Ebb.Metrics;

namespace Ebb.Engine.Metrics;

/// <summary>
/// Metrics where Prometheus asks for them, and pushed over OTLP where OpenTelemetry's own settings say so.
/// </summary>
internal static class MetricRoutes
{
    public static readonly string[] Meters = [Measures.MeterName, KubernetesApi.MeterName, ScheduleGauges.MeterName];

    public static IServiceCollection AddEbbMetrics(this IServiceCollection services) =>
        services.AddSingleton(_ => new Exposition(Meters)).AddSingleton<Gauges>().AddSingleton<Measuring>();

    public static void MapMetrics(this IEndpointRouteBuilder app, IEndpointRouteBuilder api)
    {
        Core.Waves.Phase? last = null;
        var path = app.ServiceProvider.GetRequiredService<PowerPath>();
        path.Changed += view =>
        {
            // Every replica sees the change; the leader counts it.
            if (path.Leads && last is { } phase && phase != view.Plan.Phase)
                Measures.Entered(Wording.Of(view.Plan.Phase));
            last = view.Plan.Phase;
        };
        static IResult Show(Exposition exposition, Gauges gauges) =>
            Results.Text(exposition.Render(), Exposition.ContentType);
        app.MapGet("/metrics", Show).AnswersText("Prometheus' text.", Exposition.ContentType);
        api.MapGet("/metrics", Show).AnswersText("The same, below the path of the functions.", Exposition.ContentType);
    }
}
