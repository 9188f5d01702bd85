using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Ebb.Metrics;

/// <summary>
/// Pushes metrics over OTLP where OpenTelemetry's own variables say so. Where they do not, nothing of OpenTelemetry is
/// loaded.
/// </summary>
public static class Otlp
{
    /// <summary>Whether <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or its sister for metrics names a receiver.</summary>
    public static bool IsAsked => IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");

    /// <summary>
    /// Begins to push; ends when it is disposed of. The exporter reads the other <c>OTEL_…</c> variables by itself.
    /// </summary>
    /// <param name="service">The name of this process; <c>OTEL_SERVICE_NAME</c> wins over it.</param>
    /// <param name="meters">What is pushed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDisposable Start(string service, params string[] meters) =>
        Sdk.CreateMeterProviderBuilder()
            .AddMeter(meters)
            .ConfigureResource(resource =>
                resource.AddService(
                    Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : service
                )
            )
            .AddOtlpExporter()
            .Build();

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
