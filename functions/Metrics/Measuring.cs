using Ebb.Functions.Turns;
using Ebb.Metrics;

namespace Ebb.Functions.Metrics;

/// <summary>Begins to measure, and to push where OpenTelemetry's own settings ask for it.</summary>
internal sealed class Measuring(IServiceProvider services, Opening opening) : Background(opening)
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        _ = services.GetRequiredService<Exposition>();
        _ = services.GetRequiredService<Gauges>();
        if (!Otlp.IsAsked) return;
        using var push = Otlp.Start("ebb", MetricRoutes.Meters);
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
