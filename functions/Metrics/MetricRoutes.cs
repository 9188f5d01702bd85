using Ebb.Functions.Power;
using Ebb.Kubernetes;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Ebb.Functions.Metrics;

/// <summary>Metrics where Prometheus asks for them, and pushed over OTLP where OpenTelemetry's own settings say so.</summary>
internal static class MetricRoutes
{
    public static IServiceCollection AddEbbMetrics(this IServiceCollection services)
    {
        // The exporter reads the OTEL_EXPORTER_OTLP_… variables of the OpenTelemetry specification by itself.
        if (IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"))
             services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().AddMeter(Measures.MeterName).ConfigureResource(r => r.AddService("ebb")).AddOtlpExporter().Build());
        return services.AddSingleton(_ => new Exposition(Measures.MeterName)).AddSingleton<Gauges>()
            .AddSingleton(s => new ApiRequests(s.GetRequiredService<KubernetesApi>().Connection.Server));
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));

    public static void MapMetrics(this WebApplication app, IEndpointRouteBuilder api)
    {
        var exposition = app.Services.GetRequiredService<Exposition>();
        _ = app.Services.GetRequiredService<Gauges>();
        _ = app.Services.GetRequiredService<ApiRequests>();
        _ = app.Services.GetService<MeterProvider>();
        Core.Planning.Waves.Phase? last = null;
        app.Services.GetRequiredService<PowerPath>().Changed += view =>
        {
            if (last is { } phase && phase != view.Plan.Phase) Measures.Entered(view.Plan.Phase);
            last = view.Plan.Phase;
        };
        IResult Show() => Results.Text(exposition.Render(), Exposition.ContentType);
        app.MapGet("/metrics", Show);
        api.MapGet("/metrics", Show);
    }
}
