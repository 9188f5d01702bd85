using Ebb.Metrics;

namespace Ebb.Engine.Metrics;

/// <summary>
/// Counts what is measured, and pushes it where OpenTelemetry's own settings ask for that. What happened before it
/// begins is not counted.
/// </summary>
internal sealed class Measuring(IServiceProvider services) : IDisposable
{
    private IDisposable? _push;

    public void Begin()
    {
        _ = services.GetRequiredService<Exposition>();
        _ = services.GetRequiredService<Gauges>();
        if (Otlp.IsAsked)
            _push = Otlp.Start("ebb", MetricRoutes.Meters);
    }

    /// <summary>What was not pushed yet is pushed.</summary>
    public void Dispose() => _push?.Dispose();
}
